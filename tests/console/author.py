"""An association's folder beside the console, and two people who write in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from redis.asyncio import Redis

from voicebot.app import LOOKUPS
from voicebot.app.following import SHIPPED, Follower
from voicebot.app.trial import Trials
from voicebot.channels.service import wording
from voicebot.config import Settings
from voicebot.console.desk import Desk
from voicebot.console.writing import Writing
from voicebot.content.editions import Edition, Editions
from voicebot.content.folders import shipped
from voicebot.dialogue.flow import Flows
from voicebot.editing.checking import Reader
from voicebot.editing.folder import ContentFolder
from voicebot.editing.workshop import Workshop
from voicebot.nlu import Understanding
from voicebot.prompts import Prompts
from voicebot.store.unheard import Unheard

#: What is shipped is read once for all tests.
READER = Reader(shipped(), LOOKUPS)


@dataclass(frozen=True)
class Press:
    """The console of an association that writes, and what takes over what it publishes."""

    desk: Desk
    folder: ContentFolder
    editions: Editions
    follower: Follower
    workshop: Workshop


def press(
    desk: Desk,
    redis: Redis,
    folder: Path,
    flows: Flows,
    prompts: Prompts,
    understanding: Understanding | None,
) -> Press:
    """`desk` with the association's `folder`; without `understanding` nothing can be tried out."""
    editions = Editions(Edition(SHIPPED, flows, prompts, understanding, partial(wording, prompts)))
    own, settings = ContentFolder(folder), Settings(content=folder, var=Path("var"))
    follower = Follower(settings, own, editions)
    follower.reader = READER
    workshop = Workshop(own, READER, desk.clock)
    trials = Trials(editions, own.read, {}, desk.clock, Path("var/cache"))
    writing = Writing(workshop, trials.play, follower.look, lambda: follower.refused)
    unheard = Unheard(redis, desk.privacy)
    changed = replace(desk, editions=editions, writing=writing, unheard=unheard)
    return Press(changed, own, editions, follower, workshop)
