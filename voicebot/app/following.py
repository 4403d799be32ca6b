"""What is published in the association's folder goes live in every process, without a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import structlog

from voicebot.app.parts import LOOKUPS, content_of
from voicebot.channels.service import wording
from voicebot.config import Settings
from voicebot.content.editions import Edition, Editions
from voicebot.content.folders import Content, shipped
from voicebot.datafile import Finding
from voicebot.editing.checking import Reader, laid_down
from voicebot.editing.folder import ContentFolder, Files, stamp, words_in
from voicebot.errors import VoicebotError
from voicebot.prompts import Prompts

log = structlog.get_logger()

#: Seconds between two looks at the folder, which take a millisecond.
LOOK_S: Final = 2.0
#: The edition of whoever has no files of their own.
SHIPPED: Final = "shipped"


def id_of(files: Files) -> str:
    """The id of the edition that an association's `files` make, laid over the packaged ones."""
    return stamp(files) or SHIPPED


def edition_now(settings: Settings) -> Edition:
    """What people wrote, read as it is now. Raises ConfigError and DataError."""
    content = content_of(settings)
    if content.own is None:
        return _loaded(SHIPPED, content, settings)
    files = ContentFolder(content.own).read()
    with laid_down(shipped(), files) as laid:
        return _loaded(id_of(files), laid, settings)


class Follower:
    """Takes over what is published. What is broken, or worse than before, never reaches a call."""

    def __init__(self, settings: Settings, folder: ContentFolder, editions: Editions) -> None:
        self.reader = Reader(shipped(), LOOKUPS)
        self.refused: tuple[Finding, ...] = ()
        self.folder, self._settings, self._editions = folder, settings, editions
        files = folder.read()
        self._good = files if id_of(files) == editions.current.id else None
        self._seen = editions.current.id
        self._one_at_a_time = asyncio.Lock()

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Take over what was published since the last look. Does not raise: the present edition stays."""
        async with self._one_at_a_time:
            try:
                await asyncio.to_thread(self._look)
            except (VoicebotError, OSError) as error:
                log.error("content not read", error=type(error).__name__)

    def _look(self) -> None:
        files = self.folder.read()
        id = id_of(files)
        if id == self._seen:
            return
        self._seen = id
        self.refused = self.reader.new_findings(files, self._good or {})
        if self.refused:
            log.error("content refused", findings=len(self.refused), first=self.refused[0].file)
            return
        with laid_down(self.reader.base, files) as content:
            current = self._editions.current
            good = self._good
            like = current if good is not None and words_in(files) == words_in(good) else None
            self._editions.publish(_loaded(id, content, self._settings, like))
        self._good = files
        log.info("content taken over", edition=id)


def follow(settings: Settings, editions: Editions) -> Follower | None:
    """What follows the association's folder; None if there is none."""
    own = content_of(settings).own
    return Follower(settings, ContentFolder(own), editions) if own else None


@asynccontextmanager
async def following(follower: Follower | None) -> AsyncIterator[None]:
    """Take over what is published meanwhile."""
    running = asyncio.create_task(follower.run()) if follower else None
    try:
        yield
    finally:
        if running:
            running.cancel()
            await asyncio.wait([running])


def current_prompts(settings: Settings) -> Callable[[], Prompts]:
    """The sentences as they are now, for a process that only sends."""
    own = content_of(settings).own
    kept: dict[str, Prompts] = {}

    def now() -> Prompts:
        files = ContentFolder(own).read() if own else {}
        if stamp(files) not in kept:
            with laid_down(shipped(), files) as content:
                prompts = Prompts.load(*content.prompts)
            kept.clear()
            kept[stamp(files)] = prompts
        return kept[stamp(files)]

    now()
    return now


def _loaded(id: str, content: Content, settings: Settings, like: Edition | None = None) -> Edition:
    kept, second = settings.var / "cache", settings.second_opinion
    return Edition.load(id, content, kept, lambda said: partial(wording, said), like, second)
