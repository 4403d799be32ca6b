"""All lookups that flows can call, assembled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from redis.asyncio import Redis

from voicebot import letters, places, rights
from voicebot.assessment import load_grid
from voicebot.dialogue.meaning import Value
from voicebot.privacy import Privacy
from voicebot.rights.calculator import Calculator
from voicebot.store import assessments
from voicebot.store.code_attempts import CodeAttempts
from voicebot.store.file_lookups import FileLookups
from voicebot.store.open_requests import OpenRequests
from voicebot.store.sessions import Sessions
from voicebot.store.spoken_files import SpokenFiles
from voicebot.store.threads import Threads
from voicebot.store.tickets import Tickets

Lookup = Callable[[Mapping[str, Value]], Awaitable[Mapping[str, Value]]]


def all_lookups(
    redis: Redis,
    secrets: Privacy,
    tickets: Tickets,
    folder: Path,
    clock: Callable[[], float],
    openfisca: str = "",
) -> dict[str, Lookup]:
    """The functions behind `LOOKUPS`; `folder` holds imported and local places.

    `openfisca` is the address of OpenFisca's web API; without one, rights are not estimated.
    """
    threads = Threads(redis, secrets)
    files = FileLookups(SpokenFiles(redis, secrets), Sessions(redis, secrets), CodeAttempts(redis), clock)
    return {
        **places.lookups(folder, clock),
        **letters.lookups(),
        **rights.lookups(Calculator(openfisca)),
        **assessments.lookups(load_grid(), tickets, threads, clock),
        **files.all(),
        **OpenRequests(redis, tickets).lookups(),
    }
