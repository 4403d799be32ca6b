"""The facts that sentences state: which want to be verified, what changed at the source, and who confirms."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import HTTPException, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.console.pages import local
from voicebot.facts import Fact, confirm, confirmations, read_facts, with_confirmations
from voicebot.facts.fiches import ToConfirm, keep_words, to_confirm


def routes(desk: Desk) -> list[BaseRoute]:
    """`/faits`, and its form."""
    page, guard = _FactsPage(desk), desk.guard
    return [
        guard.page("/faits", page.show, "administrator"),
        guard.action("/faits/{id}/confirm", page.confirm, "administrator"),
    ]


@dataclass(frozen=True)
class _FactsPage:
    desk: Desk

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """What wants a person: the old words and the new ones side by side."""
        waiting = await asyncio.to_thread(self._waiting)
        made = {each.id: each for each in confirmations(self._folder)}
        return self.desk.show(request, visitor, "facts.html", waiting=waiting, made=made)

    async def confirm(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Keep that the visitor verified a fact with its source today."""
        id = request.path_params["id"]
        if id not in self._facts():
            raise HTTPException(404)
        await asyncio.to_thread(self._confirm, id, visitor.account.name)
        await self.desk.note(visitor, "fact_confirmed", id)
        return self.desk.go("/faits", "fact_confirmed")

    @property
    def _folder(self) -> Path:
        return self.desk.facts

    def _facts(self) -> Mapping[str, Fact]:
        return with_confirmations(read_facts()[0], confirmations(self._folder))

    def _waiting(self) -> tuple[ToConfirm, ...]:
        return to_confirm(self._facts(), self._folder, local(self.desk.clock()).date())

    def _confirm(self, id: str, name: str) -> None:
        facts = self._facts()
        new = {each.id: each.after for each in self._waiting()}
        keep_words(self._folder, facts[id], new.get(id, ""))
        confirm(self._folder, facts, id, name, local(self.desk.clock()).date())
