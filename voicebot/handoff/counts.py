"""What a change of a ticket adds to the figures: counts that name nobody. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from voicebot.handoff.ticket import Ticket

_TAKEN: Final = ("claimed", "in_call")


def counted(before: Ticket | None, after: Ticket) -> Mapping[str, int]:
    """The request itself, how long it waited until a mediator took it (once), its outcome, missed calls.

    Trials count for nothing, and asking again in the same conversation is no further request.
    """
    counts: dict[str, int] = {}
    if after.trial:
        return counts
    if before is None:
        return {f"handoff:{after.reason}": 1}
    if before.state == "waiting" and after.state in _TAKEN and before.last_mediator is None:
        counts |= {"waited": 1, "waited_s": max(0, round(after.since - after.opened_at))}
    if before.state != "closed" and after.state == "closed":
        counts[f"outcome:{after.outcome}"] = 1
    if after.missed > before.missed:
        counts["call_back_missed"] = 1
    return counts
