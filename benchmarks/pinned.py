"""The service alone on one core, in a separate process, so that its clients do not slow it down.

    python -m benchmarks.pinned RECOGNIZER CORE     (whisper, vosk, scripted, none)

Prints its address as JSON, serves until its standard input is closed, then prints what it used.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import httpx
from fastapi import Response
from prometheus_client.parser import text_string_to_metric_families as families
from redis.asyncio import Redis

from benchmarks.korean import KoreanVosk
from benchmarks.processes import cpu_s, memory_mb
from benchmarks.scripted import Scripted
from voicebot.app import build
from voicebot.channels.service import Service
from voicebot.config import Engine, Settings
from voicebot.observability.logs import quiet
from voicebot.simulator.rehearsal import Rehearsal, rehearse
from voicebot.speech.stt.recognizer import Recognizer
from voicebot.speech.turn import PATIENCE_S
from voicebot.store.rate_limiter import RateLimiter
from voicebot.telephony.twiml import messages

_UNLIMITED = 1 << 31


@dataclass
class Pinned:
    """A running service. `used` is filled in once it has ended: CPU seconds and MB, workers and Redis too."""

    url: str
    auth_token: str
    pid: int = 0
    used: dict[str, float] = field(default_factory=dict)

    def cpu_s(self) -> float:
        """CPU seconds so far, including Redis and workers."""
        return cpu_s(self.pid)

    def memory_mb(self) -> float:
        """Present memory in MB, including Redis and workers."""
        return memory_mb(self.pid)

    async def counted(self, **events: str) -> float:
        """How often each of these events happened: its name in the metrics, and the value of a label."""
        async with httpx.AsyncClient() as client:
            page = (await client.get(f"{self.url}/metrics", timeout=30)).text
        samples = [sample for family in families(page) for sample in family.samples]
        return sum(
            sample.value
            for sample in samples
            if sample.name in events and events[sample.name] in sample.labels.values()
        )

    async def journal(self, call_sid: str) -> Sequence[Mapping[str, Any]]:
        """The turn records of a call."""
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{self.url}/benchmark/journal/{call_sid}", timeout=30)
            turns: list[Mapping[str, Any]] = answer.json()
            return turns


@contextmanager
def pinned(recognizer: str, core: int = 0) -> Iterator[Pinned]:
    """Serve on `core` until the block ends; the calling process moves to the other cores."""
    with served([sys.executable, "-m", "benchmarks.pinned", recognizer, str(core)], core) as service:
        yield service


@contextmanager
def served(command: Sequence[str], core: int) -> Iterator[Pinned]:
    """What `command` serves on `core`: it prints its address and, once its input ends, what it used."""
    others = os.sched_getaffinity(0) - {core}
    if others:
        os.sched_setaffinity(0, others)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        service = Pinned(**json.loads(process.stdout.readline()), pid=process.pid)
        yield service
        process.stdin.close()
        service.used.update(json.loads(process.stdout.readline()))


def recognizer_named(name: str) -> Recognizer | None:
    """Vosk hears Korean here; "scripted" knows in advance; None stands for the choice of the settings."""
    made: Recognizer | None = KoreanVosk() if name == "vosk" else Scripted() if name == "scripted" else None
    return made


def main(name: str, core: str) -> None:
    """Serve; see above."""
    quiet()
    os.sched_setaffinity(0, {int(core)})
    own = recognizer_named(name)
    settings = Settings(recognizer="none") if own else Settings(recognizer=cast(Engine, name))

    def make(settings: Settings, redis: Redis) -> Service:
        service = build(settings, redis)
        # In real life this many texts per minute are refused, and only refusals would be measured.
        unlimited = RateLimiter(redis, of_one=_UNLIMITED, of_all=_UNLIMITED)
        speech = replace(service.speech, recognizer=own or service.speech.recognizer)
        return replace(service, speech=speech, limits=replace(service.limits, texts=unlimited))

    with (
        tempfile.TemporaryDirectory() as data,
        rehearse(settings, Path(data), make=make, patience_s=PATIENCE_S) as running,
    ):
        _add_routes(running)
        print(json.dumps({"url": running.url, "auth_token": running.auth_token}), flush=True)
        sys.stdin.read()
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu_s = sum(use.ru_utime + use.ru_stime for use in uses)
    print(json.dumps({"cpu_s": cpu_s, "mb": sum(use.ru_maxrss for use in uses) / 1024}), flush=True)


def _add_routes(running: Rehearsal) -> None:
    """A route that does nothing, for comparison, and one for what was said in a call."""

    @running.app.post("/benchmark/bare")
    async def bare() -> Response:
        return Response(messages(("Bonjour. Que puis-je faire pour vous ?",)), media_type="text/xml")

    @running.app.get("/benchmark/journal/{call_sid}")
    async def journal(call_sid: str) -> Sequence[dict[str, Any]]:
        sessions = running.service.runner.sessions
        person = await sessions.calls.caller(call_sid)
        return [turn.shown() for turn in await sessions.turns(person, call_sid)] if person else []


if __name__ == "__main__":
    main(*sys.argv[1:])
