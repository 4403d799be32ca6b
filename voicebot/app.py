"""The service put together: settings in, a FastAPI application out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import structlog
from fastapi import FastAPI
from redis.asyncio import Redis

from voicebot.channels import deliveries, media_stream, sms, twilio_voice
from voicebot.channels.service import Service, wording
from voicebot.channels.telephone_desk import TelephoneDesk
from voicebot.config import Settings
from voicebot.errors import ConfigError
from voicebot.flows.load import load_flows
from voicebot.jobs.errands import Errands, Terms
from voicebot.jobs.hours import CallingHours
from voicebot.jobs.queue import OutboxQueue, work
from voicebot.nlu import Understanding
from voicebot.places import lookups
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.runner import Runner
from voicebot.speech import voices
from voicebot.speech.stt.choose import recognizers
from voicebot.speech.stt.recognizer import Recognizer
from voicebot.speech.voice import Voice
from voicebot.store.floods import Floods
from voicebot.store.outbox import Outbox
from voicebot.store.server import connect
from voicebot.store.sessions import Sessions
from voicebot.trial.door import ROOT as ROOT_OF_TRIAL
from voicebot.trial.headers import SecurityHeaders
from voicebot.trial.showroom import Showroom
from voicebot.trial.site import open_site
from voicebot.twilio.rest import TwilioClient
from voicebot.twilio.signature import Signature

log = structlog.get_logger()

ROOT = Path(__file__).parent.parent
FLOWS = ROOT / "voicebot" / "flows"
PROMPTS = ROOT / "prompts" / "fr"


Make = Callable[[Settings, Redis], Service]


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


def build(settings: Settings, redis: Redis) -> Service:
    """Everything the channels work with."""
    prompts = Prompts.load(PROMPTS)
    understanding = Understanding.load()
    secrets = privacy(settings)
    hearing, notes = recognizer(settings)
    for note in notes:
        log.warning("recognizer", note=note)
    account = twilio(settings)
    queue = OutboxQueue(redis) if account else None
    sessions = Sessions(redis, secrets, queue.announce) if queue else Sessions(redis, secrets)
    runner = Runner(
        load_flows(FLOWS),
        understanding,
        sessions,
        time.time,
        partial(wording, prompts),
        lookups(settings.var / "places", time.time),
        missed_call_s=settings.missed_call_s,
    )
    return Service(
        runner,
        prompts,
        understanding,
        voice(settings),
        secrets,
        hearing,
        settings.public_url,
        Outbox(redis, secrets),
        account,
        queue,
        Floods(redis),
        rings_back=settings.rings_back,
    )


@asynccontextmanager
async def working(service: Service, settings: Settings, redis: Redis) -> AsyncIterator[None]:
    """Let texts and calls leave meanwhile, unless workers of their own do that (`settings.worker`)."""
    worker = None
    if service.queue and settings.worker == "inside":
        worker = asyncio.create_task(work(service.queue, errands(settings, redis, service.prompts)))
    try:
        yield
    finally:
        if worker:
            worker.cancel()
            await asyncio.wait([worker])
        if service.queue:
            await service.queue.close()


async def worker(settings: Settings) -> None:
    """Let texts and calls leave, until a signal ends this process. Raises ConfigError and StoreError."""
    if not settings.redis_url:
        raise ConfigError(
            "REDIS_URL: expected the Redis that the service uses, none came; the embedded one belongs to the "
            "service, which sends by itself with VOICEBOT_WORKER=inside"
        )
    async with connect(settings.redis_url, settings.data) as redis:
        queue = OutboxQueue(redis)
        try:
            await work(queue, errands(settings, redis, Prompts.load(PROMPTS)), signals=True)
        finally:
            await queue.close()


def errands(settings: Settings, redis: Redis, prompts: Prompts) -> Errands:
    """What the queue carries out. Raises ConfigError without an account of Twilio's."""
    account = twilio(settings)
    if account is None or not settings.sms_from:
        raise ConfigError(
            "VOICEBOT_TWILIO_ACCOUNT and VOICEBOT_SMS_FROM: expected an account SID and the number that "
            "texts and calls come from, not both are set; without them nothing leaves"
        )
    secrets = privacy(settings)
    return Errands(
        Outbox(redis, secrets),
        Sessions(redis, secrets),
        prompts,
        secrets,
        account,
        deliveries.hooks(settings.public_url),
        terms(settings),
        time.time,
    )


def terms(settings: Settings) -> Terms:
    """What may be sent, how often and when."""
    hours = CallingHours(*settings.calling_hours)
    return Terms(settings.sms_from, settings.texts_a_day, settings.calls_back_a_day, hours)


def twilio(settings: Settings) -> TwilioClient | None:
    """Twilio's REST API, None where no account is configured: then nothing is sent and nobody called."""
    if not settings.twilio_account or not settings.twilio_tokens:
        return None
    return TwilioClient(settings.twilio_account, settings.twilio_tokens[0], base_url=settings.twilio_api)


def privacy(settings: Settings) -> Privacy:
    """The keys of the settings; ConfigError when they are missing or malformed."""
    return Privacy(settings.pseudonym_key.get_secret_value(), settings.fernet_keys)


def recognizer(settings: Settings) -> tuple[Recognizer | None, tuple[str, ...]]:
    """The best recognizer that can be loaded, and a sentence for each better one that cannot."""
    if settings.recognizer == "none":
        return None, ()
    found, notes = recognizers(settings.var / "models", settings.recognizer)
    return (found[0] if found else None), tuple(notes)


def voice(settings: Settings) -> Voice:
    """The voice of the assistant, as far as its engines are installed."""
    return voices.assistant(settings.var, PROMPTS / "recorded", settings.voice_ahead, settings.voice_now)


def showroom(settings: Settings) -> Showroom:
    """The voices side by side, to choose from."""
    return Showroom(settings.var, settings.voice_ahead, settings.voice_now)


def _add_routes(app: FastAPI, service: Service, settings: Settings) -> None:
    signature = Signature(*settings.twilio_tokens)
    desk = TelephoneDesk(service)
    app.include_router(twilio_voice.routes(desk, signature, settings.public_url))
    app.include_router(deliveries.routes(service, desk, signature))
    app.include_router(media_stream.routes(service, signature))
    app.include_router(sms.routes(service, signature))

    @app.get("/health")
    async def health() -> Mapping[str, str]:
        hearing = service.recognizer.name if service.recognizer else "keypad"
        return {"status": "ok", "recognizer": hearing}
