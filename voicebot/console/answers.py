"""The team's ready answers: written once, put into a text with one choice."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import HTTPException, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.console.insertions import ready_answers

_LONGEST_NAME = 60
_LONGEST_TEXT = 450
_NOTHING = {"name": "", "text": ""}


def routes(desk: Desk) -> list[BaseRoute]:
    """`/answers` and its forms."""
    page, guard = _Answers(desk), desk.guard
    return [
        guard.page("/answers", page.show),
        guard.action("/answers", page.add),
        guard.action("/answers/{id}", page.change),
        guard.action("/answers/{id}/remove", page.remove),
    ]


@dataclass(frozen=True)
class _Answers:
    desk: Desk

    async def show(
        self, request: Request, visitor: Visitor, wrong: str = "", typed: dict[str, str] = _NOTHING
    ) -> Response:
        """All answers, each ready to be changed."""
        own = bool(await self.desk.ready.all())
        answers = await ready_answers(self.desk)
        status = 422 if wrong else 200
        return self.desk.show(
            request, visitor, "answers.html", status, answers=answers, own=own, wrong=wrong, typed=typed
        )

    async def add(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """A new answer. The first one keeps those we suggest, too."""
        return await self._keep(request, visitor, form, "")

    async def change(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """A new name or wording."""
        known = {answer.id for answer in await ready_answers(self.desk)}
        if request.path_params["id"] not in known:
            raise HTTPException(404)
        return await self._keep(request, visitor, form, request.path_params["id"])

    async def _keep(self, request: Request, visitor: Visitor, form: Form, answer_id: str) -> Response:
        name, text = form.text("name", _LONGEST_NAME), form.text("text", 2 * _LONGEST_TEXT)
        if not name or not text or len(text) > _LONGEST_TEXT:
            typed = {"name": name, "text": text}
            return await self.show(request, visitor, "too_long" if name and text else "empty", typed)
        await self._adopt()
        await self.desk.ready.keep(name, text, answer_id)
        await self.desk.note(visitor, "answer_changed")
        return self.desk.go("/answers", "answer_saved")

    async def remove(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Remove an answer."""
        await self._adopt()
        if not await self.desk.ready.remove(request.path_params["id"]):
            raise HTTPException(404)
        await self.desk.note(visitor, "answer_changed")
        return self.desk.go("/answers", "answer_removed")

    async def _adopt(self) -> None:
        """As soon as the team changes something, what we suggested is theirs."""
        if not await self.desk.ready.all():
            for answer in await ready_answers(self.desk):
                await self.desk.ready.keep(answer.name, answer.text, answer.id)
