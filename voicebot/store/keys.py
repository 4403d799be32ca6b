"""Every Redis key and its lifetime. A person's keys share a hash tag, so that Redis Cluster works."""

from __future__ import annotations

from dataclasses import dataclass

HOUR_S = 3600
DAY_S = 24 * HOUR_S

#: Seconds for which a conversation can be resumed: a day.
SESSION_TTL_S = DAY_S
#: Seconds. Being forgotten leaves an empty session, so that a repeated webhook does not start over.
FORGOTTEN_TTL_S = HOUR_S
#: Seconds. Answers invented in practice soon expire, even if the call breaks off.
PRACTICE_TTL_S = HOUR_S
#: Seconds. What was said, turn by turn, redacted and encrypted; shown to the mediator.
TURNS_TTL_S = DAY_S
#: Seconds. Tickets and texts to send, with the encrypted number to call back.
RECORD_TTL_S = 30 * DAY_S
#: Seconds since their last call. What a person agreed to have remembered, or that they did not agree.
MEMORY_TTL_S = 180 * DAY_S
#: Seconds since it was last stored or heard. What a code opens: a procedure's steps and ticks.
FILE_TTL_S = 90 * DAY_S
#: Seconds since it was planned, for which an answer to "how did it go?" is understood.
FOLLOW_UP_TTL_S = 14 * DAY_S
#: Seconds. A text or note that a mediator has begun.
DRAFT_TTL_S = 7 * DAY_S
#: Seconds. The index outlives everything it names, so that all of it can be erased.
INDEX_TTL_S = MEMORY_TTL_S
#: Seconds. For so long a texter is asked whether to go on with the same procedure; only its name is kept.
LAST_TOPIC_TTL_S = 7 * DAY_S

PREFIX = "voicebot"


@dataclass(frozen=True)
class PersonKeys:
    """The keys of one person (`person` is a pseudonym)."""

    person: str

    def session(self, session_id: str) -> str:
        """Hash: `blob` (encrypted session) and `version`."""
        return self._key(f"session:{session_id}")

    def turns(self, session_id: str) -> str:
        """List of encrypted turn records."""
        return self._key(f"turns:{session_id}")

    def latencies(self, session_id: str) -> str:
        """List of the latencies of each answer, for calls in the browser."""
        return self._key(f"latencies:{session_id}")

    def latest(self) -> str:
        """String: the id of the session that a new call may resume."""
        return self._key("latest")

    def texting(self) -> str:
        """String: the id of the conversation by text, as long as it lasts."""
        return self._key("texting")

    def number(self) -> str:
        """String: the encrypted telephone number, for call-backs and texts."""
        return self._key("number")

    def record(self, kind: str, record_id: str) -> str:
        """String: one encrypted ticket or text to send."""
        return self._key(f"{kind}:{record_id}")

    def delivery(self, kind: str, record_id: str) -> str:
        """String: what became of a text or call-back, encrypted."""
        return self._key(f"delivery:{kind}:{record_id}")

    def count(self, what: str, day: str) -> str:
        """String: how many of `what` the person got on `day`. Not indexed: being forgotten lifts no limit."""
        return self._key(f"count:{what}:{day}")

    def reserved(self, kind: str) -> str:
        """String: the record in progress, so that asking three times causes only one call."""
        return self._key(f"reserved:{kind}")

    def flood(self, what: str, window: int) -> str:
        """String: how many texts or calls the person made in a period. Not indexed, like `count`."""
        return self._key(f"flood:{what}:{window}")

    def memory(self) -> str:
        """String, encrypted: whether the person agreed to be remembered, and the answers they gave."""
        return self._key("memory")

    def proposed(self) -> str:
        """String, encrypted: the procedure that a mediator wants offered at the person's next contact."""
        return self._key("proposed")

    def tickets(self) -> str:
        """Set of the ids of the person's tickets."""
        return self._key("tickets")

    def ticket(self, ticket_id: str) -> str:
        """Hash: `blob` (the encrypted ticket, without its history) and `version`."""
        return self._key(f"handoff:{ticket_id}")

    def words(self, ticket_id: str) -> str:
        """String: the encrypted words by which a list tells what a person needs; gone after a day."""
        return self._key(f"words:{ticket_id}")

    def history(self, ticket_id: str) -> str:
        """List of the encrypted entries of a ticket's history. Append-only."""
        return self._key(f"history:{ticket_id}")

    def file(self, code: str) -> str:
        """String: the encrypted spoken file that a code opens; `code` is a keyed hash of code and person."""
        return self._key(f"file:{code}")

    def opted_out(self) -> str:
        """String: set while the person wants no texts. Never expires: silence is a promise."""
        return self._key("opted-out")

    def thread(self) -> str:
        """Hash: the encrypted messages between the person and mediators, by id."""
        return self._key("thread")

    def offered_pictures(self) -> str:
        """Hash, encrypted: pictures that the person sent and has not yet wanted looked at, by id."""
        return self._key("offered-pictures")

    def picture(self, picture_id: str) -> str:
        """String, encrypted: a picture that belongs to a request."""
        return self._key(f"picture:{picture_id}")

    def drafts(self) -> str:
        """Hash: encrypted texts and notes that mediators have begun, by ticket, account and field."""
        return self._key("drafts")

    def held(self) -> str:
        """String: the ticket for which a mediator texts with the person; the assistant then stays silent."""
        return self._key("held")

    def last_topic(self) -> str:
        """String, encrypted: the name of the procedure that a texter was told about last."""
        return self._key("last-topic")

    def follow_up(self) -> str:
        """String, encrypted: the procedure about which the person is asked, and from when on."""
        return self._key("follow-up")

    def calls(self) -> str:
        """Set of the ids of the person's calls in the last day."""
        return self._key("calls")

    def index(self) -> str:
        """Set of all keys of the person: what "oubliez-moi" erases."""
        return self._key("keys")

    def _key(self, name: str) -> str:
        return f"{PREFIX}:{{{self.person}}}:{name}"


def call(call_id: str) -> str:
    """String: the pseudonym of a call's caller. Twilio's later webhooks name only the call."""
    return f"{PREFIX}:call:{call_id}"


def personal_key(person: str) -> str:
    """String: a person's own key, sealed. Only in the Redis that keeps nothing else (`personal_keys`)."""
    return f"{PREFIX}:personal-key:{person}"


def forgotten() -> str:
    """Set of people who are being erased: whoever stays in it was erased by a process that died."""
    return f"{PREFIX}:forgotten"


def rewrite_wanted() -> str:
    """String: set once somebody was erased, until the append-only file is rewritten."""
    return f"{PREFIX}:rewrite-wanted"


def keys_id() -> str:
    """String: which store of personal keys belongs to this Redis. Never expires."""
    return f"{PREFIX}:keys-id"


def rewritten() -> str:
    """String: set for a day once the append-only file was rewritten."""
    return f"{PREFIX}:rewritten"


def probe() -> str:
    """String: written to find out whether Redis takes writes."""
    return f"{PREFIX}:probe"


def lease(name: str) -> str:
    """String: which process currently does `name`, so that the others stand by."""
    return f"{PREFIX}:lease:{name}"


def sid(sid_: str) -> str:
    """String: a keyed hash of the record to which a text or call of Twilio's belongs."""
    return f"{PREFIX}:sid:{sid_}"


def turn_order(name: str) -> str:
    """Sorted set of the places of whoever waits for a turn of the person or call `name`, by their arrival."""
    return f"{PREFIX}:{{{name}}}:turn-arrivals"


def turn_places(name: str) -> str:
    """Hash: until when each place counts (Unix seconds), and whose turn it is."""
    return f"{PREFIX}:{{{name}}}:turn-until"


def stream(nonce: str) -> str:
    """String: set once an audio stream was opened, so that a replayed opening opens nothing."""
    return f"{PREFIX}:stream:{nonce}"


def live_stream(call_id: str) -> str:
    """String: the newest audio stream of a call; older ones take no more turns."""
    return f"{PREFIX}:live-stream:{call_id}"


def waiting(kind: str) -> str:
    """Sorted set of `person/record_id` by time: tickets or texts not yet dealt with."""
    return f"{PREFIX}:waiting:{kind}"


def abandoned(kind: str) -> str:
    """Sorted set of `person/record_id` by time: texts or call-backs that were given up."""
    return f"{PREFIX}:abandoned:{kind}"


def failures(kind: str) -> str:
    """Hash: how many texts or call-backs were ever given up, by error code. Never expires."""
    return f"{PREFIX}:failures:{kind}"


def closed() -> str:
    """Sorted set of `person/ticket_id` by time: the closed tickets."""
    return f"{PREFIX}:closed:ticket"


def changed() -> str:
    """Sorted set of `person/ticket_id` by the number of the change: the tickets that changed last."""
    return f"{PREFIX}:changed:ticket"


def changes() -> str:
    """Counter of the changes of all tickets."""
    return f"{PREFIX}:changes:ticket"


def ticket_of(ticket_id: str) -> str:
    """String: the pseudonym of the person a ticket is about."""
    return f"{PREFIX}:ticket-of:{ticket_id}"


def mediators() -> str:
    """Hash: the encrypted mediators, by id. Never expires."""
    return f"{PREFIX}:mediators"


def rung(mediator_id: str) -> str:
    """String: the ticket about which a mediator is being rung, so that nobody rings them twice at once."""
    return f"{PREFIX}:rung:{mediator_id}"


def flood(what: str, window: int) -> str:
    """String: how many texts or calls everybody together made in a period."""
    return f"{PREFIX}:flood:{what}:{window}"


def dropped(what: str, day: str) -> str:
    """String: how many texts or calls were left unanswered on a day (counted since 1970)."""
    return f"{PREFIX}:dropped:{what}:{day}"


def spent(kind: str, hour: int) -> str:
    """String: how many texts or call-backs were sent to everybody in an hour (counted since 1970)."""
    return f"{PREFIX}:spent:{kind}:{hour}"


def guesses(window: int) -> str:
    """String: how many wrong codes of spoken files came from other telephones in a period."""
    return f"{PREFIX}:guesses:{window}"


#: Seconds. A sign-in to the console lasts a working day.
SIGNIN_TTL_S = 12 * HOUR_S
#: Seconds between the password and the six digits.
SECOND_STEP_TTL_S = 5 * 60
#: Seconds over which wrong passwords are counted.
ATTEMPTS_TTL_S = 15 * 60
#: Seconds. A six-digit code is valid for 90 seconds around its half minute, and only once.
CODE_TTL_S = 120
#: Seconds; enough to pick up the telephone and call.
STUDIO_CODE_TTL_S = 15 * 60
#: Seconds. The record of who saw and did what in the console is kept for a year.
AUDIT_TTL_S = 365 * DAY_S
#: Seconds since a browser last asked to be told what happens.
SUBSCRIPTION_TTL_S = 90 * DAY_S
#: Seconds. Counts that name nobody.
FIGURES_TTL_S = 400 * DAY_S


def account(account_id: str) -> str:
    """String: the encrypted account of somebody who works in the console. Never expires."""
    return f"{PREFIX}:account:{account_id}"


def account_of(email_pseudonym: str) -> str:
    """String: the id of the account with this email address."""
    return f"{PREFIX}:account-of:{email_pseudonym}"


def accounts() -> str:
    """Set of the ids of all accounts."""
    return f"{PREFIX}:accounts"


def signin(digest: str) -> str:
    """String: `account_id/stage` of a sign-in; `digest` is that of the cookie's secret."""
    return f"{PREFIX}:signin:{digest}"


def signins(account_id: str) -> str:
    """Set of the digests of all sign-ins of an account."""
    return f"{PREFIX}:signins:{account_id}"


def attempts(kind: str, who: str) -> str:
    """Counter of sign-in attempts; `who` is a pseudonym."""
    return f"{PREFIX}:attempts:{kind}:{who}"


def told_of(kind: str, who: str) -> str:
    """Counter: attempts or views of this kind since the last one that was put into the audit log."""
    return f"{PREFIX}:told:{kind}:{who}"


def code_used(account_id: str, code: str) -> str:
    """String: set while a six-digit code that was used would otherwise still be valid."""
    return f"{PREFIX}:code:{account_id}:{code}"


def studio_code(person: str) -> str:
    """Hash: the digest of the code that admits a caller to the voice studio, and for whom it was made."""
    return f"{PREFIX}:{{{person}}}:studio"


def studio_tries(person: str) -> str:
    """Counter of codes tried for the voice studio."""
    return f"{PREFIX}:{{{person}}}:studio-tries"


def audit() -> str:
    """Stream of who saw and did what in the console: `at who did about`."""
    return f"{PREFIX}:audit"


def figures(day: str, shard: int) -> str:
    """Hash: what some of the processes counted on `day` (2026-01-31), without names."""
    return f"{PREFIX}:figures:{day}:{shard}" if shard else f"{PREFIX}:figures:{day}"


def notices() -> str:
    """Hash: the notices for mediators, by id."""
    return f"{PREFIX}:notices"


def subscriptions(account_id: str) -> str:
    """Hash: the encrypted browsers that are told what concerns an account, by the digest of their address."""
    return f"{PREFIX}:push:{account_id}"


def push_key() -> str:
    """String: the encrypted private key that signs what browsers are told. Never expires."""
    return f"{PREFIX}:push-key"


def alerted(mark: str) -> str:
    """String: set once somebody has been told something, so that no second process tells it again."""
    return f"{PREFIX}:alerted:{mark}"


def ready_answers() -> str:
    """Hash: the team's ready answers, by id. Never expires."""
    return f"{PREFIX}:ready-answers"


def news() -> str:
    """Channel on which open pages hear that something changed."""
    return f"{PREFIX}:news"


def opening() -> str:
    """String: when mediators answer the telephone, as set by an administrator. Never expires."""
    return f"{PREFIX}:opening"
