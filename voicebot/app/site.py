"""The application: routes, pages, and what runs beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from redis.asyncio import Redis

from voicebot.app import watching
from voicebot.app.build import Make, build, waiting_room
from voicebot.app.parts import privacy, showroom, studio
from voicebot.app.sending import working
from voicebot.channels import deliveries, media_stream, mediator_voice, sms, studio_stream, twilio_voice
from voicebot.channels.mediator_desk import MediatorDesk
from voicebot.channels.service import Service
from voicebot.channels.telephone_desk import TelephoneDesk
from voicebot.channels.twilio_voice import Webhooks
from voicebot.config import Settings
from voicebot.console import site
from voicebot.console.desk import Desk
from voicebot.console.guard import Guard
from voicebot.console.pages import Pages
from voicebot.errors import ConfigError
from voicebot.store.accounts import Accounts
from voicebot.store.audit import Audit
from voicebot.store.figures import Figures
from voicebot.store.mediators import Mediators
from voicebot.store.news import News
from voicebot.store.notices import Notices
from voicebot.store.opening import Opening
from voicebot.store.server import connect
from voicebot.store.signins import Signins
from voicebot.store.studio_codes import StudioCodes
from voicebot.store.threads import Threads
from voicebot.trial.door import ROOT as ROOT_OF_TRIAL
from voicebot.trial.headers import SecurityHeaders
from voicebot.trial.site import open_site
from voicebot.twilio.signature import Signature


def create_app(settings: Settings, make: Make | None = None, *, demo: bool = False) -> FastAPI:
    """The application; what it needs is loaded when it starts, by `make` (default: `build`).

    The telephone in the browser is there in a demonstration (`demo`), elsewhere only with a key.
    Raises ConfigError for missing secrets.
    """
    if not settings.twilio_tokens:
        raise ConfigError(
            "VOICEBOT_TWILIO_TOKEN: expected Twilio's auth token, none came; set it, or try `voicebot demo`"
        )
    if settings.twilio_account and not settings.sms_from:
        raise ConfigError(
            "VOICEBOT_SMS_FROM: expected the number that texts and calls come from, none came; without it "
            "nothing can be sent. Set it, or unset VOICEBOT_TWILIO_ACCOUNT"
        )
    privacy(settings)
    demo_key = settings.demo_key.get_secret_value()
    tried_out = demo or bool(demo_key)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with connect(settings.redis_url, settings.data) as redis:
            service = await asyncio.to_thread(make or build, settings, redis)
            _add_routes(app, service, settings)
            app.include_router(watching.routes(service, redis))
            app.router.routes.append(site.routes(console(service, settings, redis)))
            if tried_out:
                open_site(app, service, redis, showroom(settings), demo_key)
            app.state.service = service
            async with working(service, settings, redis):
                yield
            if service.recognizer:
                service.recognizer.close()

    app = FastAPI(title="voicebot", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    if tried_out:
        app.add_middleware(SecurityHeaders, root=ROOT_OF_TRIAL, origin=settings.public_url)
    return app


def console(service: Service, settings: Settings, redis: Redis) -> Desk:
    """What the mediators' pages work with."""
    secrets, runner = service.privacy, service.runner
    https = settings.public_url.startswith("https://")
    return Desk(
        Guard(Accounts(redis, secrets), Signins(redis), secrets, https),
        service.audit or Audit(redis),
        runner.sessions,
        service.tickets or waiting_room(redis, secrets),
        service.mediators or Mediators(redis, secrets),
        service.threads or Threads(redis, secrets),
        service.outbox,
        Notices(redis),
        Opening(redis),
        News(redis),
        Figures(redis),
        runner.flows,
        service.prompts,
        secrets,
        Pages(),
        runner.clock,
        service.studio or studio(settings, service.prompts),
        service.voice,
        service.codes or StudioCodes(redis),
        service.switches.board.ring if service.switches and service.twilio else None,
    )


def _add_routes(app: FastAPI, service: Service, settings: Settings) -> None:
    signature = Signature(*settings.twilio_tokens)
    desk = TelephoneDesk(service)
    app.include_router(
        twilio_voice.routes(desk, signature, settings.public_url, fallback_number=settings.fallback_number)
    )
    if service.switches:
        mediators = MediatorDesk(service, service.switches)
        app.include_router(
            mediator_voice.routes(mediators, Webhooks(desk, signature, settings.public_url), signature)
        )
    app.include_router(deliveries.routes(service, desk, signature))
    app.include_router(media_stream.routes(service, signature))
    app.include_router(studio_stream.routes(service, signature))
    app.include_router(sms.routes(service, signature))
