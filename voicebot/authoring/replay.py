"""Conversations as data (tests/fr/conversations), replayed with the real engine in words, without sound."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
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
from voicebot.content.editions import Edition, Editions
from voicebot.content.folders import Content, files_in
from voicebot.dialogue.action import question_of
from voicebot.dialogue.documents import missing
from voicebot.dialogue.event import Channel
from voicebot.dialogue.meaning import Value
from voicebot.dialogue.session import Session
from voicebot.errors import VoicebotError
from voicebot.flows.load import load_flows
from voicebot.nlu import Understanding
from voicebot.outbox.calling_hours import CallingHours
from voicebot.prompts import Prompts
from voicebot.rights.lookups import assumed
from voicebot.simulator.rehearsal import own_privacy
from voicebot.store.mediators import Mediators
from voicebot.store.opening import Opening
from voicebot.store.person_snapshot import Memory
from voicebot.store.server import connect
from voicebot.store.sessions import Change, Sessions
from voicebot.store.spoken_files import SpokenFiles, Steps
from voicebot.switchboard.duty import Duty, noted
from voicebot.turns.runner import ConversationRef, Reply, Runner

THE_END: Final = "the end"
_NUMBER: Final = "+33639980001"


class Differs(VoicebotError):  # noqa: N818 - says what happened
    """A conversation went differently than its file says.

    `turn` is 1-based, 0 for the end; `came` is what happened instead of what was `expected`.
    """

    def __init__(
        self, conversation: WrittenConversation, channel: Channel, turn: int, expected: str, came: str
    ) -> None:
        where = f"turn {turn}" if turn else "at the end"
        super().__init__(f"{conversation.file}, {where}, by {channel}: expected {expected}, got {came}")
        self.turn, self.expected, self.came = turn, expected, came


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ScriptLine(_Strict):
    """One turn of the person: after the question `hear`, they `say` something or type `keys`."""

    hear: str
    say: str | None = None
    keys: str | None = None

    @field_validator("keys", mode="before")
    @classmethod
    def _as_typed(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value


class ExpectedEnd(_Strict):
    """How it ends; whatever is not given is not checked, except `ticket` and `sms`."""

    flow: str | None = None
    step: str | None = None
    reason: str | None = None
    slots: Mapping[str, Value] = Field(default_factory=dict)
    missing: tuple[str, ...] | None = None
    ticket: bool = False
    sms: bool = False


class KeptFile(_Strict):
    """A spoken file from an earlier call: its `code`, another telephone's `number`, its steps.

    `at` is when it was kept, in Unix seconds.
    """

    code: str
    topic: str
    reached: str
    finished: bool
    number: str | None = None
    at: float = 0.0
    """Unix seconds."""
    held: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    async def lay_down(self, person: str, files: SpokenFiles) -> None:
        """Store it for `person`, or for the person who has the number."""
        owner = files.privacy.pseudonym(self.number) if self.number else person
        lists = (self.held, self.missing, self.notes)
        steps = Steps(self.topic, self.at, self.reached, self.finished, *lists)
        await files.keep(files.ref(owner, self.code), steps)


class WrittenConversation(_Strict):
    """One file. `remembered` are shared answers from earlier calls, `at` the day, `kept` spoken files."""

    file: str
    name: str
    flow: str
    channels: tuple[Channel, ...]
    turns: tuple[ScriptLine, ...]
    ends: ExpectedEnd = ExpectedEnd()
    remembered: Mapping[str, Value] = Field(default_factory=dict)
    at: date | None = None
    kept: tuple[KeptFile, ...] = ()


#: Files with their modification times, in nanoseconds.
Stamp = tuple[tuple[str, int], ...]
_SHAPE: TypeAdapter[WrittenConversation] = TypeAdapter(WrittenConversation)


def read(path: Path) -> WrittenConversation:
    """Read one file. Raises DataError with one line for each mistake."""
    file = datafile.read(path)
    if isinstance(file.data, dict):
        file = replace(file, data={"file": path.stem, **file.data})
    conversation, findings = datafile.validate(file, _SHAPE.validate_python)
    datafile.raise_if_any(findings)
    assert conversation
    return conversation


def stamp(files: Iterable[Path]) -> Stamp:
    """A value that changes when one of the `files` is changed, added or removed."""
    return tuple((str(path), path.stat().st_mtime_ns) for path in files)


@lru_cache(maxsize=1)
def _learned(folders: tuple[Path, ...], read_at: Stamp, kept: Path) -> Understanding:
    """The words in the folders; learning them takes a second, so it is repeated only if they changed."""
    return Understanding.load(*folders, kept=kept)


async def play(
    conversation: WrittenConversation, channel: Channel, runner: Runner, files: SpokenFiles
) -> tuple[Reply, list[Reply]]:
    """Replay the conversation; returns the last reply. Raises Differs at the first question that differs."""
    who = ConversationRef(f"p-{conversation.file}-{channel}", f"CA-{conversation.file}-{channel}")
    for kept in conversation.kept:
        await kept.lay_down(who.person, files)
    await runner.sessions.people.keep_number(who.person, _NUMBER)
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


async def check_end(conversation: WrittenConversation, channel: Channel, runner: Runner, last: Reply) -> None:
    """Raise Differs unless the conversation ended as its file says; the store must hold nothing else."""
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
async def stage(
    content: Content, var: Path, places: Path, clock: Callable[[], float] = time.time
) -> AsyncIterator[ReplayStage]:
    """Where conversations are replayed, using what is written in `content` and `places`.

    What is learned is kept below `var`. Raises DataError.
    """
    prompts, flows = Prompts.load(*content.prompts), load_flows(*content.flows)
    understanding = _learned(content.nlu, stamp(files_in(content.nlu)), var / "cache")
    with tempfile.TemporaryDirectory() as data:
        async with connect(None, Path(data)) as redis:
            privacy, said = own_privacy(), partial(wording, prompts)
            found = all_lookups(redis, privacy, waiting_room(redis, privacy), places, clock)
            sessions = Sessions(redis, privacy)
            duty = Duty(Opening(redis), Mediators(redis, privacy), sessions, clock, CallingHours(), False)
            found |= {**duty.lookups(), "permanence": noted, "rights_possible": assumed}
            written = Editions(Edition("", flows, prompts, understanding, said))
            runner = Runner(written, sessions, clock, found)
            yield ReplayStage(runner, prompts, redis, SpokenFiles(redis, privacy))


@dataclass(frozen=True)
class ReplayStage:
    """A runner with a store of its own, emptied before each conversation."""

    runner: Runner
    prompts: Prompts
    redis: Redis
    files: SpokenFiles

    async def hold(self, conversation: WrittenConversation, channel: Channel) -> None:
        """Replay it to its end. Raises Differs if it goes differently."""
        await self.redis.flushall()
        last, _ = await play(conversation, channel, self.runner, self.files)
        await check_end(conversation, channel, self.runner, last)


def _question(reply: Reply) -> str:
    """The last prompt that asks; key hints after it do not count."""
    asked = question_of(reply.says)
    return asked.prompt if reply.listen and asked else THE_END
