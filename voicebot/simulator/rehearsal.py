"""The whole service in this process, on a free port and with its own secrets: for calls that are not real."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import uvicorn
from cryptography.fernet import Fernet
from fastapi import FastAPI
from pydantic import SecretStr
from redis.asyncio import Redis

from voicebot.app import Make, build, create_app
from voicebot.channels.service import Service
from voicebot.config import Settings
from voicebot.errors import ConfigError
from voicebot.handoff.mediator import Mediator
from voicebot.privacy import Privacy
from voicebot.simulator.mediator import NUMBER
from voicebot.simulator.twilio_api import TwilioAccount, twilio_api
from voicebot.store.opening import Week
from voicebot.store.outbox import KINDS

_START_TIMEOUT_S = 60.0
_SETTLE_TIMEOUT_S, _LOOK_S = 20.0, 0.02
_ACCOUNT, _OURS = "AC" + "0" * 32, "+33939000001"
_STOP_WITHIN_S = 2
#: Seconds for the service to end. Ctrl-C at a terminal ends its Redis too, and it must not wait for that.
_END_S = 15.0
#: Seconds. Nobody minds waiting here, and a busy machine must not send a simulated caller to the keypad.
_PATIENCE_S = 10.0
_LOCALHOST = "127.0.0.1"
_ALWAYS = Week(((0.0, 24.0),), tuple(range(7)), holidays=True)
_SECRETS = ("twilio_token", "data_keys", "pseudonym_key")


@dataclass(frozen=True)
class Rehearsal:
    """A running service. `url` is where it listens, and what it takes for its public address."""

    url: str
    auth_token: str
    app: FastAPI
    loop: asyncio.AbstractEventLoop

    @property
    def service(self) -> Service:
        """What the channels of the running service work with."""
        service: Service = self.app.state.service
        return service

    def put_on_duty(self, mediator: str = "simulated", number: str = NUMBER) -> None:
        """Make a mediator available at `number`, day and night: a rehearsal must work at any hour."""
        on_duty = Mediator(mediator, mediator, phone=number, on_duty=True)
        asyncio.run_coroutine_threadsafe(self._duty(on_duty), self.loop).result(_SETTLE_TIMEOUT_S)

    async def _duty(self, mediator: Mediator) -> None:
        switches = self.service.switches
        await switches.duty.mediators.save(mediator)
        await switches.duty.opening.change(lambda week: _ALWAYS)

    async def journal(self, call_sid: str) -> Sequence[dict[str, Any]]:
        """The turn records of a call, oldest first."""
        future = asyncio.run_coroutine_threadsafe(self._turns(call_sid), self.loop)
        return await asyncio.wrap_future(future)

    def settle(self) -> None:
        """Wait until every text and call-back has been sent, which happens by itself within moments."""
        asyncio.run_coroutine_threadsafe(self._settled(), self.loop).result(_SETTLE_TIMEOUT_S)

    async def _settled(self) -> None:
        outbox = self.service.outbox
        while any([await outbox.count(kind) for kind in KINDS]):  # noqa: ASYNC110 - Redis tells nobody
            await asyncio.sleep(_LOOK_S)

    async def _turns(self, call_sid: str) -> Sequence[dict[str, Any]]:
        sessions = self.service.runner.sessions
        person = await sessions.calls.caller(call_sid)
        return [turn.shown() for turn in await sessions.turns(person, call_sid)] if person else []


def new_secrets() -> Mapping[str, SecretStr]:
    """Fresh values for the secret settings."""
    return {name: SecretStr(Fernet.generate_key().decode()) for name in _SECRETS}


def own_privacy() -> Privacy:
    """Keys that are never stored."""
    secrets = {name: secret.get_secret_value() for name, secret in new_secrets().items()}
    return Privacy(secrets["pseudonym_key"], [secrets["data_keys"]])


@contextmanager
def carried(settings: Settings) -> Iterator[tuple[Settings, TwilioAccount]]:
    """The settings of a service whose texts and calls go to a simulated Twilio, and that Twilio account."""
    with twilio_api() as account:
        told = {"twilio_account": _ACCOUNT, "twilio_api": account.url, "sms_from": _OURS}
        yield settings.model_copy(update={**told, "worker": "inside", "calling_hours": (0, 24)}), account


@contextmanager
def rehearse(
    settings: Settings,
    data: Path,
    secrets: Mapping[str, SecretStr] | None = None,
    make: Make | None = None,
    patience_s: float = _PATIENCE_S,
) -> Iterator[Rehearsal]:
    """Run the service in a thread until the block ends, its embedded Redis in `data`.

    With the same `data` and `secrets` (from `new_secrets`) a second service continues where the first
    stopped.
    Callers wait `patience_s` seconds for an answer before they are asked to hold on.
    """
    listening = _listening()
    url = f"http://{_LOCALHOST}:{listening.getsockname()[1]}"
    own_settings = {"public_url": url, "redis_url": None, "data": data, **(secrets or new_secrets())}
    own = settings.model_copy(update=own_settings)

    def patient(settings: Settings, redis: Redis) -> Service:
        service = (make or build)(settings, redis)
        return replace(service, speech=replace(service.speech, patience_s=patience_s))

    app = create_app(own, patient, demo=True)
    # Somebody may still be watching a call: that must not delay whoever wants to stop.
    config = uvicorn.Config(
        app, log_config=None, ws_max_size=1 << 17, lifespan="on", timeout_graceful_shutdown=_STOP_WITHIN_S
    )
    server = uvicorn.Server(config)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve([listening]),), daemon=True)
    thread.start()
    try:
        _wait_until_started(server, thread)
        yield Rehearsal(url, own.twilio_tokens[0], app, loop)
    finally:
        server.should_exit = True
        thread.join(_END_S)
        if not thread.is_alive():
            loop.close()
        listening.close()


def _listening() -> socket.socket:
    """A socket that declares itself TCP: asyncio then sends small frames at once instead of after 40 ms."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind((_LOCALHOST, 0))
    listening.listen(128)
    return listening


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    waited = threading.Event()
    for _ in range(int(_START_TIMEOUT_S / 0.02)):
        if server.started:
            return
        if not thread.is_alive():
            break
        waited.wait(0.02)
    raise ConfigError("the service did not start: expected it within a minute; run `voicebot doctor`")
