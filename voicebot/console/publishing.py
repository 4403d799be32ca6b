"""From draft to published: a second person reads what changes, and each publication can be undone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from fastapi import HTTPException, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console.author_desk import ROOT, AuthorDesk
from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.console.names import topic_name
from voicebot.editing import draft as drafts
from voicebot.editing.differences import Difference, differences
from voicebot.editing.draft import Publication
from voicebot.editing.workshop import laid_on

_LONGEST = 300


def routes(desk: Desk) -> list[BaseRoute]:
    """Reading, publishing, history."""
    pages, guard = _Publishing(AuthorDesk(desk)), desk.guard
    read = f"{ROOT}/{{flow}}/relire"
    return [
        guard.page("/publications", pages.history, "author"),
        guard.page("/publications/{number}", pages.show, "author"),
        guard.action("/publications/{number}/defaire", pages.undo, "author"),
        guard.page(read, pages.read, "author"),
        guard.action(read, pages.ask, "author"),
        guard.action(f"{read}/renvoyer", pages.send_back, "author"),
        guard.action(f"{ROOT}/{{flow}}/publier", pages.publish, "author"),
    ]


@dataclass(frozen=True)
class _Publishing:
    author: AuthorDesk

    async def read(self, request: Request, visitor: Visitor) -> Response:
        """What the draft changes, before and after, and what may be done with it."""
        asked = await self.author.asked(request)
        if asked.draft is None:
            raise HTTPException(404)
        published = await asyncio.to_thread(self.author.writing.workshop.published)
        found = await asyncio.to_thread(differences, published, asked.read, asked.draft.files)
        own = visitor.account.id in asked.draft.authors
        people = await self.author.desk.people()
        return self.author.page(
            request, visitor, "reading.html", asked, differences=found, people=people, own=own
        )

    async def ask(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Give it to a second person to read."""
        flow, why = request.path_params["flow"], form.text("why", _LONGEST)

        async def act() -> Response:
            shop, who = self.author.writing.workshop, visitor.account.id
            await asyncio.to_thread(shop.change, flow, lambda draft, files: drafts.asked(draft, who, why))
            await self.author.desk.note(visitor, "draft_asked", flow)
            return self.author.desk.go(f"{ROOT}/{flow}/relire", "draft_asked")

        return await self.author.tried(act, f"{ROOT}/{flow}/relire")

    async def send_back(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Back to its authors, with what is to be changed."""
        flow, remark = request.path_params["flow"], form.text("remark", _LONGEST)

        async def act() -> Response:
            shop = self.author.writing.workshop
            await asyncio.to_thread(shop.change, flow, lambda draft, files: drafts.sent_back(draft, remark))
            await self.author.desk.note(visitor, "draft_sent_back", flow)
            return self.author.desk.go(ROOT, "draft_sent_back")

        return await self.author.tried(act, f"{ROOT}/{flow}/relire")

    async def publish(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Publish it; an administrator may do so for their own draft, which the history shows."""
        flow = request.path_params["flow"]

        async def act() -> Response:
            alone = form.ticked("alone") and visitor.account.administers
            shop, who = self.author.writing.workshop, visitor.account.id
            await asyncio.to_thread(shop.publish, flow, who, alone)
            await self.author.desk.note(visitor, "published", flow)
            await self.author.writing.go_live()
            return self.author.desk.go(f"{ROOT}/{flow}", "draft_published")

        return await self.author.tried(act, f"{ROOT}/{flow}/relire")

    async def history(self, request: Request, visitor: Visitor) -> Response:
        """Every publication, newest first."""
        found = await asyncio.to_thread(self.author.writing.workshop.history)
        people, prompts = await self.author.desk.people(), self.author.desk.prompts
        titles = {one.name: topic_name(prompts, one.name) for one in found}
        return self.author.desk.show(
            request, visitor, "writing/history.html", publications=found, people=people, titles=titles
        )

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """What one publication changed."""
        one = await self._publication(request)
        found = await asyncio.to_thread(self._changed, one)
        people, title = await self.author.desk.people(), topic_name(self.author.desk.prompts, one.name)
        return self.author.desk.show(
            request,
            visitor,
            "writing/publication.html",
            one=one,
            differences=found,
            people=people,
            title=title,
        )

    async def undo(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """A draft that brings back what was there before."""
        one = await self._publication(request)

        async def act() -> Response:
            shop, who = self.author.writing.workshop, visitor.account.id
            await asyncio.to_thread(shop.undo, one.number, who)
            await self.author.desk.note(visitor, "draft_changed", one.name)
            return self.author.desk.go(f"{ROOT}/{one.name}/relire", "draft_undo")

        return await self.author.tried(act, f"/publications/{one.number}")

    async def _publication(self, request: Request) -> Publication:
        number = request.path_params["number"]
        found = await asyncio.to_thread(self.author.writing.workshop.history)
        for one in found:
            if str(one.number) == number:
                return one
        raise HTTPException(404)

    def _changed(self, one: Publication) -> list[Difference]:
        shop = self.author.writing.workshop
        files = shop.folder.read()
        before, after = laid_on(files, one.before), laid_on(files, one.after)
        return differences(shop.reader.read(before), shop.reader.read(after), one.after)
