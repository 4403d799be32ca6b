"""Every lookup that flows can call, put together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from redis.asyncio import Redis

from voicebot import places
from voicebot.assessment import load_grid
from voicebot.dialogue.meaning import Value
from voicebot.privacy import Privacy
from voicebot.store import assessments
from voicebot.store.file_lookups import FileLookups
from voicebot.store.guesses import Guesses
from voicebot.store.sessions import Sessions
from voicebot.store.spoken_files import SpokenFiles
from voicebot.store.threads import Threads
from voicebot.store.tickets import Tickets

Lookup = Callable[[Mapping[str, Value]], Awaitable[Mapping[str, Value]]]


def all_lookups(
    redis: Redis, secrets: Privacy, tickets: Tickets, folder: Path, clock: Callable[[], float]
) -> dict[str, Lookup]:
    """The functions behind `LOOKUPS`; `folder` holds imported and local places."""
    threads = Threads(redis, secrets)
    files = FileLookups(SpokenFiles(redis, secrets), Sessions(redis, secrets), Guesses(redis), clock)
    return {
        **places.lookups(folder, clock),
        **assessments.lookups(load_grid(), tickets, threads, clock),
        **files.all(),
    }
