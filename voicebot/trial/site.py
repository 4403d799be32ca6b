"""The trial page put together: its routes and static files, with their headers."""

from __future__ import annotations

from fastapi import FastAPI
from redis.asyncio import Redis
from starlette.staticfiles import StaticFiles

from voicebot import browser
from voicebot.channels.service import Service, unconnected
from voicebot.channels.sms import TextDesk
from voicebot.channels.telephone_desk import TelephoneDesk
from voicebot.store.gaps import Gaps
from voicebot.trial import calls, pages
from voicebot.trial.bench import Bench
from voicebot.trial.door import ROOT, Door
from voicebot.trial.permits import Permits
from voicebot.trial.showroom import Showroom


def open_site(app: FastAPI, service: Service, redis: Redis, showroom: Showroom, key: str) -> None:
    """Add `/essai` to the application; `key` is asked for, or "" lets everybody in.

    Nobody is connected with a mediator from here.
    """
    service = unconnected(service)
    permits = Permits(service.privacy, service.runner.clock)
    door = Door(permits, key, service.public_url.startswith("https://"))
    desks = TelephoneDesk(service), TextDesk(service)
    bench = Bench(service, *desks, permits, door, Gaps(redis), showroom)
    app.include_router(calls.routes(bench))
    app.include_router(pages.routes(bench))
    app.mount(f"{ROOT}/static/sound", StaticFiles(directory=browser.STATIC))
    app.mount(f"{ROOT}/static", StaticFiles(directory=pages.STATIC))
