"""The trial page as a whole: its routes and static files, with their headers."""

from __future__ import annotations

from fastapi import FastAPI
from redis.asyncio import Redis
from starlette.staticfiles import StaticFiles

from voicebot import browser
from voicebot.channels.service import Service, unconnected
from voicebot.channels.sms import TextDesk
from voicebot.channels.voice.call_handler import CallHandler
from voicebot.store.latencies import Latencies
from voicebot.webphone import calls, pages
from voicebot.webphone.access import ROOT, WebphoneAccess
from voicebot.webphone.context import WebphoneContext
from voicebot.webphone.signed_tokens import SignedTokens
from voicebot.webphone.voice_comparison import VoiceComparison


def open_site(app: FastAPI, service: Service, redis: Redis, showroom: VoiceComparison, key: str) -> None:
    """Add `/essai` to the application; `key` is required, or "" lets everybody in.

    Nobody is connected to a mediator from here.
    """
    service = unconnected(service)
    permits = SignedTokens(service.privacy, service.runner.clock)
    door = WebphoneAccess(permits, key, service.public_url.startswith("https://"))
    texts = TextDesk.of(service)
    desks = CallHandler(service), texts
    bench = WebphoneContext(service, *desks, permits, door, Latencies(redis), showroom)
    app.include_router(calls.routes(bench))
    app.include_router(pages.routes(bench))
    app.mount(f"{ROOT}/static/sound", StaticFiles(directory=browser.STATIC))
    app.mount(f"{ROOT}/static", StaticFiles(directory=pages.STATIC))
