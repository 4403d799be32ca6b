"""A first start before everything is set: it runs, answers nobody, and says what is missing."""

from __future__ import annotations

import asyncio
import signal
from typing import Final

import structlog
from fastapi import FastAPI
from starlette.responses import JSONResponse, Response

from voicebot.config import Settings

log = structlog.get_logger()

_TOKEN: Final = (
    "VOICEBOT_TWILIO_TOKEN: expected Twilio's auth token, none came; set it, or try `voicebot demo`"
)
_NUMBER: Final = (
    "VOICEBOT_SMS_FROM: expected the number that texts and calls come from, none came; without it nothing "
    "can be sent. Set it, or unset VOICEBOT_TWILIO_ACCOUNT"
)
_KEYS: Final = (
    "VOICEBOT_PSEUDONYM_KEY and VOICEBOT_DATA_KEYS: expected keys, none came; make them with `voicebot "
    "doctor --new-key`, see docs/operating.md"
)
_ACCOUNT: Final = (
    "VOICEBOT_TWILIO_ACCOUNT and VOICEBOT_SMS_FROM: expected an account SID and the number that texts and "
    "calls come from, not both are set; without them nothing leaves"
)


def missing_to_serve(settings: Settings) -> tuple[str, ...]:
    """One sentence for each setting without which no call can be taken."""
    wanted = {
        _TOKEN: bool(settings.twilio_tokens),
        _NUMBER: bool(settings.sms_from or not settings.twilio_account),
        _KEYS: bool(settings.pseudonym_key.get_secret_value() and settings.fernet_keys),
    }
    return tuple(sentence for sentence, there in wanted.items() if not there)


def missing_to_send(settings: Settings) -> tuple[str, ...]:
    """One sentence for each setting without which nothing can be sent."""
    can_send = bool(settings.twilio_account and settings.twilio_tokens and settings.sms_from)
    has_keys = bool(settings.pseudonym_key.get_secret_value() and settings.fernet_keys)
    return (*(() if can_send else (_ACCOUNT,)), *(() if has_keys else (_KEYS,)))


def waiting_app(missing: tuple[str, ...]) -> FastAPI:
    """What is served meanwhile: whoever asks how it is reads what is missing.

    `/ready` is 503, so that no call is sent here; with `?incomplete=ok` it says that a first start worked.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    told = {"status": "incomplete", "missing": list(missing)}

    @app.get("/health")
    async def health() -> Response:
        return JSONResponse(told)

    @app.get("/ready")
    async def ready(incomplete: str = "") -> Response:
        return JSONResponse(told, 200 if incomplete == "ok" else 503)

    return app


async def wait_for_signal(missing: tuple[str, ...]) -> None:
    """What a worker does meanwhile: say what is missing, then wait to be started anew."""
    tell(missing)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()


def tell(missing: tuple[str, ...]) -> None:
    """Log what is missing, one line each."""
    for sentence in missing:
        log.warning("incomplete", missing=sentence)
