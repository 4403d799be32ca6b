"""The application: routes, pages, and what runs beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Final

from fastapi import FastAPI
from redis.asyncio import Redis

from voicebot.app import watching
from voicebot.app.build import Make, build
from voicebot.app.following import Follower, follow, following
from voicebot.app.incomplete import missing_to_serve
from voicebot.app.parts import privacy, showroom
from voicebot.app.running import Examine, running
from voicebot.app.sending import meanwhile, working
from voicebot.app.trial import Trials
from voicebot.browser.headers import SecurityHeaders
from voicebot.channels import deliveries, sms
from voicebot.channels.durable import Durable
from voicebot.channels.media import stream as media_stream
from voicebot.channels.mediators import announcements as mediator_voice
from voicebot.channels.mediators.calls import MediatorDesk
from voicebot.channels.service import Service
from voicebot.channels.sms import TextDesk
from voicebot.channels.studio import stream as studio_stream
from voicebot.channels.voice import webhooks as voice_webhooks
from voicebot.channels.voice.call_handler import CallHandler
from voicebot.channels.voice.webhooks import Webhooks
from voicebot.config import Settings
from voicebot.console import site
from voicebot.console.desk import Desk
from voicebot.console.guard import Guard
from voicebot.console.pages import Pages
from voicebot.console.writing import Writing
from voicebot.editing.workshop import Workshop
from voicebot.errors import ConfigError
from voicebot.store.accounts import Accounts
from voicebot.store.drafts import Drafts
from voicebot.store.figures import Figures
from voicebot.store.notices import Notices
from voicebot.store.opening import Opening
from voicebot.store.personal_keys import check_pair
from voicebot.store.pictures import Pictures
from voicebot.store.ready_answers import ReadyAnswers
from voicebot.store.server import connect
from voicebot.store.signins import Signins
from voicebot.store.spool import Spool
from voicebot.store.subscriptions import Subscriptions
from voicebot.store.ticket_events import TicketEvents
from voicebot.store.unheard import Unheard
from voicebot.store.upkeep import Upkeep
from voicebot.telephony.signature import Signature
from voicebot.webphone.access import ROOT as ROOT_OF_TRIAL
from voicebot.webphone.headers import headers
from voicebot.webphone.site import open_site

#: Seconds to wait for an earlier webhook of the same call: the caller must hear something within three.
_TURN_S: Final = 1.5


def create_app(
    settings: Settings, make: Make | None = None, *, demo: bool = False, examine: Examine | None = None
) -> FastAPI:
    """The application; what it needs is loaded when it starts, by `make` (default: `build`).

    The telephone in the browser is there in a demonstration (`demo`), elsewhere only with a key. `examine` is
    the thorough look of the page for administrators.
    Raises ConfigError, which names all missing settings at once.
    """
    missing = missing_to_serve(settings)
    if missing:
        raise ConfigError(". ".join(missing))
    privacy(settings)
    demo_key = settings.demo_key.get_secret_value()
    tried_out = demo or bool(demo_key)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with connect(settings.redis_url, settings.data) as redis:
            service = await asyncio.to_thread(make or build, settings, redis)
            await check_pair(redis, service.privacy)
            app.include_router(watching.routes(service, redis))
            follower = follow(settings, service.runner.editions)
            writing = authors(service, settings, follower) if follower else None
            app.router.routes += [
                site.entrance(),
                site.routes(console(service, settings, redis, writing, examine)),
            ]
            if tried_out:
                open_site(app, service, redis, showroom(settings), demo_key)
            app.state.service = service
            upkeep = Upkeep(redis, service.privacy)
            durable = _add_routes(app, service, settings)
            beside = meanwhile(durable.run(), upkeep.run())
            async with working(service, settings, redis), following(follower), beside:
                yield
            if service.speech.recognizer:
                service.speech.recognizer.close()

    # An address with a slash too many is redirected nowhere: that would be to the host the request names.
    app = FastAPI(
        title="voicebot",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    if tried_out:
        app.add_middleware(SecurityHeaders, own=partial(headers, settings.public_url), root=ROOT_OF_TRIAL)
    return app


def authors(service: Service, settings: Settings, follower: Follower) -> Writing:
    """What the authors' pages work with."""
    runner = service.runner
    workshop = Workshop(follower.folder, follower.reader, runner.clock)
    trials = Trials(
        runner.editions, follower.folder.read, runner.lookups, runner.clock, settings.var / "cache"
    )
    return Writing(workshop, trials.play, follower.look, lambda: follower.refused)


def console(
    service: Service,
    settings: Settings,
    redis: Redis,
    writing: Writing | None = None,
    examine: Examine | None = None,
) -> Desk:
    """What the mediators' pages work with."""
    secrets, runner = service.privacy, service.runner
    https = settings.public_url.startswith("https://")
    return Desk(
        Guard(Accounts(redis, secrets), Signins(redis), secrets, https),
        service.recording.audit,
        runner.sessions,
        service.switches.tickets,
        service.switches.mediators,
        service.switches.threads,
        service.outbox,
        Notices(redis),
        Opening(redis),
        TicketEvents(redis),
        Figures(redis),
        runner.editions,
        secrets,
        Pages(),
        runner.clock,
        service.recording.studio,
        service.speech.voice,
        service.recording.codes,
        Drafts(redis, secrets),
        Pictures(redis, secrets),
        ReadyAnswers(redis),
        Subscriptions(redis, secrets),
        service.switches.board.ring if settings.twilio_account else None,
        places=runner.lookups.get("places"),
        next_call=service.switches.duty.next_call,
        facts=settings.var / "facts",
        writing=writing,
        unheard=Unheard(redis, secrets),
        running=running(service, settings, redis, examine),
    )


def _add_routes(app: FastAPI, service: Service, settings: Settings) -> Durable:
    """What Twilio asks. What is returned replays what the store could not take."""
    signature = Signature(*settings.twilio_tokens)
    durable = Durable(Spool(settings.spool_folder, service.privacy))
    desk = CallHandler(service)
    app.include_router(
        voice_webhooks.routes(
            desk,
            signature,
            settings.public_url,
            fallback_number=settings.fallback_number,
            durable=durable,
            turn_queue=replace(service.runner.sessions.turn_queue, patience_s=_TURN_S),
        )
    )
    mediators = MediatorDesk(service, service.switches, service.carrier)
    hooks = Webhooks(desk, signature, settings.public_url, durable=durable)
    app.include_router(mediator_voice.routes(mediators, hooks, signature, durable))
    app.include_router(deliveries.routes(service, desk, signature, durable))
    app.include_router(media_stream.routes(service, signature))
    app.include_router(studio_stream.routes(service, signature))
    texts = TextDesk.of(service)
    app.include_router(sms.routes(texts, signature, durable))
    return durable
