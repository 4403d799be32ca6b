"""Who is told what, even with no page open: a danger, somebody holding, an answer, a call-back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from voicebot.handoff.calling import is_due
from voicebot.handoff.mediator import Mediator
from voicebot.handoff.ticket import Ticket
from voicebot.handoff.urgency import rings

Kind = Literal["danger", "danger_again", "online", "answer", "passed", "due"]
#: Seconds. What happened longer ago is no news: a service that starts again tells nobody of yesterday.
_FRESH_S: Final = 900.0


@dataclass(frozen=True)
class Alert:
    """Tell the account `to` of `kind` about `ticket`. `mark` is the same whenever the same thing is told."""

    to: str
    kind: Kind
    ticket: str

    mark: str


def alerts(tickets: Iterable[Ticket], mediators: Iterable[Mediator], now: float) -> list[Alert]:
    """Everything that should have been told by `now` (Unix seconds)."""
    on_duty = [one.id for one in mediators if one.on_duty]
    return [alert for ticket in tickets if not ticket.trial for alert in _about(ticket, on_duty, now)]


def _about(ticket: Ticket, on_duty: list[str], now: float) -> Iterator[Alert]:
    times = rings(ticket, now)
    if times:
        kind: Kind = "danger" if times == 1 else "danger_again"
        yield from (_alert(who, kind, ticket, times) for who in on_duty)
    elif ticket.line and ticket.state == "waiting":
        yield from (_alert(who, "online", ticket, ticket.line) for who in on_duty)
    if ticket.state != "claimed" or not ticket.claimed_by:
        return
    if ticket.unread and now - ticket.news_at < _FRESH_S:
        given = ticket.history[-1].what in ("transferred", "given")
        yield _alert(ticket.claimed_by, "passed" if given else "answer", ticket, ticket.news_at)
    if is_due(ticket, now):
        yield _alert(ticket.claimed_by, "due", ticket, ticket.wishes.call_back_at)


def _alert(to: str, kind: Kind, ticket: Ticket, which: object) -> Alert:
    return Alert(to, kind, ticket.id, f"{to}:{kind}:{ticket.id}:{which}")
