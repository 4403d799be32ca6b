"""`/questions`: what several people said and nobody understood, by step, to be added to a choice."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from fastapi import HTTPException, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console.author_desk import ROOT, AuthorDesk
from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.console.names import place_name, topic_name
from voicebot.datafile.yaml_edit import edited, quoted
from voicebot.dialogue.session import Place
from voicebot.editing.folder import Changes
from voicebot.store.unheard import Unheard, UnheardSentence

_PATH = "/questions"


def routes(desk: Desk) -> list[BaseRoute]:
    """The list, adding a sentence to a choice or a procedure, and leaving it."""
    pages, guard = _Questions(AuthorDesk(desk)), desk.guard
    return [
        guard.page(_PATH, pages.show, "author"),
        guard.action(f"{_PATH}/{{id}}/ajouter", pages.add, "author"),
        guard.action(f"{_PATH}/{{id}}/laisser", pages.leave, "author"),
    ]


@dataclass(frozen=True)
class _Questions:
    author: AuthorDesk

    @property
    def _unheard(self) -> Unheard:
        if self.author.desk.unheard is None:
            raise HTTPException(404)
        return self.author.desk.unheard

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """Every sentence, by step."""
        desk = self.author.desk
        by_step: dict[str, list[UnheardSentence]] = defaultdict(list)
        for one in await self._unheard.all():
            by_step[one.step].append(one)
        groups = [
            {
                "step": step,
                "title": place_name(desk.prompts, desk.flows, _place(step)),
                "sentences": sentences,
                "options": self._options(step),
            }
            for step, sentences in by_step.items()
        ]
        return desk.show(request, visitor, "writing/questions.html", groups=groups)

    def _options(self, step: str) -> list[tuple[str, str]]:
        """What a sentence at this step can mean: a choice of the step, or a procedure."""
        desk, place = self.author.desk, _place(step)
        known = desk.flows.step(place) if desk.flows.has(place) else None
        if known is not None and known.choices and known.expecting().kind != "intent":
            said = desk.prompts.caption
            return [(f"choice:{one}", said(f"{known.choice_names}.{one}")) for one in known.choices]
        if known is not None and known.expecting().kind not in ("intent", "more"):
            return []
        topics = [one for one in desk.flows.by_name if one in desk.prompts.topics]
        return [(f"topic:{one}", topic_name(desk.prompts, one)) for one in topics]

    async def add(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Put the sentence into the draft of the procedure, as a way to say what was chosen."""
        one = await self._one(request)
        kind, _, value = form.text("means", 80).partition(":")
        if form.text("means", 80) not in dict(self._options(one.step)):
            return self.author.desk.go(_PATH, "question_unchosen")
        flow = value if kind == "topic" else _place(one.step).flow
        path = f"nlu/intents/{flow}.yaml" if kind == "topic" else f"nlu/choices/{flow}.yaml"
        name = "utterances" if kind == "topic" else value

        async def act() -> Response:
            shop = self.author.writing.workshop
            files = (await asyncio.to_thread(shop.seen, flow)).files
            changes: Changes = {path: _with_phrase(files.get(path, ""), name, one.text)}
            await asyncio.to_thread(shop.save, flow, changes, visitor.account.id)
            await self._unheard.drop(one.id)
            await self.author.desk.note(visitor, "draft_changed", flow)
            return self.author.desk.go(f"{ROOT}/{flow}/relire", "draft_kept")

        return await self.author.tried(act, _PATH)

    async def leave(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Do not show it again."""
        one = await self._one(request)
        await self._unheard.drop(one.id)
        return self.author.desk.go(_PATH, "question_left")

    async def _one(self, request: Request) -> UnheardSentence:
        for one in await self._unheard.all():
            if one.id == request.path_params["id"]:
                return one
        raise HTTPException(404)


def _place(step: str) -> Place:
    flow, _, name = step.partition(".")
    return Place(flow, name)


def _with_phrase(text: str, name: str, phrase: str) -> str:
    def change(data: Any) -> None:
        if name not in data:
            data[name] = quoted([])
        if phrase not in data[name]:
            data[name].append(quoted(phrase))

    return edited(text, change)
