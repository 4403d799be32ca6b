"""The facts of a procedure: what is true today and may change, each with its official page."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from fastapi import HTTPException, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console.author_desk import ROOT, AuthorDesk, field
from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.datafile.yaml_edit import edited, in_braces
from voicebot.editing.folder import Changes
from voicebot.editing.step_form import raw_flow

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_MOST: Final = 99


def routes(desk: Desk) -> list[BaseRoute]:
    """Changing, adding and removing facts."""
    pages = _Facts(AuthorDesk(desk))
    return [desk.guard.action(f"{ROOT}/{{flow}}/faits/{{at}}", pages.change, "author")]


@dataclass(frozen=True)
class _Facts:
    author: AuthorDesk

    async def change(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Write the fact at one place of the list; cleared, it goes."""
        asked = await self.author.asked(request)
        at = request.path_params["at"]
        back = f"{ROOT}/{asked.flow}"
        facts = raw_flow(asked.read, asked.flow).get("facts") or ()
        if not at.isdecimal() or int(at) > min(len(facts), _MOST):
            raise HTTPException(404)
        fact = _typed(form)
        if fact is None:
            return self.author.desk.go(back, "fact_incomplete")

        async def act() -> Response:
            text = asked.read.flow_text(asked.flow)
            files = await asyncio.to_thread(_changed, asked.flow, text, int(at), fact)
            return await self.author.keep(visitor, asked.flow, files, back)

        return await self.author.tried(act, back)


def _typed(form: Form) -> dict[str, Any] | None:
    """The fact of the form; empty if it was cleared, None if something in it is missing or is no date."""
    about, source, name = field(form, "about", 300), field(form, "source", 200), field(form, "name", 40)
    seen = field(form, "seen", 4)
    if not about:
        return {}
    try:
        days = {part: _day(field(form, part, 10)) for part in ("verified_on", "expires")}
    except ValueError:
        return None
    if not source or (name and not _NAME.fullmatch(name)) or (seen and not seen.isdecimal()):
        return None
    first = {"name": name} if name else {}
    last = {"expires": days["expires"]} if days["expires"] else {}
    known = {"seen": int(seen) if seen else None, "verified_on": days["verified_on"]}
    return {**first, "about": about, "source": source, **known, **last}


def _day(text: str) -> str | None:
    return date.fromisoformat(text).isoformat() if text else None


def _changed(flow: str, text: str, at: int, fact: dict[str, Any]) -> Changes:
    def change(data: Any) -> None:
        if "facts" not in data:
            data["facts"] = []
        facts = data["facts"]
        if not fact:
            del facts[at : at + 1]
        elif at < len(facts):
            facts[at] = in_braces(fact)
        else:
            facts.append(in_braces(fact))

    after = edited(text, change)
    return {f"flows/{flow}.yaml": after} if after != text else {}
