"""The lookup of the digital needs check: the result goes to the flow and onto the person's open ticket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial

from voicebot.assessment import Grid
from voicebot.assessment.levels import LEVEL
from voicebot.dialogue.meaning import Value
from voicebot.errors import TicketMissing, TicketRefused
from voicebot.handoff.ticket import assessed
from voicebot.store.threads import Threads
from voicebot.store.tickets import Tickets

Slots = Mapping[str, Value]


def lookups(
    grid: Grid, tickets: Tickets, threads: Threads, clock: Callable[[], float]
) -> dict[str, Callable[[Slots], Awaitable[dict[str, Value]]]]:
    """The function behind `voicebot.assessment.LOOKUPS`. It reads the answers and the `person`."""

    async def bilan(slots: Slots) -> dict[str, Value]:
        result = grid.result(slots)
        answers = {name: slots[name] for name in grid.questions if name in slots}
        kept = partial(assessed, answers={**answers, **result}, level=str(result[LEVEL]), at=clock())
        open_ = [one for one in await tickets.of(str(slots["person"])) if one.state != "closed"]
        for ticket in open_[-1:]:
            with suppress(TicketRefused, TicketMissing):  # it has just been closed or erased
                await tickets.change(ticket.id, kept)
            # The person is still talking to the assistant: their next text is not for the mediator.
            await threads.let_go(ticket.person, ticket.id)
        return result

    return {"bilan": bilan}
