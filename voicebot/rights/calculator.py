"""OpenFisca's web API, a process of its own (AGPL): its code is never imported here.

A calculation begins when all answers are there and is collected a sentence later, so that the two seconds
that the person waits at most begin well after it did.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import httpx
import structlog

from voicebot.rights.estimate import Right, rights
from voicebot.rights.household import Household
from voicebot.rights.situation import amounts, situation

log = structlog.get_logger()

DEADLINE_S: Final = 2.0
#: The request itself may take longer: its result is still good for whoever asks again.
_REQUEST_S: Final = 20.0
#: Results of so many different households are kept.
_MOST_KEPT: Final = 200


@dataclass
class Calculator:
    """The API at `url`; "" where there is none. `transport` is another way to reach it, for tests."""

    url: str
    transport: httpx.AsyncBaseTransport | None = None
    deadline_s: float = DEADLINE_S
    _running: dict[tuple[Household, str], asyncio.Task[tuple[Right, ...]]] = field(default_factory=dict)

    def begin(self, home: Household, today: date) -> None:
        """Start to compute; nothing is awaited."""
        if self.url:
            self._task(home, f"{today:%Y-%m}")

    async def estimate(self, home: Household, today: date) -> tuple[Right, ...] | None:
        """The probable rights; None: not installed, not reached, or not within the deadline."""
        if not self.url:
            return None
        task = self._task(home, f"{today:%Y-%m}")
        try:
            return await asyncio.wait_for(asyncio.shield(task), self.deadline_s)
        except (TimeoutError, httpx.HTTPError, KeyError, TypeError, ValueError) as error:
            log.warning("rights", failed=type(error).__name__)
            return None

    async def amounts(self, home: Household, month: str) -> dict[str, float]:
        """What OpenFisca computes for `month`. Raises httpx.HTTPError."""
        async with httpx.AsyncClient(transport=self.transport, timeout=_REQUEST_S) as client:
            answer = await client.post(f"{self.url.rstrip('/')}/calculate", json=situation(home, month))
            return amounts(answer.raise_for_status().json(), month)

    def _task(self, home: Household, month: str) -> asyncio.Task[tuple[Right, ...]]:
        key = (home, month)
        known = self._running.get(key)
        if known is None or (known.done() and (known.cancelled() or known.exception())):
            while len(self._running) >= _MOST_KEPT:
                self._running.pop(next(iter(self._running)))
            known = self._running[key] = asyncio.ensure_future(self._computed(home, month))
            known.add_done_callback(_seen)
        return known

    async def _computed(self, home: Household, month: str) -> tuple[Right, ...]:
        return rights(home, await self.amounts(home, month))


def _seen(task: asyncio.Task[tuple[Right, ...]]) -> None:
    """Look at the error of a calculation that nobody may collect, so that asyncio does not complain."""
    if not task.cancelled():
        task.exception()
