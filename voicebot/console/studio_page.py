"""The voice studio: all texts that can be recorded, the one being recorded, and codes for the telephone."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from fastapi import HTTPException, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute

from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.console.pages import capitalised, spaced_number, words
from voicebot.errors import AudioError
from voicebot.store.studio_codes import Pass
from voicebot.studio import STATES, StudioLine, counted
from voicebot.telephony.phone_numbers import e164

ALL: Final = "all"
_KINDS: Final = ("ask", "retry", "keys", "help")


def routes(desk: Desk) -> list[BaseRoute]:
    """`/studio`, the code for the telephone, and deleting a recording."""
    page, guard = _Studio(desk), desk.guard
    return [
        guard.page("/studio", page.show, "administrator"),
        guard.action("/studio/code", page.give_code, "administrator"),
        guard.action("/studio/remove/{id}", page.remove, "administrator"),
    ]


@dataclass(frozen=True)
class _Group:
    """Texts that belong together: how many are recorded, and how many there are."""

    name: str
    done: int
    total: int


@dataclass(frozen=True)
class _Studio:
    desk: Desk

    async def show(self, request: Request, visitor: Visitor, wrong: str = "") -> HTMLResponse:
        """The texts of one procedure, optionally only those in one state, and the one to record now."""
        lines = await asyncio.to_thread(self.desk.studio.lines)
        asked = request.query_params
        groups = self._groups(lines)
        group = asked.get("group", "") if asked.get("group") in groups else next(iter(groups))
        state = asked.get("state", "") if asked.get("state") in STATES else ""
        shown = [line for line in lines if group in (ALL, line.what.group) and state in ("", line.state)]
        context: dict[str, Any] = {
            "lines": [(line, kind(line)) for line in shown],
            "line": _chosen(shown, asked.get("line", "")),
            "groups": groups,
            "group": group,
            "here": groups[group],
            "state": state,
            "counts": counted(lines),
            "total": len(lines),
            "profile": await self.desk.mediator(visitor.account),
            "wrong": wrong,
            "kinds": words()["studio"]["kinds"],
        }
        return self.desk.show(request, visitor, "studio.html", 422 if wrong else 200, **context)

    async def give_code(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Show once a code for recording by telephone; it works only for calls from the given number."""
        number, group = e164(form.text("number", 40)), form.text("group", 60)
        if number is None:
            return await self.show(request, visitor, "number")
        granted = Pass(visitor.account.id, "" if group == ALL else group)
        code = await self.desk.codes.offer(self.desk.privacy.pseudonym(number), granted)
        await self.desk.note(visitor, "studio_code")
        spoken = spaced_number(number)
        return self.desk.show(request, visitor, "studio_code.html", code=code, number=spoken)

    async def remove(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Delete a recording, so that a synthesizer speaks the text again."""
        what = self.desk.studio.find(request.path_params["id"])
        if what is None:
            raise HTTPException(404)
        try:
            removed = await asyncio.to_thread(self.desk.studio.remove, what)
        except AudioError as error:
            raise HTTPException(503) from error
        if removed:
            await self.desk.note(visitor, "recording_removed", what.keys[0])
        return self.desk.go(f"/studio?group={what.group}&line={what.keys[0]}", "recording_removed")

    def _groups(self, lines: tuple[StudioLine, ...]) -> dict[str, _Group]:
        """The groups by code: first the texts of no procedure, last all texts together."""
        counts = Counter(line.what.group for line in lines)
        done = Counter(line.what.group for line in lines if line.state == "recorded")
        first = [group for group in words()["studio"]["groups"] if group in counts]
        found = {
            group: _Group(self._name(group), done[group], counts[group])
            for group in dict.fromkeys((*first, *counts))
        }
        return {**found, ALL: _Group(self._name(ALL), done.total(), counts.total())}

    def _name(self, group: str) -> str:
        named = words()["studio"]["groups"].get(group)
        topic = self.desk.prompts.topics.get(group)
        return str(named) if named else capitalised(topic.label) if topic else group


def _chosen(lines: list[StudioLine], name: str) -> StudioLine | None:
    """The text asked for, else the first that is not recorded, else the first."""
    asked = [line for line in lines if line.name == name]
    left = [line for line in lines if line.state != "recorded"]
    return next(iter([*asked, *left, *lines]), None)


def kind(line: StudioLine) -> str:
    """What a text is: a sentence (and when it is said), the name of a choice, or part of a sentence."""
    last = line.name.rpartition(".")[2]
    if line.what.within:
        return "piece"
    return last if last in _KINDS else "choice"
