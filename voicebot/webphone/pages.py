"""What the browser loads: the page or the form for the key, drawings, the live view, answers to texts."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Annotated, Final
from uuid import uuid4

import structlog
from fastapi import APIRouter, HTTPException, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, StreamingResponse

from voicebot.channels.security import read_body
from voicebot.channels.text_form import TextForm
from voicebot.errors import AudioError, ModelError, PackageError, StoreError
from voicebot.flows import svg
from voicebot.packaged import packaged
from voicebot.speech.voices import NAMES
from voicebot.webphone.access import ROOT
from voicebot.webphone.context import WebphoneContext, words
from voicebot.webphone.intelligibility import sentences
from voicebot.webphone.live import Live, Seen

log = structlog.get_logger()

_HERE: Final = packaged("webphone")
STATIC: Final = _HERE / "static"
_LONGEST_TEXT: Final = 1000
_LONGEST_KEY: Final = 200


class Texted(BaseModel):
    """A text from the person."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    text: Annotated[str, Field(max_length=_LONGEST_TEXT)]


def routes(bench: WebphoneContext) -> APIRouter:
    """Everything below `/essai` except calls."""
    router = APIRouter(prefix=ROOT)
    pages = _Pages(bench)
    router.add_api_route("", pages.page, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/cle", pages.unlock, methods=["POST"])
    router.add_api_route("/procedure/{name}.svg", pages.drawing, methods=["GET"])
    router.add_api_route("/live/{permit}", pages.live, methods=["GET"])
    router.add_api_route("/sms", pages.text, methods=["POST"])
    router.add_api_route("/voix", pages.voices, methods=["GET"])
    router.add_api_route("/voix/{name}/{number}.wav", pages.voice, methods=["GET"])
    return router


class _Pages:
    """Each page or response."""

    def __init__(self, bench: WebphoneContext) -> None:
        self._bench = bench
        folder = FileSystemLoader(_HERE / "templates")
        self._templates = Environment(loader=folder, autoescape=True, undefined=StrictUndefined)
        service = bench.service
        self._live = Live(service.runner.sessions, bench.latencies, service.outbox, service.prompts)
        self._draw = cache(self._drawn)

    async def page(self, request: Request, cle: str = "") -> Response:
        """The telephone or, for strangers if a key is required, the form for it."""
        door = self._bench.door
        if cle:
            return self._unlocked(cle)
        if door.visitor(request):
            return self._shown("essai.html")
        if not door.open:
            return self._shown("cle.html", wrong=False)
        page = self._shown("essai.html")
        door.admit(page)
        return page

    async def unlock(self, request: Request) -> Response:
        """Somebody typed the key."""
        fields = await request.form(max_files=0, max_fields=4)
        return self._unlocked(str(fields.get("cle", "")))

    async def drawing(self, request: Request, name: str) -> Response:
        """A procedure as SVG; the page highlights the step."""
        self._bench.door.known(request)
        if name not in self._bench.service.runner.flows.by_name:
            raise HTTPException(404, "no such procedure")
        try:
            drawn = self._draw(name)
        except PackageError as error:
            raise HTTPException(404, str(error)) from error
        headers = {"Cache-Control": "private, max-age=3600"}
        return Response(drawn, media_type="image/svg+xml", headers=headers)

    async def live(self, request: Request, permit: str) -> Response:
        """The call as it goes on."""
        who = self._bench.caller(request, permit)
        seen = Seen.of(request.headers.get("last-event-id", ""))
        return StreamingResponse(self._live.follow(who, seen), media_type="text/event-stream")

    async def text(self, request: Request) -> Response:
        """One text to the assistant: the SMS channel without a network in between."""
        visitor = self._bench.door.known(request)
        try:
            sent = Texted.model_validate_json(await read_body(request))
        except ValidationError:
            raise HTTPException(422, f"expected a text of at most {_LONGEST_TEXT} characters") from None
        form = TextForm.model_validate({"MessageSid": f"SM{uuid4().hex}", "Body": sent.text})
        try:
            messages = await self._bench.texts.answer_person(self._bench.person(visitor), form, None)
        except StoreError as error:
            log.error("trial text failed", error=type(error).__name__)
            messages = self._bench.texts.apology()
        return JSONResponse({"messages": messages})

    async def voices(self, request: Request) -> Response:
        """The installed voices, as a fragment of the page."""
        self._bench.door.known(request)
        shown = await asyncio.to_thread(self._bench.showroom.shown)
        measured = any(one.word_error is not None for one in shown)
        named = {"voices": shown, "words": words()["voices"], "sentences": sentences(), "measured": measured}
        return self._shown("voices.html", **named)

    async def voice(self, request: Request, name: str, number: int) -> Response:
        """A sentence in a voice, as heard over the telephone."""
        self._bench.door.known(request)
        if name not in NAMES or not 0 <= number < len(sentences()):
            raise HTTPException(404, "no such voice or sentence")
        try:
            path = await asyncio.to_thread(self._bench.showroom.sound, name, number)
        except (AudioError, ModelError) as error:
            raise HTTPException(404, "this voice cannot speak here") from error
        return FileResponse(path, media_type="audio/wav")

    def _unlocked(self, key: str) -> Response:
        door = self._bench.door
        if not (door.open or door.fits(key[:_LONGEST_KEY])):
            return self._shown("cle.html", 403, wrong=True)
        response = RedirectResponse(ROOT, 303)
        door.admit(response)
        return response

    def _shown(self, name: str, status: int = 200, **values: object) -> HTMLResponse:
        return HTMLResponse(self._templates.get_template(name).render(root=ROOT, **values), status)

    def _drawn(self, name: str) -> str:
        service = self._bench.service
        return svg.svg(service.runner.flows.by_name[name], service.prompts.caption)
