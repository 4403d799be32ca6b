"""What every page of authors shares: who is asking about which procedure, in the words of its draft."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import HTTPException, Request
from starlette.responses import Response

from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.console.names import topic_name
from voicebot.console.pages import words
from voicebot.console.writing import Writing
from voicebot.datafile import Finding
from voicebot.editing.checking import ReadFiles
from voicebot.editing.draft import Draft, Refused
from voicebot.editing.folder import Changes, Overtaken
from voicebot.editing.step_form import raw_flow
from voicebot.errors import DataError
from voicebot.flows.draw import words as drawing_words

ROOT: Final = "/demarches"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,60}")


@dataclass(frozen=True)
class Asked:
    """One procedure as its draft has it; `draft` is None where nothing is being changed."""

    flow: str
    title: str
    read: ReadFiles
    draft: Draft | None
    findings: tuple[Finding, ...]

    @property
    def steps(self) -> Mapping[str, Any]:
        """Its steps as written, in order."""
        found: Mapping[str, Any] = raw_flow(self.read, self.flow).get("steps", {})
        return found


@dataclass(frozen=True)
class AuthorDesk:
    """The desk, for pages that write."""

    desk: Desk

    @property
    def writing(self) -> Writing:
        """HTTPException 404 where there is no folder in which authors could write."""
        if self.desk.writing is None:
            raise HTTPException(404)
        return self.desk.writing

    async def asked(self, request: Request) -> Asked:
        """The procedure in the address. HTTPException 404 if there is none."""
        flow = request.path_params["flow"]
        if not _NAME.fullmatch(flow):
            raise HTTPException(404)
        found = await asyncio.to_thread(self._read, flow)
        if not found.steps and found.draft is None:
            raise HTTPException(404)
        return found

    def _read(self, flow: str) -> Asked:
        shop = self.writing.workshop
        draft = shop.draft(flow)
        read = shop.seen(flow)
        title = topic_name(read.said, flow) if read.book.words else flow
        return Asked(flow, title, read, draft, shop.findings(flow) if draft else ())

    def page(
        self, request: Request, visitor: Visitor, template: str, asked: Asked, status: int = 200, **more: Any
    ) -> Response:
        """One page about a procedure."""
        common = {"asked": asked, "kinds": drawing_words()["kinds"], "exits": drawing_words()["exits"]}
        names = {"wrong": "", "remedy": "", **more}
        return self.desk.show(request, visitor, f"writing/{template}", status, **common, **names)

    async def keep(
        self, visitor: Visitor, flow: str, files: Changes, back: str, said: str = "kept"
    ) -> Response:
        """Put changed files into the draft and go `back`."""
        who = visitor.account.id
        if files:
            await asyncio.to_thread(self.writing.workshop.save, flow, files, who)
            await self.desk.note(visitor, "draft_changed", flow)
        return self.desk.go(back, f"draft_{said}" if files else "draft_same")

    async def tried(self, act: Callable[[], Awaitable[Response]], back: str) -> Response:
        """What `act` gives, or back with the reason why it may not be."""
        try:
            return await act()
        except Refused as refused:
            known = f"draft_{refused.code}"
            return self.desk.go(back, known if known in words()["said"] else "draft_refused")
        except Overtaken:
            return self.desk.go(back, "draft_overtaken")
        except DataError:
            return self.desk.go(back, "draft_refused")


def field(form: Form, name: str, most: int = 600) -> str:
    """A line of the form as it goes into a file: one line, single spaces."""
    return " ".join(form.text(name, most).split())
