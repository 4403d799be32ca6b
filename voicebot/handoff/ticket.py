"""The ticket: one person who asked for a human, and everything that happened since.

Each transition is a pure function from a ticket to the next one. It raises `TicketRefused` where the ticket's
state does not allow it, and says who has it now. The history only grows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from voicebot.dialogue.action import Priority
from voicebot.dialogue.meaning import Value
from voicebot.dialogue.session import Place
from voicebot.errors import TicketRefused
from voicebot.handoff.mediator import department

State = Literal["waiting", "claimed", "in_call", "closed"]
What = Literal[
    "opened",
    "asked_again",
    "on_line",
    "off_line",
    "offered",
    "declined",
    "claimed",
    "released",
    "transferred",
    "call_started",
    "call_ended",
    "returned",
    "noted",
    "call_back_planned",
    "call_back_missed",
    "closed",
    "reopened",
    "assessment_asked",
    "assessed",
]
#: Entries after which a ticket is in another state, or in other hands.
_TURNING: Final = frozenset(
    {"opened", "claimed", "released", "transferred", "call_started", "call_ended", "returned"}
    | {"call_back_missed", "closed", "reopened"}
)
_POSTAL_CODES: Final = ("code_postal", "postal_code")


@dataclass(frozen=True)
class Entry:
    """One line of the history. `who` is a mediator's id, "" for the person or the machine."""

    at: float
    who: str
    what: What
    detail: str = ""


@dataclass(frozen=True)
class Wishes:
    """What the person would like: a language, and when to be called (Unix seconds; None: now)."""

    language: str = ""
    call_back_at: float | None = None


@dataclass(frozen=True)
class Offer:
    """A mediator who is being rung since `at`; `call` is the SID of that call, "" before Twilio named it."""

    mediator: str
    at: float
    call: str = ""


@dataclass(frozen=True)
class Ticket:
    """A person who asked for a human.

    `person` is a pseudonym; `session` the conversation, whose turn records are the transcript. `place` is the
    question where they stopped, `answered` how many they had answered. `territory` is a department code.
    `line` is the SID of their call while they hold the line. `first` puts them before others of their kind,
    because a call with a mediator broke off. `tried` are the mediators who did not take the last call to
    them, with when. `missed` counts call-backs that the person did not take. Times are Unix seconds (UTC).
    """

    id: str
    person: str
    channel: str
    session: str
    opened_at: float
    reason: str
    topic: str | None = None
    place: Place | None = None
    priority: Priority = "normal"
    territory: str | None = None
    slots: Mapping[str, Value] = field(default_factory=dict)
    answered: int = 0
    wishes: Wishes = Wishes()
    state: State = "waiting"
    claimed_by: str | None = None
    outcome: str = ""
    line: str | None = None
    first: bool = False
    offer: Offer | None = None
    tried: Mapping[str, float] = field(default_factory=dict)
    missed: int = 0
    history: tuple[Entry, ...] = ()

    @property
    def notes(self) -> tuple[Entry, ...]:
        """What mediators noted, oldest first."""
        return tuple(entry for entry in self.history if entry.what == "noted")

    @property
    def since(self) -> float:
        """When the present state was reached."""
        return next((e.at for e in reversed(self.history) if e.what in _TURNING), self.opened_at)

    @property
    def had_call(self) -> bool:
        """Whether a mediator has spoken with the person."""
        return any(entry.what == "call_started" for entry in self.history)

    @property
    def last_mediator(self) -> str | None:
        """Who had it last."""
        return next((e.who for e in reversed(self.history) if e.what in _HELD and e.who), None)


_HELD: Final = frozenset({"claimed", "call_started", "transferred", "reopened"})


def opened(record: Mapping[str, Any]) -> Ticket:
    """The ticket of a stored record of kind "ticket", as `voicebot.records` writes it."""
    slots: Mapping[str, Value] = record["slots"]
    return Ticket(
        id=str(record["id"]),
        person=str(record["person"]),
        channel=str(record["channel"]),
        session=str(record["session"]),
        opened_at=float(record["at"]),
        reason=str(record["reason"]),
        topic=record["topic"],
        place=Place(*record["place"]) if record.get("place") else None,
        priority=record["priority"],
        territory=territory_of(slots),
        slots=slots,
        answered=int(record.get("answered", 0)),
        wishes=_wishes(slots),
        history=(Entry(float(record["at"]), "", "opened", str(record["reason"])),),
    )


def territory_of(slots: Mapping[str, Value]) -> str | None:
    """The department of the postal code among the answers."""
    codes = (department(str(slots[name])) for name in _POSTAL_CODES if name in slots)
    return next((code for code in codes if code), None)


def _wishes(slots: Mapping[str, Value]) -> Wishes:
    when = slots.get("rappel_at")
    return Wishes(str(slots.get("langue", "")), float(when) if isinstance(when, int | float) else None)


def ask_again(ticket: Ticket, record: Mapping[str, Any]) -> Ticket:
    """The person asked once more in the same conversation: what is new is added, what is urgent counts.

    The same record a second time changes nothing. A closed ticket is refused: it takes a new one.
    """
    mark = str(record["id"])
    _need(ticket, "ask again", "waiting", "claimed", "in_call")
    if mark == ticket.id or any(e.what == "asked_again" and e.detail == mark for e in ticket.history):
        return ticket
    newer = opened(record)
    wishes = Wishes(
        newer.wishes.language or ticket.wishes.language,
        newer.wishes.call_back_at or ticket.wishes.call_back_at,
    )
    ticket = replace(
        ticket,
        priority=min(ticket.priority, newer.priority, key=PRIORITIES.index),
        topic=newer.topic or ticket.topic,
        place=newer.place or ticket.place,
        territory=newer.territory or ticket.territory,
        slots={**ticket.slots, **newer.slots},
        answered=max(ticket.answered, newer.answered),
        wishes=wishes,
    )
    ticket = told(ticket, newer.opened_at, "", "asked_again", mark)
    if newer.wishes.call_back_at is None:
        return ticket
    return told(ticket, newer.opened_at, "", "call_back_planned", str(round(newer.wishes.call_back_at)))


#: The most urgent first.
PRIORITIES: Final[tuple[Priority, ...]] = ("danger", "high", "normal")


def claim(ticket: Ticket, who: str, at: float) -> Ticket:
    """Take a waiting ticket."""
    _need(ticket, "claim", "waiting")
    taken = replace(ticket, state="claimed", claimed_by=who, offer=None, first=False)
    return told(taken, at, who, "claimed")


def release(ticket: Ticket, who: str, at: float) -> Ticket:
    """Put one's own ticket back into the queue, where it stood before."""
    _need_own(ticket, who, "release", "claimed")
    return told(replace(ticket, state="waiting", claimed_by=None, offer=None), at, who, "released")


def transfer(ticket: Ticket, who: str, to: str, at: float) -> Ticket:
    """Hand one's own ticket to the colleague `to`."""
    _need_own(ticket, who, "transfer", "claimed")
    return told(replace(ticket, claimed_by=to, offer=None), at, who, "transferred", to)


def note(ticket: Ticket, who: str, text: str, at: float) -> Ticket:
    """Write into the history of one's own ticket."""
    _need_own(ticket, who, "note", "claimed", "in_call")
    return told(ticket, at, who, "noted", text)


def close(ticket: Ticket, who: str, outcome: str, at: float) -> Ticket:
    """Done with one's own ticket."""
    _need_own(ticket, who, "close", "claimed", "in_call")
    done = replace(ticket, state="closed", outcome=outcome, line=None, offer=None, first=False)
    return told(done, at, who, "closed", outcome)


def reopen(ticket: Ticket, who: str, at: float) -> Ticket:
    """Take a closed ticket again."""
    _need(ticket, "reopen", "closed")
    again = replace(ticket, state="claimed", claimed_by=who, outcome="", missed=0, wishes=_now(ticket))
    return told(again, at, who, "reopened")


def plan_call_back(ticket: Ticket, who: str, when: float, at: float) -> Ticket:
    """Call the person at `when`; `who` is the mediator who has it, "" when the person themselves asks."""
    if who:
        _need_own(ticket, who, "plan a call-back", "claimed", "in_call")
    else:
        _need(ticket, "plan a call-back", "waiting", "claimed", "in_call")
    planned = replace(ticket, wishes=replace(ticket.wishes, call_back_at=when), missed=0, tried={})
    return told(planned, at, who, "call_back_planned", str(round(when)))


def ask_assessment(ticket: Ticket, who: str, how: str, at: float) -> Ticket:
    """Ask the person of one's own ticket for the digital needs check; `how` they are asked."""
    _need_own(ticket, who, "ask for the digital needs check", "claimed", "in_call")
    return told(ticket, at, who, "assessment_asked", how)


def assessed(ticket: Ticket, answers: Mapping[str, Value], level: str, at: float) -> Ticket:
    """The person answered the digital needs check: `answers` and what follows from them are on the ticket.

    The same answers a second time change nothing. A closed ticket is refused.
    """
    _need(ticket, "keep the digital needs check", "waiting", "claimed", "in_call")
    slots = {**ticket.slots, **answers}
    return ticket if slots == ticket.slots else told(replace(ticket, slots=slots), at, "", "assessed", level)


def _now(ticket: Ticket) -> Wishes:
    return replace(ticket.wishes, call_back_at=None)


def told(ticket: Ticket, at: float, who: str, what: What, detail: str = "") -> Ticket:
    """The ticket with one more entry in its history."""
    return replace(ticket, history=(*ticket.history, Entry(at, who, what, detail)))


def _need(ticket: Ticket, did: str, *states: State) -> None:
    if ticket.state not in states:
        raise TicketRefused(did, ticket.state, ticket.claimed_by or "")


def _need_own(ticket: Ticket, who: str, did: str, *states: State) -> None:
    if ticket.claimed_by != who:
        raise TicketRefused(did, ticket.state, ticket.claimed_by or "")
    _need(ticket, did, *states)
