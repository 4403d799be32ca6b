"""How urgent a waiting ticket is: its priority grows with the time that has passed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from voicebot.dialogue.action import Priority
from voicebot.handoff.ticket import PRIORITIES, Ticket

#: Seconds after which a ticket that nobody took counts as old. A danger is then rung for again, as often.
OLD_AFTER_S: Final[Mapping[Priority, float]] = {"danger": 600.0, "high": 3600.0, "normal": 4 * 3600.0}


def is_old(ticket: Ticket, at: float) -> bool:
    """Whether it has waited longer than its priority allows."""
    return ticket.state == "waiting" and at - ticket.opened_at >= OLD_AFTER_S[ticket.priority]


def grown(ticket: Ticket, at: float) -> Priority:
    """Its priority by now: a request that has become old ranks one higher, though never as a danger."""
    return "high" if ticket.priority == "normal" and is_old(ticket, at) else ticket.priority


def rings(ticket: Ticket, at: float) -> int:
    """How often a danger that nobody took has been rung for: once when it came, then again and again."""
    if ticket.priority != "danger" or ticket.state != "waiting":
        return 0
    return 1 + int(max(0.0, at - ticket.opened_at) // OLD_AFTER_S["danger"])


def by_urgency(ticket: Ticket, at: float) -> tuple[bool, bool, int, float, str]:
    """Sort key of lists: who holds the line first, danger, people who were cut off, urgency, longest wait."""
    urgency = PRIORITIES.index(grown(ticket, at))
    return urgency > 0, not ticket.first, urgency, ticket.opened_at, ticket.id
