"""What Twilio is told with 2xx is written first: in Redis or, while that fails, on disk, replayed later.

Twilio repeats a webhook for at most 15 seconds, which no outage of minutes respects. So whatever Redis cannot
take is spooled; only if the disk refuses too does the webhook answer 503, and Twilio repeats it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import structlog
from fastapi import HTTPException, Response
from redis.exceptions import RedisError

from voicebot.channels.security import SignedForm
from voicebot.errors import StoreError
from voicebot.store.spool import Spool, SpooledForm

log = structlog.get_logger()

#: Seconds for the store to take a form: Twilio waits 15, callers three.
WITHIN_S: Final = 2.5
#: Seconds between attempts to replay what is spooled.
_LOOK_S: Final = 2.0
#: Failures that pass: the store does not answer, or not in time.
PASSING: Final = (StoreError, RedisError, TimeoutError, OSError)

Take = Callable[[SignedForm], Awaitable[None]]
#: Takes a form late. The second argument: whether its sender already got an answer.
TakeLate = Callable[[SignedForm, bool], Awaitable[None]]


@dataclass(frozen=True)
class Durable:
    """Takes forms at once, or later. Without a `spool`, what the store cannot take is refused."""

    spool: Spool | None = None
    within_s: float = WITHIN_S
    _later: dict[str, TakeLate] = field(default_factory=dict)

    def serve(self, path: str, later: TakeLate) -> None:
        """Forms of `path` that were spooled are given to `later`."""
        self._later[path] = later

    async def received(self, form: SignedForm, take: Take) -> Response:
        """Take a form to which Twilio expects no answer: 204, or 503 if it can be kept nowhere."""
        try:
            async with asyncio.timeout(self.within_s):
                await self.catch_up()
                await take(form)
        except PASSING as error:
            self.keep(form, error)
        except Exception as error:  # Twilio cannot help: repeating it would change nothing
            log.error("report failed", path=_path(form), error=type(error).__name__)
        return Response(status_code=204)

    def keep(self, form: SignedForm, error: Exception, *, answered: bool = False) -> None:
        """Spool a form that failed with `error`. Raises HTTPException 503 if the disk refuses too."""
        log.warning("form spooled", path=_path(form), error=type(error).__name__)
        try:
            if self.spool is None:
                raise error
            self.spool.add(SpooledForm(form.address, form.fields, form.retry_token, answered))
        except PASSING:
            raise HTTPException(503, "the store does not answer, repeat it") from None

    async def replay(self) -> int:
        """Take what is spooled, in order; returns how many. Raises StoreError while the store is away."""
        return await self.spool.replay(self._take_late) if self.spool else 0

    async def catch_up(self) -> None:
        """Take what came earlier first. Raises StoreError if that is not possible now."""
        await self.replay()
        if self.spool and self.spool.waiting():
            raise StoreError("expected to take spooled forms first, but others are at it")

    async def run(self) -> None:
        """Replay again and again until cancelled."""
        while True:
            try:
                if taken := await self.replay():
                    log.info("spool replayed", forms=taken)
            except PASSING as error:
                log.warning("spool waits", error=type(error).__name__)
            await asyncio.sleep(_LOOK_S)

    async def _take_late(self, spooled: SpooledForm) -> None:
        form = SignedForm(spooled.address, spooled.fields, spooled.retry_token)
        later = self._later.get(_path(form))
        try:
            if later:
                await later(form, spooled.answered)
        except PASSING:
            raise
        except Exception as error:  # no repetition would change it, and those after it must not wait
            log.error("spooled form failed", path=_path(form), error=type(error).__name__)


def _path(form: SignedForm) -> str:
    return form.address.partition("?")[0]
