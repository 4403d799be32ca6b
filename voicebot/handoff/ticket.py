"""The ticket: one person who asked for a human, and everything that has happened since.

Each transition is a pure function from one ticket to the next. If the ticket's state does not allow it, it
raises `TicketRefused`, which says who has the ticket now. The history only grows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from voicebot.dialogue.action import Priority
from voicebot.dialogue.meaning import Value
from voicebot.dialogue.session import Place
from voicebot.errors import TicketRefused
from voicebot.handoff.mediator import department
from voicebot.records import TicketRequest

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
    "given",
    "refused",
    "given_back",
    "taken_back",
    "answered",
    "wrote",
    "wrote_after",
]
#: Entries that put a ticket into another state or other hands.
_TURNING: Final = frozenset(
    {"opened", "claimed", "released", "transferred", "call_started", "call_ended", "returned"}
    | {"call_back_missed", "closed", "reopened", "given", "refused", "given_back", "taken_back"}
    | {"wrote_after"}
)
_POSTAL_CODES: Final = ("code_postal", "postal_code")


@dataclass(frozen=True)
class HistoryEntry:
    """One line of the history. `who` is a mediator's id, or "" for the person or the assistant."""

    at: float
    """Unix seconds."""
    who: str
    what: What
    detail: str = ""


@dataclass(frozen=True)
class Wishes:
    """What the person would like: a language, and when to be called (Unix seconds; None: now)."""

    language: str = ""
    call_back_at: float | None = None
    """Unix seconds."""


@dataclass(frozen=True)
class Offer:
    """A mediator who has been rung since `at`; `call` is that call's SID, "" before Twilio assigned it."""

    mediator: str
    at: float
    """Unix seconds."""
    call: str = ""


@dataclass(frozen=True)
class Ticket:
    """A person who asked for a human.

    `person` is a pseudonym; `session` is the conversation, whose turn records are the transcript. `place` is
    the question where they stopped, `answered` how many they had answered. `territory` is a department code.
    `line` is the SID of their call while they hold the line. `first` puts them before others of their kind,
    because a call with a mediator was cut off. `tried` are the mediators who did not take the last call to
    them, with the time; `missed` counts call-backs that the person missed. `words` are the person's own
    latest words, redacted, "" once they are a day old. `news_at` is when something last happened that its
    mediator must see, `read_at` when they last looked; `given_at` is when the service gave it to a mediator
    who has done nothing about it yet, else 0. A `trial` came from the page for trying the service. Times are
    Unix seconds (UTC).
    """

    id: str
    person: str
    channel: str
    session: str
    opened_at: float
    """Unix seconds."""
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
    words: str = ""
    news_at: float = 0.0
    """Unix seconds."""
    read_at: float = 0.0
    """Unix seconds."""
    given_at: float = 0.0
    """Unix seconds."""
    trial: bool = False
    history: tuple[HistoryEntry, ...] = ()

    @property
    def notes(self) -> tuple[HistoryEntry, ...]:
        """What mediators noted, oldest first."""
        return tuple(entry for entry in self.history if entry.what == "noted")

    @property
    def unread(self) -> bool:
        """Whether something happened that its mediator has not looked at."""
        return self.news_at > self.read_at

    @property
    def since(self) -> float:
        """When the present state was reached."""
        return next((e.at for e in reversed(self.history) if e.what in _TURNING), self.opened_at)

    @property
    def last_mediator(self) -> str | None:
        """The last mediator who had it."""
        return next((e.who for e in reversed(self.history) if e.what in _HELD and e.who), None)


_HELD: Final = frozenset({"claimed", "call_started", "transferred", "reopened", "taken_back", "given"})
#: Entries that leave a ticket with a mediator who has not reacted yet.
_UNTOUCHED: Final = frozenset({"given"})


def opened(ticket_id: str, at: float, asked: TicketRequest, words: str = "") -> Ticket:
    """The ticket for a request that was stored at `at` (Unix seconds) under the name `ticket_id`.

    `words` are what the person said, redacted.
    """
    return Ticket(
        id=ticket_id,
        person=asked.person,
        channel=asked.channel,
        session=asked.session,
        opened_at=at,
        reason=asked.reason,
        topic=asked.topic,
        place=asked.place,
        priority=asked.priority,
        territory=territory_of(asked.slots),
        slots=asked.slots,
        answered=asked.answered,
        wishes=_wishes(asked.slots),
        words=words,
        trial=asked.trial,
        history=(HistoryEntry(at, "", "opened", asked.reason),),
    )


def territory_of(slots: Mapping[str, Value]) -> str | None:
    """The department of the postal code among the answers."""
    codes = (department(str(slots[name])) for name in _POSTAL_CODES if name in slots)
    return next((code for code in codes if code), None)


def _wishes(slots: Mapping[str, Value]) -> Wishes:
    when = slots.get("rappel_at")
    return Wishes(str(slots.get("langue", "")), float(when) if isinstance(when, int | float) else None)


def ask_again(ticket: Ticket, mark: str, at: float, asked: TicketRequest, words: str = "") -> Ticket:
    """The person asked once more in the same conversation: add what is new, keep the higher urgency.

    `mark` is the name of the new request; the same one a second time changes nothing. A closed ticket is
    refused: that takes a new one.
    """
    need(ticket, "ask again", "waiting", "claimed", "in_call")
    if mark == ticket.id or any(e.what == "asked_again" and e.detail == mark for e in ticket.history):
        return ticket
    newer = opened(mark, at, asked)
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
        words=words or ticket.words,
        news_at=max(at, ticket.news_at),
    )
    ticket = told(ticket, newer.opened_at, "", "asked_again", mark)
    if newer.wishes.call_back_at is None:
        return ticket
    return told(ticket, newer.opened_at, "", "call_back_planned", str(round(newer.wishes.call_back_at)))


#: The most urgent first.
PRIORITIES: Final[tuple[Priority, ...]] = ("danger", "high", "normal")


def claim(ticket: Ticket, who: str, at: float) -> Ticket:
    """Take a waiting ticket."""
    need(ticket, "claim", "waiting")
    taken = replace(ticket, state="claimed", claimed_by=who, offer=None, first=False)
    return told(taken, at, who, "claimed")


def release(ticket: Ticket, who: str, at: float) -> Ticket:
    """Return one's own ticket to its previous position in the queue."""
    need_own(ticket, who, "release", "claimed")
    return told(replace(ticket, state="waiting", claimed_by=None, offer=None), at, who, "released")


def transfer(ticket: Ticket, who: str, to: str, at: float, why: str = "") -> Ticket:
    """Pass one's own ticket to the colleague `to`, who has not read it yet; `why` is told to them."""
    need_own(ticket, who, "transfer", "claimed")
    read_at = min(ticket.read_at, at - 1)
    passed = replace(ticket, claimed_by=to, offer=None, given_at=0.0, news_at=at, read_at=read_at)
    return told(passed, at, who, "transferred", f"{to} {why}".strip())


def take_back(ticket: Ticket, who: str, at: float) -> Ticket:
    """Undo one's own transfer, as long as nothing has happened since."""
    last = ticket.history[-1] if ticket.history else None
    if ticket.state != "claimed" or last is None or (last.what, last.who) != ("transferred", who):
        raise TicketRefused("take back", ticket.state, ticket.claimed_by or "")
    return told(replace(ticket, claimed_by=who, read_at=at), at, who, "taken_back")


def note(ticket: Ticket, who: str, text: str, at: float) -> Ticket:
    """Add a note to the history of one's own ticket."""
    need_own(ticket, who, "note", "claimed", "in_call")
    return told(ticket, at, who, "noted", text)


def close(ticket: Ticket, who: str, outcome: str, at: float) -> Ticket:
    """Finish one's own ticket."""
    need_own(ticket, who, "close", "claimed", "in_call")
    done = replace(ticket, state="closed", outcome=outcome, line=None, offer=None, first=False)
    return told(done, at, who, "closed", outcome)


def reopen(ticket: Ticket, who: str, at: float) -> Ticket:
    """Take a closed ticket again, with everything it had: a call-back that is still to come stays planned."""
    need(ticket, "reopen", "closed")
    again = replace(ticket, state="claimed", claimed_by=who, outcome="")
    planned = ticket.wishes.call_back_at
    if planned is None or planned <= at:
        again = replace(again, missed=0, wishes=_now(ticket))
    return told(again, at, who, "reopened")


def plan_call_back(ticket: Ticket, who: str, when: float, at: float) -> Ticket:
    """Plan to call at `when` (Unix seconds); `who` is the ticket's mediator, or "" for the person."""
    if who:
        need_own(ticket, who, "plan a call-back", "claimed", "in_call")
    else:
        need(ticket, "plan a call-back", "waiting", "claimed", "in_call")
    planned = replace(ticket, wishes=replace(ticket.wishes, call_back_at=when), missed=0, tried={})
    return told(planned, at, who, "call_back_planned", str(round(when)))


def ask_assessment(ticket: Ticket, who: str, how: str, at: float) -> Ticket:
    """Offer the digital needs check to the person of one's own ticket; `how` they are asked."""
    need_own(ticket, who, "ask for the digital needs check", "claimed", "in_call")
    return told(ticket, at, who, "assessment_asked", how)


def assessed(ticket: Ticket, answers: Mapping[str, Value], level: str, at: float) -> Ticket:
    """The person took the digital needs check: `answers` and the resulting level go on the ticket.

    The same answers a second time change nothing. A closed ticket is refused.
    """
    need(ticket, "keep the digital needs check", "waiting", "claimed", "in_call")
    slots = {**ticket.slots, **answers}
    return ticket if slots == ticket.slots else told(replace(ticket, slots=slots), at, "", "assessed", level)


def _now(ticket: Ticket) -> Wishes:
    return replace(ticket.wishes, call_back_at=None)


def told(ticket: Ticket, at: float, who: str, what: What, detail: str = "") -> Ticket:
    """The ticket with one more entry in its history; whoever has it and does something has accepted it."""
    accepted = bool(who) and who == ticket.claimed_by and what not in _UNTOUCHED
    given_at = 0.0 if accepted or ticket.claimed_by is None else ticket.given_at
    return replace(ticket, given_at=given_at, history=(*ticket.history, HistoryEntry(at, who, what, detail)))


def need(ticket: Ticket, did: str, *states: State) -> None:
    """Raise TicketRefused unless the ticket is in one of `states`; `did` is what somebody wanted to do."""
    if ticket.state not in states:
        raise TicketRefused(did, ticket.state, ticket.claimed_by or "")


def need_own(ticket: Ticket, who: str, did: str, *states: State) -> None:
    """Like `need`; the ticket must also be that of `who`."""
    if ticket.claimed_by != who:
        raise TicketRefused(did, ticket.state, ticket.claimed_by or "")
    need(ticket, did, *states)
