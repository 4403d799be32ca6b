"""What follows when a ticket has changed, whoever changed it: open pages hear, waiting is counted."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from voicebot.errors import StoreError
from voicebot.handoff.ticket import Ticket
from voicebot.store.figures import Figures
from voicebot.store.news import News
from voicebot.store.threads import Threads
from voicebot.tally import tally_ticket


@dataclass(frozen=True)
class Following:
    """A listener for `voicebot.store.tickets.Tickets`. It never raises: the ticket is written already."""

    news: News
    threads: Threads
    figures: Figures

    async def __call__(self, before: Ticket | None, after: Ticket) -> None:
        """Tell the pages, hold or free the thread, count how long the person waited."""
        with suppress(StoreError):
            await self._hold(after)
        with suppress(StoreError):
            await self.news.tell(after.id)
        await self.figures.count(after.since, tally_ticket(before, after))

    async def _hold(self, ticket: Ticket) -> None:
        """Who texts is answered by the mediator who has the ticket, otherwise by the assistant."""
        if ticket.state in ("waiting", "closed"):
            await self.threads.let_go(ticket.person, ticket.id)
        elif ticket.channel == "sms":
            await self.threads.hold(ticket.person, ticket.id)
