"""Bursts, doubled webhooks, two doors and a Redis that stops twice: each text is taken once, in its order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from redis.asyncio import Redis

from benchmarks.texting_month import Stoppable, door, generated, played, taken, wrong
from tests.texting import texted_service
from voicebot.dialogue.flow import Flows
from voicebot.nlu import Understanding
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.store.rate_limiter import RateLimiter


async def test_every_text_is_taken_once_and_in_order(
    privacy: Privacy, understanding: Understanding, flows: Flows, prompts: Prompts, tmp_path: Path
) -> None:
    groups = generated(messages=200, people=20)
    socket = tmp_path / "redis.sock"
    with Stoppable(tmp_path / "data", socket) as running:
        doors, services = [], []
        for _ in range(2):
            redis = Redis(unix_socket_path=str(socket), decode_responses=True)
            made = texted_service(redis, privacy, understanding, flows, prompts, tmp_path, clock)
            texts = RateLimiter(redis, of_one=1000, of_all=10_000)
            services.append(replace(made, limits=replace(made.limits, texts=texts)))
            doors.append(door(services[-1]))
        outcome = await played(groups, doors, lambda: running.restart(0.3))
        seen = await taken(services[0], {text.number for group in groups for text in group})
        assert list(wrong(groups, outcome, seen)) == []


def clock() -> float:
    return 1_764_666_000.0
