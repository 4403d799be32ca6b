"""Every Redis key and how long it lives. Keys of one person share a hash tag, so that Redis Cluster works."""

from __future__ import annotations

from dataclasses import dataclass

HOUR_S = 3600
DAY_S = 24 * HOUR_S

#: A conversation can be resumed for a day.
SESSION_TTL_S = DAY_S
#: What was said, turn by turn, redacted and sealed; shown to the mediator.
TURNS_TTL_S = DAY_S
#: Tickets and texts to send, with the sealed number to call back.
RECORD_TTL_S = 30 * DAY_S

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

    def flood(self, window: int) -> str:
        """String: how many texts came from the person in a stretch of time. Not in the index, as `count`."""
        return self._key(f"flood:{window}")

    def opted_out(self) -> str:
        """String: set while the person wants no texts. Kept without expiry: silence is a promise."""
        return self._key("opted-out")

    def index(self) -> str:
        """Set of all keys of the person: what "oubliez-moi" erases."""
        return self._key("keys")

    def _key(self, name: str) -> str:
        return f"{_PREFIX}:{{{self.person}}}:{name}"


def call(call_id: str) -> str:
    """String: the pseudonym of who makes a call. Twilio's later webhooks name the call only."""
    return f"{_PREFIX}:call:{call_id}"


def waiting(kind: str) -> str:
    """Sorted set of `person/record_id` by time: the tickets or texts not yet dealt with."""
    return f"{_PREFIX}:waiting:{kind}"


def abandoned(kind: str) -> str:
    """Sorted set of `person/record_id` by time: the texts or call-backs that were given up."""
    return f"{_PREFIX}:abandoned:{kind}"


def flood(window: int) -> str:
    """String: how many texts came from everybody in a stretch of time."""
    return f"{_PREFIX}:flood:{window}"


def dropped(day: str) -> str:
    """String: how many texts were left without an answer on a day (counted since 1970)."""
    return f"{_PREFIX}:dropped:{day}"
