"""Finding a person's tickets by their telephone number, which is turned into a pseudonym and forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.console.rows import Naming, Row
from voicebot.telephony.phone_numbers import e164


def routes(desk: Desk) -> list[BaseRoute]:
    """`/search`: by POST, so that no number appears in an address or a log."""
    search = _Search(desk)
    return [desk.guard.page("/search", search.ask), desk.guard.action("/search", search.find)]


@dataclass(frozen=True)
class _Search:
    desk: Desk

    async def ask(self, request: Request, visitor: Visitor) -> Response:
        """The empty form."""
        return self._page(request, visitor, None)

    async def find(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """The tickets of the person with this number, newest first. The search itself is audited."""
        number = e164(form.text("number", 30))
        if number is None:
            return self._page(request, visitor, None, "number")
        person = self.desk.privacy.pseudonym(number)
        await self.desk.note(visitor, "searched")
        naming = Naming(self.desk.prompts, await self.desk.people(), visitor.account.id, self.desk.clock())
        tickets = sorted(await self.desk.tickets.of(person), key=lambda ticket: -ticket.opened_at)
        return self._page(request, visitor, [naming.row(ticket) for ticket in tickets])

    def _page(
        self, request: Request, visitor: Visitor, found: Sequence[Row] | None, wrong: str = ""
    ) -> Response:
        return self.desk.show(
            request, visitor, "search.html", 422 if wrong else 200, found=found, wrong=wrong
        )
