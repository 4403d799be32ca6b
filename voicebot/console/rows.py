"""Tickets as rows of a list: named, with the person's own words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from voicebot.console.names import topic_name
from voicebot.console.pages import moment, words
from voicebot.dialogue.action import Priority
from voicebot.handoff.calling import is_offered
from voicebot.handoff.ticket import HistoryEntry, State, Ticket
from voicebot.handoff.urgency import grown, is_old, rings
from voicebot.handoff.waiting import waits_since
from voicebot.prompts import Prompts

_TOWN: Final = "ville"


@dataclass(frozen=True)
class Row:
    """What must be visible at a glance.

    `words` are the person's own, `since` is when they asked, or when the state was reached, in Unix seconds.
    `priority` grows with time, `old` says that it has, `rings` how often a danger was rung for. `mediator` is
    a name, and so is `rung`, the mediator being called about it. `mine`: whether it is the reader's own
    ticket. `online`: the person is holding the line, since `on_line_since`. `given`: the service gave it to
    its mediator, who has done nothing yet. `passed_by` and `passed_why` tell who last transferred it, and the
    reason.
    """

    id: str
    priority: Priority
    old: bool
    rings: int
    state: State
    topic: str
    reason: str
    words: str
    channel: str
    since: float
    """Unix seconds."""
    now: float
    """Unix seconds."""
    place: str
    wish: str
    mediator: str
    mine: bool
    unread: bool
    online: bool
    on_line_since: float
    """Unix seconds."""
    rung: str
    given: bool
    passed_by: str
    passed_why: str
    trial: bool
    wrote_after: bool


@dataclass(frozen=True)
class Naming:
    """What is needed to make rows: names of topics and people, who is reading, and the time.

    What is sent later is told as if it were `told_at`, if given: there the page itself counts how long ago
    something was, and a part that is otherwise the same need not be sent again.
    """

    prompts: Prompts
    people: Mapping[str, str]
    reader: str
    now: float
    """Unix seconds."""
    told_at: float | None = None
    """Unix seconds."""

    def row(self, ticket: Ticket) -> Row:
        """The row for `ticket`."""
        offer = ticket.offer if is_offered(ticket, self.now) else None
        passed = _passed(ticket)
        return Row(
            id=ticket.id,
            priority=grown(ticket, self.now),
            old=is_old(ticket, self.now),
            rings=rings(ticket, self.now),
            state=ticket.state,
            topic=topic_name(self.prompts, ticket.topic),
            reason=ticket.reason,
            words=ticket.words,
            channel=ticket.channel,
            since=ticket.opened_at if ticket.state == "waiting" else ticket.since,
            now=self.now if self.told_at is None else self.told_at,
            place=place_of(ticket),
            wish=wish_of(ticket),
            mediator=self.people.get(ticket.claimed_by or "", ""),
            mine=ticket.claimed_by == self.reader,
            unread=ticket.unread and ticket.state != "closed",
            online=ticket.line is not None,
            on_line_since=waits_since(ticket),
            rung=self.people.get(offer.mediator, "") if offer else "",
            given=bool(ticket.given_at) and ticket.state == "claimed",
            passed_by=self.people.get(passed.who, "") if passed else "",
            passed_why=passed.detail.partition(" ")[2] if passed else "",
            trial=ticket.trial,
            wrote_after=any(entry.what == "wrote_after" for entry in ticket.history),
        )

    def searchable(self, ticket: Ticket) -> str:
        """The words in which a ticket can be found: topic, place, notes, colleagues; never what was said."""
        notes = " ".join(note.detail for note in ticket.notes)
        names = {entry.who for entry in ticket.history} | {ticket.claimed_by or ""}
        people = " ".join(self.people.get(who, "") for who in names)
        return " ".join((topic_name(self.prompts, ticket.topic), place_of(ticket), notes, people))


def _passed(ticket: Ticket) -> HistoryEntry | None:
    """The transfer that brought the ticket to its mediator, unless they have done something since."""
    if ticket.state != "claimed":
        return None
    for entry in reversed(ticket.history):
        if entry.what == "transferred":
            return entry
        if entry.who and entry.who == ticket.claimed_by:
            return None
    return None


def place_of(ticket: Ticket) -> str:
    """Where the person lives, as far as they said: "Saint-Denis (93)"."""
    forms, town = words()["place"], ticket.slots.get(_TOWN)
    if town and ticket.territory:
        return str(forms["both"]).format(town=town, department=ticket.territory)
    if ticket.territory:
        return str(forms["department"]).format(department=ticket.territory)
    return str(town or "")


def wish_of(ticket: Ticket) -> str:
    """When the person would like to be called, or "" if nothing was agreed."""
    when = ticket.wishes.call_back_at
    return "" if when is None else moment(when)
