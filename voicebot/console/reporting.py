"""The page for the report on one activity: filled in, corrected, copied."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import HTTPException, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.assessment.levels import LEVEL
from voicebot.console import report
from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.console.names import topic_name
from voicebot.console.reading import Reading
from voicebot.console.rows import place_of


def routes(desk: Desk) -> list[BaseRoute]:
    """`/tickets/{id}/report`."""
    page, path = _ReportPage(desk), "/tickets/{id}/report"
    return [desk.guard.page(path, page.show), desk.guard.action(path, page.correct)]


@dataclass(frozen=True)
class _ReportPage:
    desk: Desk

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """As filled in from the conversation."""
        activity = await self._activity(request)
        await self.desk.note(visitor, "report", request.path_params["id"])
        return self._page(request, visitor, activity, report.filled(activity))

    async def correct(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """As corrected by the mediator."""
        return self._page(request, visitor, await self._activity(request), report.checked(form))

    async def _activity(self, request: Request) -> report.Activity:
        ticket = await self.desk.tickets.get(request.path_params["id"])
        if ticket is None:
            raise HTTPException(404)
        reading = Reading(self.desk.prompts, self.desk.flows)
        return report.Activity(
            ticket.opened_at,
            ticket.topic,
            topic_name(self.desk.prompts, ticket.topic),
            ticket.reason,
            ticket.channel,
            place_of(ticket),
            ticket.outcome,
            reading.answers(ticket.slots, ticket.topic),
            str(ticket.slots.get(LEVEL, "")),
        )

    def _page(
        self, request: Request, visitor: Visitor, activity: report.Activity, ticked: report.Report
    ) -> Response:
        ticket = {"id": request.path_params["id"], "topic": activity.subject}
        text = report.written(activity, ticked)
        return self.desk.show(request, visitor, "report.html", ticket=ticket, report=ticked, text=text)
