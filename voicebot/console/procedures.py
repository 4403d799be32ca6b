"""`/demarches`: every procedure and its state, and each one as a drawing and as a list of steps."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi import HTTPException, Request
from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console import drawing_links
from voicebot.console.author_desk import ROOT, Asked, AuthorDesk, field
from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.console.names import topic_name
from voicebot.console.pages import ROOT as CONSOLE
from voicebot.datafile import Finding
from voicebot.editing import step_changes
from voicebot.editing.pattern import NewProcedure, begun
from voicebot.editing.step_form import raw_flow, step_form
from voicebot.errors import DataError

#: Every part that a fact may have.
_NO_FACT = dict.fromkeys(("name", "about", "source", "seen", "verified_on", "expires"))


def routes(desk: Desk) -> list[BaseRoute]:
    """The list, one procedure, a new one, and dropping a draft."""
    pages, guard = _Procedures(AuthorDesk(desk)), desk.guard
    return [
        guard.page(ROOT, pages.show, "author"),
        guard.action(ROOT, pages.begin, "author"),
        guard.page(f"{ROOT}/{{flow}}", pages.show_one, "author"),
        guard.action(f"{ROOT}/{{flow}}/jeter", pages.throw_away, "author"),
    ]


@dataclass(frozen=True)
class _Procedures:
    author: AuthorDesk

    async def show(
        self, request: Request, visitor: Visitor, wrong: str = "", typed: dict[str, str] | None = None
    ) -> Response:
        """Every procedure, with the drafts first."""
        desk = self.author.desk
        if desk.writing is None:
            return desk.show(request, visitor, "writing/no_folder.html")
        read = await asyncio.to_thread(desk.writing.workshop.published)
        drafts = await asyncio.to_thread(desk.writing.workshop.drafts)
        named = [(name, topic_name(read.said, name)) for name in read.written.flows.by_name]
        for name in (name for name in drafts if name not in read.written.flows.by_name):
            seen = await asyncio.to_thread(desk.writing.workshop.seen, name)
            named.append((name, topic_name(seen.said, name) if seen.book.words else name))
        rows = [
            {
                "name": name,
                "title": title,
                "draft": drafts.get(name),
                "own": f"flows/{name}.yaml" in read.files,
            }
            for name, title in sorted(named, key=lambda one: (one[0] not in drafts, one[1].casefold()))
        ]
        return desk.show(
            request,
            visitor,
            "writing/list.html",
            422 if wrong else 200,
            rows=rows,
            topics=[one for one in rows if one["name"] in read.book.topics],
            people=await desk.people(),
            refused=desk.writing.refused(),
            wrong=wrong,
            typed=typed or dict.fromkeys(("title", "who", "number", "source", "like"), ""),
        )

    async def begin(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """A new procedure, from the pattern or as a copy: a draft that passes all checks."""
        typed = {name: field(form, name, 120) for name in ("title", "who", "number", "source", "like")}
        shop = self.author.writing.workshop
        read = await asyncio.to_thread(shop.published)
        taken = dict.fromkeys([*read.book.topics, *read.written.flows.by_name, *shop.drafts()])
        try:
            asked = {part: typed[part] for part in ("title", "who", "number", "source")}
            new = NewProcedure(step_changes.name_for(typed["title"], taken), **asked)
            files = await asyncio.to_thread(begun, read, new, typed["like"])
        except DataError:
            return await self.show(request, visitor, "new_procedure", typed)
        back = f"{ROOT}/{new.name}"
        return await self.author.keep(visitor, new.name, files, back, "begun")

    async def show_one(self, request: Request, visitor: Visitor) -> Response:
        """One procedure: its drawing, its steps, and what is wrong with its draft."""
        asked = await self.author.asked(request)
        flow = asked.read.written.flows.by_name.get(asked.flow)
        address = f"{CONSOLE}{ROOT}/{asked.flow}/etapes/".__add__
        caption = asked.read.said.caption
        picture = await asyncio.to_thread(drawing_links.linked, flow, caption, address) if flow else ""
        return self.author.page(
            request,
            visitor,
            "procedure.html",
            asked,
            picture=Markup(picture),
            rows=[_row(asked, name) for name in asked.steps],
            findings=[(one, step_of(asked, one)) for one in asked.findings],
            facts=[{**_NO_FACT, **one} for one in raw_flow(asked.read, asked.flow).get("facts") or ()],
            people=await self.author.desk.people(),
        )

    async def throw_away(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Drop the draft; what is published stays."""
        flow = request.path_params["flow"]
        if await asyncio.to_thread(self.author.writing.workshop.throw_away, flow) is None:
            raise HTTPException(404)
        await self.author.desk.note(visitor, "draft_dropped", flow)
        return self.author.desk.go(ROOT, "draft_dropped")


def _row(asked: Asked, name: str) -> dict[str, Any]:
    form = step_form(asked.read, asked.flow, name)
    assert form
    said = form.texts["ask"] or ", ".join(map(str, asked.steps[name].get("documents", ())))
    wrong = sum(step_of(asked, one) == name for one in asked.findings)
    return {"name": name, "kind": form.kind, "said": said, "form": form, "wrong": wrong}


def step_of(asked: Asked, finding: Finding) -> str:
    """The step that a finding is about; "" if it is about none."""
    if finding.file == f"flows/{asked.flow}.yaml":
        file = asked.read.written.files.get(asked.flow)
        lines = {name: file.line("steps", name) for name in asked.steps} if file else {}
        before = [name for name, line in lines.items() if line <= finding.line]
        return max(before, key=lambda name: lines[name], default="")
    for name, step in asked.steps.items():
        named = (str(step.get("prompt") or name), str(step.get("note") or ""))
        if any(part and f"« {asked.flow}.{part.rpartition('.')[2]} »" in finding.text for part in named):
            return name
    return ""
