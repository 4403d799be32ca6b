"""The durable queue: saq on Redis processes items, several at a time, and retries after failures and crashes.

A job holds nothing but the name of a record. `Outbox` knows what is due, so a lost job is queued again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from saq import Worker
from saq.queue.redis import RedisQueue
from saq.types import PartialTimersDict

from voicebot.errors import StoreError, TryLater
from voicebot.outbox.sender import OutboxSender
from voicebot.store.outbox import KINDS, Kind, Ref
from voicebot.store.server import waiting_twin

log = structlog.get_logger()

_NAME: Final = "outbox"
_ERRAND: Final = "errand"
#: How many due records are queued at a time.
_REFILL: Final = 500
#: Seconds to wait for a stuck job to end, instead of saq's own five: nobody works on it any more.
_ABORT_WAIT_S: Final = 0.2


@dataclass(frozen=True)
class Tempo:
    """How the worker proceeds; times in seconds.

    An item that takes longer than `timeout_s` is taken away from its worker. Temporary refusals are retried
    `tries` times, after `first_wait_s`, doubled each time up to `longest_wait_s`, with jitter.
    """

    at_once: int = 8
    timeout_s: int = 45
    tries: int = 20
    first_wait_s: float = 2.0
    longest_wait_s: float = 600.0
    refill_s: float = 2.0
    sweep_s: int = 5


class _Queue(RedisQueue):
    """saq's queue on Redis, without its five-second wait for each job of a dead worker."""

    async def sweep(self, lock: int = 60, abort: float = _ABORT_WAIT_S) -> list[str]:
        """Queue again the jobs that nobody is working on."""
        return await super().sweep(lock, abort)


class OutboxQueue:
    """Where items are queued; used by every process."""

    def __init__(self, redis: Redis, tempo: Tempo | None = None) -> None:
        """`redis`: the connection of the store; the queue opens its own to the same server."""
        logging.getLogger("saq").setLevel(logging.CRITICAL)  # it would log each retry with its stack trace
        self.tempo = tempo or Tempo()
        self.saq = _Queue(waiting_twin(redis), name=_NAME)

    async def announce(self, kind: str, person: str, record_id: str) -> None:
        """A record was written. Never raises: what is not queued now is found by the next refill."""
        for known in KINDS:
            if known == kind:
                with suppress(RedisError, OSError):
                    await self.put(Ref(known, person, record_id))

    async def put(self, ref: Ref) -> None:
        """Have the item sent; does nothing if it is already queued."""
        tempo = self.tempo
        await self.saq.enqueue(
            _ERRAND,
            key=f"{ref.kind}/{ref.name}",
            kind=ref.kind,
            name=ref.name,
            timeout=tempo.timeout_s,
            retries=tempo.tries,
            retry_delay=tempo.first_wait_s,
            retry_backoff=tempo.longest_wait_s,
            ttl=-1,
        )

    async def close(self) -> None:
        """Close the queue's connections."""
        await self.saq.disconnect()


class NoQueue:
    """Where nothing can be sent: what was written waits in the outbox."""

    async def announce(self, kind: str, person: str, record_id: str) -> None:
        """Nobody needs to be told."""

    async def close(self) -> None:
        """Nothing is open."""


async def work(queue: OutboxQueue, errands: OutboxSender, *, signals: bool = False) -> None:
    """Send items until cancelled or, if the process is ours (`signals`), until a signal ends it."""
    tempo = queue.tempo

    async def errand(context: Mapping[str, Any], *, kind: Kind, name: str) -> None:
        await _carry_out(errands, Ref.of(kind, name), last=not context["job"].retryable)

    worker: Worker[Any] = Worker(
        queue.saq,
        [(_ERRAND, errand)],
        concurrency=tempo.at_once,
        dequeue_timeout=tempo.refill_s,
        timers=PartialTimersDict(schedule=1, worker_info=10, sweep=tempo.sweep_s, abort=1),
    )
    if not signals:
        worker.SIGNALS = []
    refilling = asyncio.create_task(_refill(queue, errands))
    try:
        await worker.start()
    finally:
        refilling.cancel()
        await asyncio.wait((refilling,))


async def _carry_out(errands: OutboxSender, ref: Ref, last: bool) -> None:
    """Send one item. saq stores the text of an error, so only a code leaves here."""
    try:
        await errands.run(ref)
        return
    except TryLater as later:
        code = later.code
    except Exception as error:
        code = type(error).__name__
        log.error("errand failed", kind=ref.kind, error=code)
    if not last:
        raise TryLater(code)
    await errands.give_up(ref, code)


async def _refill(queue: OutboxQueue, errands: OutboxSender) -> None:
    """Repeatedly queue what is due: records whose job was lost, or that had to wait."""
    while True:
        try:
            for kind in KINDS:
                for ref in await errands.outbox.due(kind, errands.clock(), _REFILL):
                    await queue.put(ref)
        except (StoreError, RedisError, OSError) as error:
            log.warning("refill failed", error=type(error).__name__)
        await asyncio.sleep(queue.tempo.refill_s)
