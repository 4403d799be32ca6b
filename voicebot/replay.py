"""Conversations as data (tests/fr/conversations), held with the real engine in words, without sound."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator
from redis.asyncio import Redis

from voicebot import datafile
from voicebot.app import all_lookups, waiting_room
from voicebot.channels.service import wording
from voicebot.content import FLOWS, PROMPTS
from voicebot.dialogue.documents import missing
from voicebot.dialogue.event import Channel
from voicebot.dialogue.meaning import Value
from voicebot.dialogue.session import Session
from voicebot.errors import VoicebotError
from voicebot.flows.load import load_flows
from voicebot.new_procedure import CONVERSATIONS, UNDERSTOOD
from voicebot.nlu import Understanding
from voicebot.prompts import Prompts
from voicebot.rehearsal import own_privacy
from voicebot.runner import Reply, Runner, Who
from voicebot.store.known import Memory
from voicebot.store.server import connect
from voicebot.store.sessions import Change, Sessions
from voicebot.store.spoken_files import SpokenFiles, Steps
from voicebot.switchboard.duty import noted

__all__ = ["CONVERSATIONS", "Conversation", "Differs", "Line", "check_end", "play", "read", "stage"]

THE_END: Final = "the end"
_NUMBER: Final = "+33639980001"


class Differs(VoicebotError):  # noqa: N818 - says what happened
    """A conversation went another way than its file says.

    `turn` is 1-based, 0 for the end; `came` is what there was instead of what was `expected`.
    """

    def __init__(
        self, conversation: Conversation, channel: Channel, turn: int, expected: str, came: str
    ) -> None:
        where = f"turn {turn}" if turn else "at the end"
        super().__init__(f"{conversation.file}, {where}, by {channel}: expected {expected}, got {came}")
        self.turn, self.expected, self.came = turn, expected, came


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Line(_Strict):
    """One turn of the person: after the question `hear`, they `say` or type `keys`."""

    hear: str
    say: str | None = None
    keys: str | None = None

    @field_validator("keys", mode="before")
    @classmethod
    def _as_typed(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value


class Ends(_Strict):
    """How it ends; what is not given is not looked at, but for `ticket` and `sms`."""

    flow: str | None = None
    step: str | None = None
    reason: str | None = None
    slots: Mapping[str, Value] = Field(default_factory=dict)
    missing: tuple[str, ...] | None = None
    ticket: bool = False
    sms: bool = False


class Kept(_Strict):
    """A spoken file of an earlier call: its `code`, another telephone's `number`, its steps.

    `at` is when it was kept, in Unix seconds.
    """

    code: str
    topic: str
    reached: str
    finished: bool
    number: str | None = None
    at: float = 0.0
    held: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    async def lay_down(self, person: str, files: SpokenFiles) -> None:
        """Keep it, for `person` or for who has the number."""
        owner = files.privacy.pseudonym(self.number) if self.number else person
        lists = (self.held, self.missing, self.notes)
        steps = Steps(self.topic, self.at, self.reached, self.finished, *lists)
        await files.keep(files.ref(owner, self.code), steps)


class Conversation(_Strict):
    """One file. `remembered` are shared answers of earlier calls, `at` the day, `kept` spoken files."""

    file: str
    name: str
    flow: str
    channels: tuple[Channel, ...]
    turns: tuple[Line, ...]
    ends: Ends = Ends()
    remembered: Mapping[str, Value] = Field(default_factory=dict)
    at: date | None = None
    kept: tuple[Kept, ...] = ()


#: Files with the time of their last change, in nanoseconds.
Stamp = tuple[tuple[str, int], ...]
_SHAPE: TypeAdapter[Conversation] = TypeAdapter(Conversation)


def read(path: Path) -> Conversation:
    """Read one file. Raises DataError, one line for each thing that is wrong."""
    file = datafile.read(path)
    if isinstance(file.data, dict):
        file = replace(file, data={"file": path.stem, **file.data})
    conversation, findings = datafile.validate(file, _SHAPE.validate_python)
    datafile.raise_if_any(findings)
    assert conversation
    return conversation


def stamp(root: Path, *folders: Path) -> Stamp:
    """Changes whenever a file below one of the `folders` of `root` is changed, added or removed."""
    files = sorted(path for folder in folders for path in (root / folder).rglob("*.yaml"))
    return tuple((str(path), path.stat().st_mtime_ns) for path in files)


@lru_cache(maxsize=1)
def _learned(root: Path, read_at: Stamp) -> Understanding:
    """The words under `root`; learning them takes a second, so it is done anew only when they changed."""
    return Understanding.load(root / UNDERSTOOD)


async def play(
    conversation: Conversation, channel: Channel, runner: Runner, files: SpokenFiles
) -> tuple[Reply, list[Reply]]:
    """Hold the conversation; the last reply and all. Raises Differs at the first question that is another."""
    who = Who(f"p-{conversation.file}-{channel}", f"CA-{conversation.file}-{channel}")
    for kept in conversation.kept:
        await kept.lay_down(who.person, files)
    await runner.sessions.keep_number(who.person, _NUMBER)
    if conversation.remembered:
        earlier = Session("an earlier call", who.person, status="ended")
        await runner.sessions.commit(Change(earlier, 0, memory=Memory(True, conversation.remembered)))
    if conversation.at:
        noon = datetime.combine(conversation.at, time_of_day(12), UTC).timestamp()
        runner = replace(runner, clock=lambda: noon)
    replies = [await runner.start(who, channel, "start", textable=True)]
    for number, line in enumerate(conversation.turns):
        asked = _question(replies[-1])
        if asked != line.hear:
            raise Differs(conversation, channel, number + 1, line.hear, asked)
        typed = line.keys is not None and (channel == "keypad" or line.say is None)
        if typed:
            replies.append(await runner.press(who, line.keys or "", f"e{number}"))
        else:
            replies.append(await runner.hear(who, line.say or "", f"e{number}"))
    return replies[-1], replies


async def check_end(conversation: Conversation, channel: Channel, runner: Runner, last: Reply) -> None:
    """Raise Differs unless the conversation ended as its file says; the store holds nothing of others."""
    ends, session = conversation.ends, last.session
    place = session.place
    came: dict[str, Any] = {
        "flow": place and place.flow,
        "step": place and place.step,
        "reason": last.end and last.end.reason,
        "slots": {slot: session.slots.get(slot) for slot in ends.slots},
        "missing": missing(session.slots),
        "ticket": bool(await runner.sessions.records("ticket")),
        "sms": bool(await runner.sessions.records("sms")),
    }
    for what, expected in ends:
        if expected is not None and expected != came[what]:
            raise Differs(conversation, channel, 0, f"{what} {expected}", f"{came[what]}")


@asynccontextmanager
async def stage(root: Path, var: Path, clock: Callable[[], float] = time.time) -> AsyncIterator[Stage]:
    """Where conversations are held, with the files under `root`. Raises DataError."""
    prompts, flows = Prompts.load(root / PROMPTS), load_flows(root / FLOWS)
    understanding = _learned(root, stamp(root, UNDERSTOOD))
    with tempfile.TemporaryDirectory() as data:
        async with connect(None, Path(data)) as redis:
            privacy, said = own_privacy(), partial(wording, prompts)
            found = all_lookups(redis, privacy, waiting_room(redis, privacy), var / "places", clock)
            found |= {"permanence": noted}
            runner = Runner(flows, understanding, Sessions(redis, privacy), clock, said, found)
            yield Stage(runner, prompts, redis, SpokenFiles(redis, privacy))


@dataclass(frozen=True)
class Stage:
    """A runner on a store of its own, emptied before each conversation."""

    runner: Runner
    prompts: Prompts
    redis: Redis
    files: SpokenFiles

    async def hold(self, conversation: Conversation, channel: Channel) -> None:
        """Hold it to its end. Raises Differs where it goes another way."""
        await self.redis.flushall()
        last, _ = await play(conversation, channel, self.runner, self.files)
        await check_end(conversation, channel, self.runner, last)


def _question(reply: Reply) -> str:
    """The last prompt that asks; key hints that follow it do not count."""
    prompts = [say.prompt for say in reply.says if not say.prompt.startswith("common.keys_")]
    return prompts[-1] if reply.listen and prompts else THE_END
