"""One step of a procedure: everything about it can be changed, with the checks beside each field."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from fastapi import HTTPException, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute

from voicebot.console.author_desk import ROOT, Asked, AuthorDesk, field
from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.dialogue.policy import MOST_CHOICES
from voicebot.editing import beside, step_changes
from voicebot.editing.folder import Changes
from voicebot.editing.step_form import WAYS, Choice, Condition, StepForm, raw_flow, step_form

_MOST_CONDITIONS: Final = 12
_KINDS: Final = ("say", "ask", "choose", "confirm")
#: The name of a field that leads to a step comes behind this.
_WAY: Final = "way:"


def routes(desk: Desk) -> list[BaseRoute]:
    """The page of a step, and all that is done to steps."""
    page, guard = _StepPage(AuthorDesk(desk)), desk.guard
    steps, step = f"{ROOT}/{{flow}}/etapes", f"{ROOT}/{{flow}}/etapes/{{step}}"
    return [
        guard.action(steps, page.add, "author"),
        guard.page(step, page.show, "author"),
        guard.action(step, page.save, "author"),
        guard.action(f"{step}/regard", page.look, "author"),
        guard.action(f"{step}/deplacer", page.move, "author"),
        guard.action(f"{step}/supprimer", page.remove, "author"),
    ]


@dataclass(frozen=True)
class _StepPage:
    author: AuthorDesk

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """The form of the step, filled in."""
        asked, form = await self._asked(request)
        names = list(asked.steps)
        at = names.index(form.name)
        blank = [Choice("", "")] * (MOST_CHOICES - len(form.choices)) if form.kind == "choose" else []
        return self.author.page(
            request,
            visitor,
            "step.html",
            asked,
            form=form,
            choices=[*form.choices, *blank],
            conditions=[*form.conditions, Condition(form.slot, "below", "", "")],
            facts=_facts(asked),
            targets=beside.targets(asked.read, asked.flow),
            looks=await asyncio.to_thread(_looks, asked, form),
            previous=names[at - 1] if at else "",
            next=names[at + 1] if at + 1 < len(names) else "",
        )

    async def look(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """What is to be said beside one field, as it is typed."""
        asked, _ = await self._asked(request)
        part = form.text("part", 20)
        pages = self.author.desk.pages
        if part.startswith(_WAY):
            meant = beside.meant(asked.read, asked.flow, field(form, part.removeprefix(_WAY)))
            return HTMLResponse(pages.fill("writing/meant.html", {"meant": meant}))
        text = field(form, part)
        kind = "option" if part.startswith("choice.") else part.removeprefix("text.")
        step = request.path_params["step"]
        seen = await asyncio.to_thread(beside.look, asked.read, asked.flow, step, kind, text)
        return HTMLResponse(pages.fill("writing/beside.html", {"look": seen}))

    async def save(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Put what was typed into the draft. A name of a step that is nearly right is put right."""
        asked, before = await self._asked(request)
        typed = _typed(asked, before, form)

        async def act() -> Response:
            files = await asyncio.to_thread(step_changes.saved, asked.read, asked.flow, typed)
            return await self._keep(visitor, asked, files, before.name)

        return await self.author.tried(act, self._path(asked, before.name))

    async def add(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """A new step behind another one."""
        asked = await self.author.asked(request)
        after, kind = form.text("after", 60), form.text("kind", 20)
        said, options = field(form, "ask"), form.text("options", 400).splitlines()
        if after not in asked.steps or kind not in _KINDS or not said:
            return self.author.desk.go(f"{ROOT}/{asked.flow}", "draft_step_incomplete")
        named = tuple(Choice("", " ".join(one.split())) for one in options if one.strip())[:MOST_CHOICES]
        expects = form.text("expects", 20) if kind == "ask" else ""
        choices = named if kind == "choose" else ()
        new = StepForm(field(form, "name", 60), kind, {"ask": said}, {}, choices, expects=expects)

        async def act() -> Response:
            name, files = await asyncio.to_thread(step_changes.added, asked.read, asked.flow, after, new)
            return await self._keep(visitor, asked, files, name)

        return await self.author.tried(act, f"{ROOT}/{asked.flow}")

    async def move(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Behind another step on the path."""
        asked, step = await self._asked(request)
        after = form.text("after", 60)

        async def act() -> Response:
            files = await asyncio.to_thread(step_changes.moved, asked.read, asked.flow, step.name, after)
            return await self.author.keep(visitor, asked.flow, files, f"{ROOT}/{asked.flow}")

        return await self.author.tried(act, f"{ROOT}/{asked.flow}")

    async def remove(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Out of the draft; what led to it leads on."""
        asked, step = await self._asked(request)

        async def act() -> Response:
            files = await asyncio.to_thread(step_changes.removed, asked.read, asked.flow, step.name)
            return await self.author.keep(visitor, asked.flow, files, f"{ROOT}/{asked.flow}", "removed")

        return await self.author.tried(act, f"{ROOT}/{asked.flow}")

    async def _keep(self, visitor: Visitor, asked: Asked, files: Changes, step: str) -> Response:
        return await self.author.keep(visitor, asked.flow, files, self._path(asked, step))

    async def _asked(self, request: Request) -> tuple[Asked, StepForm]:
        asked = await self.author.asked(request)
        form = step_form(asked.read, asked.flow, request.path_params["step"])
        if form is None:
            raise HTTPException(404)
        return asked, form

    @staticmethod
    def _path(asked: Asked, step: str) -> str:
        return f"{ROOT}/{asked.flow}/etapes/{step}"


def _typed(asked: Asked, before: StepForm, form: Form) -> StepForm:
    """The step as the form says; fields that the page did not show stay."""

    def target(name: str) -> str:
        typed = field(form, name, 80)
        return beside.meant(asked.read, asked.flow, typed) or typed

    texts = {part: field(form, f"text.{part}") for part in before.texts if f"text.{part}" in form.fields}
    ways = {way: target(f"way.{way}") for way in WAYS if f"way.{way}" in form.fields}
    return replace(
        before,
        texts={**before.texts, **texts},
        ways={way: to for way, to in {**before.ways, **ways}.items() if to},
        choices=_choices(before, form, target) or before.choices,
        conditions=_conditions(form, target) if "condition.0.to" in form.fields else before.conditions,
        fact=form.text("fact", 60) if "fact" in form.fields else before.fact,
        stakes=form.text("stakes", 20) if "stakes" in form.fields else before.stakes,
        more=form.ticked("more") if "text.ask" in form.fields else before.more,
    )


def _choices(before: StepForm, form: Form, target: Callable[[str], str]) -> tuple[Choice, ...]:
    """The choices of the form; one whose name was cleared goes."""
    known = {one.value: one.known for one in before.choices}
    found = []
    for at in range(len(before.choices) + MOST_CHOICES):
        value, label = form.text(f"choice.{at}.value", 60), field(form, f"choice.{at}.label", 80)
        lines = (" ".join(one.split()) for one in form.text(f"choice.{at}.phrases", 4000).splitlines())
        phrases = tuple(dict.fromkeys(line for line in lines if line))
        if label:
            to = target(f"choice.{at}.to")
            found.append(Choice(value, label, to, known.get(value, ()), phrases))
    return tuple(found)


def _conditions(form: Form, target: Callable[[str], str]) -> tuple[Condition, ...]:
    found = []
    for at in range(_MOST_CONDITIONS):
        value = field(form, f"condition.{at}.value", 80)
        to = target(f"condition.{at}.to")
        if value and to:
            slot, by = form.text(f"condition.{at}.slot", 60), form.text(f"condition.{at}.by", 20)
            found.append(Condition(slot, by, value, to))
    return tuple(found)


def _looks(asked: Asked, form: StepForm) -> dict[str, beside.Beside]:
    """What is said beside each field at first."""
    flow, name = asked.flow, form.name
    return {part: beside.look(asked.read, flow, name, part, text) for part, text in form.texts.items()}


def _facts(asked: Asked) -> list[str]:
    return [str(one["name"]) for one in raw_flow(asked.read, asked.flow).get("facts", ()) if one.get("name")]
