"""What became of a text we send or a call we make. Pure, so that every possible course can be tested.

A text may take several messages, its parts; a call is one part without words. Before each request its part is
marked `sending`: whoever finds it so after a crash knows that Twilio may have it, and asks before repeating.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

State = Literal["waiting", "sending", "sent", "delivered", "failed"]
#: Why something was given up: a number of Twilio's, or a word of ours.
Code = str

OPTED_OUT: Final = "opted_out"
NO_NUMBER: Final = "no_number"
OUT_OF_REACH: Final = "out_of_reach"
TOO_MANY: Final = "too_many"
TOO_LATE: Final = "too_late"
REPEATED: Final = "repeated"
UNANSWERED: Final = "unanswered"
MACHINE: Final = "machine"
UNKNOWN: Final = "unknown"

#: Twilio's code for a person who opted out of our texts at Twilio itself.
TWILIO_OPTED_OUT: Final = 21610
#: Refusals that are temporary: too many requests, a full queue, and wrong credentials, which we must fix.
_PASSING_REFUSALS: Final = frozenset({14107, 20003, 20429, 21611})
#: Certainly not delivered, but perhaps later: full queue, unreachable telephone, busy network. Other losses
#: are final (30004 blocked, 30005 unknown, 30006 landline, 30007 filtered) or leave it open whether the text
#: arrived (30008).
_PASSING_LOSSES: Final = frozenset({30001, 30003, 30017})
#: Reasons that no second attempt changes.
_FINAL: Final = frozenset(
    {OPTED_OUT, str(TWILIO_OPTED_OUT), OUT_OF_REACH, NO_NUMBER, TOO_LATE, MACHINE, "30006"}
)
#: Seconds to wait before each time a lost text is sent again; then it is given up.
LOSS_WAITS_S: Final = (15 * 60.0, 2 * 3600.0)
#: Seconds to wait before calling again when nobody answers: three calls in all, spread over some hours.
CALL_WAITS_S: Final = (5 * 60.0, 2 * 3600.0)

_SENT: Final = frozenset({"queued", "accepted", "scheduled", "sending", "sent"})
_LOST: Final = frozenset({"undelivered", "failed"})
_DELIVERED: Final = frozenset({"delivered", "read"})
_UNANSWERED: Final = frozenset({"busy", "no-answer", "failed", "canceled"})


@dataclass(frozen=True)
class DeliveryPart:
    """One message or call. `at` is when it reached its state, `due` when it may be tried (Unix seconds)."""

    text: str = ""
    state: State = "waiting"
    at: float = 0.0
    """Unix seconds."""
    due: float = 0.0
    """Unix seconds."""
    sid: str | None = None
    code: Code | None = None
    losses: int = 0

    @property
    def over(self) -> bool:
        """Whether there is nothing left for us to do."""
        return self.state in ("sent", "delivered", "failed")


@dataclass(frozen=True)
class Delivery:
    """All parts, in the order in which they are sent."""

    parts: tuple[DeliveryPart, ...]

    @property
    def next(self) -> int | None:
        """The number of the first part still to be sent."""
        return next((number for number, part in enumerate(self.parts) if not part.over), None)

    @property
    def state(self) -> State:
        """The state of the whole: failed as soon as one part has failed."""
        states = [part.state for part in self.parts]
        for state in ("failed", "sending", "waiting", "sent"):
            if state in states:
                return state
        return "delivered"

    @property
    def code(self) -> Code | None:
        """Why it failed, or what went wrong last."""
        return next((part.code for part in self.parts if part.code), None)

    def change(self, number: int, **fields: object) -> Delivery:
        """The same delivery with some fields of one part replaced."""
        changed = replace(self.parts[number], **fields)  # type: ignore[arg-type]
        return Delivery((*self.parts[:number], changed, *self.parts[number + 1 :]))


Change = Callable[[Delivery], Delivery]


def of_texts(texts: tuple[str, ...], at: float) -> Delivery:
    """A text that has yet to be sent."""
    return Delivery(tuple(DeliveryPart(text, at=at) for text in texts))


def of_call(at: float) -> Delivery:
    """A call that has yet to be made."""
    return Delivery((DeliveryPart(at=at),))


def given_up(delivery: Delivery, code: Code, at: float) -> Delivery:
    """Try nothing more: every part that Twilio does not have yet has failed."""
    lost = {"state": "failed", "code": code, "at": at}
    for number, part in enumerate(delivery.parts):
        if not part.over:
            delivery = delivery.change(number, **lost)
    return delivery


def claim(number: int, at: float) -> Change:
    """Mark a waiting part as being sent; no change if somebody else was quicker."""

    def change(delivery: Delivery) -> Delivery:
        waiting = delivery.parts[number].state == "waiting"
        return delivery.change(number, state="sending", at=at) if waiting else delivery

    return change


def took(number: int, sid: str, at: float) -> Change:
    """Twilio has it. Whatever Twilio reported in the meantime stays."""

    def change(delivery: Delivery) -> Delivery:
        sending = delivery.parts[number].state == "sending"
        return delivery.change(number, state="sent", sid=sid, code=None, at=at) if sending else delivery

    return change


def put_back(number: int, code: Code | None, at: float) -> Change:
    """Twilio certainly does not have it: it can be tried again."""

    def change(delivery: Delivery) -> Delivery:
        sending = delivery.parts[number].state == "sending"
        return delivery.change(number, state="waiting", code=code, at=at) if sending else delivery

    return change


def refused(code: Code, at: float) -> Change:
    """Twilio will never accept it; the parts after it are not sent either, as they make no sense alone."""
    return lambda delivery: given_up(delivery, code, at)


def tried_again(at: float) -> Change:
    """What was given up waits anew, unless its reason is final: a wish, an impossible number, time."""

    def change(delivery: Delivery) -> Delivery:
        anew = {"state": "waiting", "sid": None, "code": None, "at": at, "due": at, "losses": 0}
        for number, part in enumerate(delivery.parts):
            if part.state == "failed" and part.code not in _FINAL:
                delivery = delivery.change(number, **anew)
        return delivery

    return change


def passes(code: int, temporary: bool) -> bool:
    """Whether a refusal with this Twilio code may be temporary."""
    return temporary or code in _PASSING_REFUSALS


def reported_text(number: int, sid: str, status: str, code: Code | None, at: float) -> Change:
    """Twilio reports on a text; reports may come twice, late, or in any order."""

    def change(delivery: Delivery) -> Delivery:
        part = delivery.parts[number]
        if part.state in ("delivered", "failed") or part.sid not in (None, sid) or part.state == "waiting":
            return delivery
        if status in _DELIVERED:
            return delivery.change(number, state="delivered", sid=sid, code=None, at=at)
        if status in _LOST:
            return _lost(delivery, number, code or UNKNOWN, at)
        if status in _SENT and part.state == "sending":
            return delivery.change(number, state="sent", sid=sid, at=at)
        return delivery

    return change


def reported_call(sid: str, status: str, at: float) -> Change:
    """Twilio reports how a call ended: completed or unanswered."""

    def change(delivery: Delivery) -> Delivery:
        part = delivery.parts[0]
        if part.state not in ("sending", "sent") or part.sid not in (None, sid):
            return delivery
        if status == "completed":
            return delivery.change(0, state="delivered", sid=sid, at=at)
        return _again(delivery, 0, UNANSWERED, at, CALL_WAITS_S) if status in _UNANSWERED else delivery

    return change


def reported_ring(sid: str, status: str, at: float) -> Change:
    """Twilio reports how a call to a mediator ended. Nobody is rung twice for it: the next one is rung."""

    def change(delivery: Delivery) -> Delivery:
        part = delivery.parts[0]
        if part.state not in ("sending", "sent") or part.sid not in (None, sid):
            return delivery
        if status == "completed":
            return delivery.change(0, state="delivered", sid=sid, at=at)
        lost = {"state": "failed", "code": UNANSWERED, "at": at}
        return delivery.change(0, sid=sid, **lost) if status in _UNANSWERED else delivery

    return change


def machine_took(sid: str, at: float) -> Change:
    """An answering machine took the call: nobody was reached, and we do not insist."""

    def change(delivery: Delivery) -> Delivery:
        part = delivery.parts[0]
        ours = part.state in ("sending", "sent") and part.sid in (None, sid)
        return delivery.change(0, state="failed", sid=sid, code=MACHINE, at=at) if ours else delivery

    return change


def _lost(delivery: Delivery, number: int, code: Code, at: float) -> Delivery:
    passing = code.isdecimal() and int(code) in _PASSING_LOSSES
    return _again(delivery, number, code, at, LOSS_WAITS_S if passing else ())


def _again(delivery: Delivery, number: int, code: Code, at: float, waits_s: tuple[float, ...]) -> Delivery:
    """Wait and try once more, as often as there are waits."""
    losses = delivery.parts[number].losses
    if losses >= len(waits_s):
        return delivery.change(number, state="failed", code=code, at=at)
    due = at + waits_s[losses]
    return delivery.change(number, state="waiting", sid=None, code=code, at=at, due=due, losses=losses + 1)
