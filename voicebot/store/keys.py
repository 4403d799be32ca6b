"""Every Redis key and how long it lives. Keys of one person share a hash tag, so that Redis Cluster works."""

from __future__ import annotations

from dataclasses import dataclass

HOUR_S = 3600
DAY_S = 24 * HOUR_S

#: A conversation can be resumed for a day.
SESSION_TTL_S = DAY_S
#: An empty session is left by who wants to be forgotten, so that a repeated webhook does not begin anew.
FORGOTTEN_TTL_S = HOUR_S
#: What was invented in practice is gone soon even when a call breaks off.
PRACTICE_TTL_S = HOUR_S
#: What was said, turn by turn, redacted and sealed; shown to the mediator.
TURNS_TTL_S = DAY_S
#: Tickets and texts to send, with the sealed number to call back.
RECORD_TTL_S = 30 * DAY_S
#: What a person agreed to be remembered by, or that they did not; counted from their last call.
MEMORY_TTL_S = 180 * DAY_S
#: What a code opens: a procedure's steps and ticks. Counted from when it was last kept or heard.
FILE_TTL_S = 90 * DAY_S
#: An answer to "how did it go?" is understood for so long after it was planned.
FOLLOW_UP_TTL_S = 14 * DAY_S
#: The index outlives everything it names, so that all of it can be erased.
INDEX_TTL_S = MEMORY_TTL_S

_PREFIX = "voicebot"


@dataclass(frozen=True)
class PersonKeys:
    """The keys of one person (`person` is a pseudonym)."""

    person: str

    def session(self, session_id: str) -> str:
        """Hash: `blob` (sealed session) and `version`."""
        return self._key(f"session:{session_id}")

    def turns(self, session_id: str) -> str:
        """List of sealed turn records."""
        return self._key(f"turns:{session_id}")

    def gaps(self, session_id: str) -> str:
        """List of how long each answer was waited for, of calls that are tried out."""
        return self._key(f"gaps:{session_id}")

    def latest(self) -> str:
        """String: the id of the session that a new call may resume."""
        return self._key("latest")

    def texting(self) -> str:
        """String: the id of the conversation by text, while it lasts."""
        return self._key("texting")

    def number(self) -> str:
        """String: the sealed telephone number, for call-backs and texts."""
        return self._key("number")

    def record(self, kind: str, record_id: str) -> str:
        """String: one sealed ticket or text to send."""
        return self._key(f"{kind}:{record_id}")

    def delivery(self, kind: str, record_id: str) -> str:
        """String: what became of a text or call-back, sealed."""
        return self._key(f"delivery:{kind}:{record_id}")

    def count(self, what: str, day: str) -> str:
        """String: how many of `what` the person got on `day`. Not in the index: forgetting lifts no limit."""
        return self._key(f"count:{what}:{day}")

    def reserved(self, kind: str) -> str:
        """String: the record that is being dealt with, so that asking three times makes one call."""
        return self._key(f"reserved:{kind}")

    def flood(self, what: str, window: int) -> str:
        """String: how many texts or calls came from the person in a while. As `count`, not indexed."""
        return self._key(f"flood:{what}:{window}")

    def memory(self) -> str:
        """String: sealed, whether the person agreed to be remembered and the answers they gave."""
        return self._key("memory")

    def proposed(self) -> str:
        """String: the procedure that a mediator wants offered when the person is next with us, sealed."""
        return self._key("proposed")

    def tickets(self) -> str:
        """Set of the ids of the person's tickets."""
        return self._key("tickets")

    def ticket(self, ticket_id: str) -> str:
        """Hash: `blob` (the sealed ticket, without its history) and `version`."""
        return self._key(f"handoff:{ticket_id}")

    def history(self, ticket_id: str) -> str:
        """List of the sealed entries of a ticket's history. Only ever appended to."""
        return self._key(f"history:{ticket_id}")

    def file(self, code: str) -> str:
        """String: the sealed spoken file that a code opens; `code` is a keyed hash of it and the person."""
        return self._key(f"file:{code}")

    def opted_out(self) -> str:
        """String: set while the person wants no texts. Kept without expiry: silence is a promise."""
        return self._key("opted-out")

    def thread(self) -> str:
        """Hash: the sealed messages between the person and mediators, by id."""
        return self._key("thread")

    def held(self) -> str:
        """String: the ticket for which a mediator texts with the person; the assistant is silent then."""
        return self._key("held")

    def follow_up(self) -> str:
        """String: sealed, the procedure that the person is asked about, and from when on."""
        return self._key("follow-up")

    def calls(self) -> str:
        """Set of the ids of the person's calls of the last day."""
        return self._key("calls")

    def index(self) -> str:
        """Set of all keys of the person: what "oubliez-moi" erases."""
        return self._key("keys")

    def _key(self, name: str) -> str:
        return f"{_PREFIX}:{{{self.person}}}:{name}"


def call(call_id: str) -> str:
    """String: the pseudonym of who makes a call. Twilio's later webhooks name the call only."""
    return f"{_PREFIX}:call:{call_id}"


def stream(stream_id: str) -> str:
    """String: set once an audio stream was opened, so that a recorded opening opens nothing."""
    return f"{_PREFIX}:stream:{stream_id}"


def waiting(kind: str) -> str:
    """Sorted set of `person/record_id` by time: the tickets or texts not yet dealt with."""
    return f"{_PREFIX}:waiting:{kind}"


def abandoned(kind: str) -> str:
    """Sorted set of `person/record_id` by time: the texts or call-backs that were given up."""
    return f"{_PREFIX}:abandoned:{kind}"


def failures(kind: str) -> str:
    """Hash: how many texts or call-backs were ever given up, by error code. Kept without expiry."""
    return f"{_PREFIX}:failures:{kind}"


def closed() -> str:
    """Sorted set of `person/ticket_id` by time: the tickets that are done with."""
    return f"{_PREFIX}:closed:ticket"


def ticket_of(ticket_id: str) -> str:
    """String: the pseudonym of whose ticket it is."""
    return f"{_PREFIX}:ticket-of:{ticket_id}"


def mediators() -> str:
    """Hash: the sealed mediators, by id. Kept without expiry."""
    return f"{_PREFIX}:mediators"


def rung(mediator_id: str) -> str:
    """String: the ticket about which a mediator is being rung, so that nobody rings them twice at once."""
    return f"{_PREFIX}:rung:{mediator_id}"


def flood(what: str, window: int) -> str:
    """String: how many texts or calls came from everybody in a stretch of time."""
    return f"{_PREFIX}:flood:{what}:{window}"


def dropped(what: str, day: str) -> str:
    """String: how many texts or calls were left without an answer on a day (counted since 1970)."""
    return f"{_PREFIX}:dropped:{what}:{day}"


def spent(kind: str, hour: int) -> str:
    """String: how many texts or call-backs left in an hour (counted since 1970), to everybody."""
    return f"{_PREFIX}:spent:{kind}:{hour}"


def guesses(window: int) -> str:
    """String: how many wrong codes of spoken files came from other telephones in a stretch of time."""
    return f"{_PREFIX}:guesses:{window}"


#: Who signed in to the console stays so for a working day.
SIGNIN_TTL_S = 12 * HOUR_S
#: Between the password and the six digits.
SECOND_STEP_TTL_S = 5 * 60
#: Wrong passwords are counted for a quarter of an hour.
ATTEMPTS_TTL_S = 15 * 60
#: A code of six digits is good for 90 seconds around its half minute, and once.
CODE_TTL_S = 120
#: Long enough to take up the telephone and call.
STUDIO_CODE_TTL_S = 15 * 60
#: Who saw and did what in the console is kept for a year.
AUDIT_TTL_S = 365 * DAY_S
#: Counts without anybody's name.
FIGURES_TTL_S = 400 * DAY_S


def account(account_id: str) -> str:
    """String: the sealed account of somebody who works in the console. Kept without expiry."""
    return f"{_PREFIX}:account:{account_id}"


def account_of(email_pseudonym: str) -> str:
    """String: the id of the account with this address of mail."""
    return f"{_PREFIX}:account-of:{email_pseudonym}"


def accounts() -> str:
    """Set of the ids of all accounts."""
    return f"{_PREFIX}:accounts"


def signin(digest: str) -> str:
    """String: `account_id/stage` of who signed in; `digest` is of the cookie's secret."""
    return f"{_PREFIX}:signin:{digest}"


def signins(account_id: str) -> str:
    """Set of the digests of all places where an account is signed in."""
    return f"{_PREFIX}:signins:{account_id}"


def attempts(kind: str, who: str) -> str:
    """Counter of sign-ins tried; `who` is a pseudonym."""
    return f"{_PREFIX}:attempts:{kind}:{who}"


def code_used(account_id: str, code: str) -> str:
    """String: set while a code of six digits would still be good but was used."""
    return f"{_PREFIX}:code:{account_id}:{code}"


def studio_code(person: str) -> str:
    """Hash: the digest of a code that opens the voice studio to who calls, and for whom it was made."""
    return f"{_PREFIX}:{{{person}}}:studio"


def studio_tries(person: str) -> str:
    """Counter of codes tried for the voice studio."""
    return f"{_PREFIX}:{{{person}}}:studio-tries"


def audit() -> str:
    """Stream of who saw and did what in the console: `at who did about`."""
    return f"{_PREFIX}:audit"


def figures(day: str) -> str:
    """Hash: what was counted on `day` (2026-01-31), without anybody's name."""
    return f"{_PREFIX}:figures:{day}"


def notices() -> str:
    """Hash: the messages of the day for mediators, by id."""
    return f"{_PREFIX}:notices"


def news() -> str:
    """Channel on which pages that are open hear that something changed."""
    return f"{_PREFIX}:news"


def opening() -> str:
    """String: when mediators answer the telephone, as an administrator has set it. Kept without expiry."""
    return f"{_PREFIX}:opening"
