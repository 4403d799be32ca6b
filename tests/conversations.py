"""Conversation files (tests/fr/conversations) as data, and how they are played without sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from voicebot.dialogue.event import Channel
from voicebot.dialogue.session import Session
from voicebot.runner import Reply, Runner, Who
from voicebot.store.sessions import Change, Memory
from voicebot.store.spoken_files import SpokenFiles, Steps

FOLDER = Path(__file__).parent / "fr" / "conversations"


@dataclass(frozen=True)
class Line:
    """One turn of the person: after the question `hear`, they say or type."""

    hear: str
    say: str | None
    keys: str | None


@dataclass(frozen=True)
class Conversation:
    """One file. `remembered` are shared answers of earlier calls, `at` the day of the call.

    `kept` are spoken files: `code`, the `number` of another telephone if it is one, and the steps.
    """

    file: str
    name: str
    flow: str
    channels: tuple[Channel, ...]
    turns: tuple[Line, ...]
    ends: Mapping[str, Any]
    remembered: Mapping[str, Any] = field(default_factory=dict)
    at: date | None = None
    kept: tuple[Mapping[str, Any], ...] = ()


def read(path: Path) -> Conversation:
    data = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    turns = tuple(
        Line(t["hear"], t.get("say"), None if t.get("keys") is None else str(t["keys"]))
        for t in data["turns"]
    )
    channels, ends, remembered = tuple(data["channels"]), data.get("ends") or {}, data.get("remembered") or {}
    return Conversation(
        path.stem,
        data["name"],
        data["flow"],
        channels,
        turns,
        ends,
        remembered,
        data.get("at"),
        tuple(data.get("kept") or ()),
    )


def all_conversations() -> list[Conversation]:
    return [read(path) for path in sorted(FOLDER.glob("*.yaml"))]


async def keep(kept: Mapping[str, Any], person: str, files: SpokenFiles) -> None:
    """A spoken file of an earlier call, of `person` or from the telephone that it names."""
    owner = files.privacy.pseudonym(kept["number"]) if "number" in kept else person
    lists = {name: tuple(kept.get(name, ())) for name in ("held", "missing", "notes")}
    steps = Steps(kept["topic"], kept.get("at", 0.0), kept["reached"], kept["finished"], **lists)
    await files.keep(files.ref(owner, kept["code"]), steps)


async def play(
    conversation: Conversation, channel: Channel, runner: Runner, files: SpokenFiles
) -> tuple[Reply, list[Reply]]:
    """Hold the conversation; each question must be the one that the file names. The last reply and all."""
    who = Who(f"p-{conversation.file}-{channel}", f"CA-{conversation.file}-{channel}")
    for kept in conversation.kept:
        await keep(kept, who.person, files)
    await runner.sessions.keep_number(who.person, "+33639980001")
    if conversation.remembered:
        earlier = Session("an earlier call", who.person, status="ended")
        await runner.sessions.commit(Change(earlier, 0, memory=Memory(True, conversation.remembered)))
    if conversation.at:
        noon = datetime.combine(conversation.at, time(12), UTC).timestamp()
        runner = replace(runner, clock=lambda: noon)
    replies = [await runner.start(who, channel, "start", textable=True)]
    for number, line in enumerate(conversation.turns):
        asked = replies[-1].says[-1].prompt if replies[-1].listen else "the end"
        told = f"{conversation.file}, turn {number + 1}, by {channel}"
        assert _question(replies[-1]) == line.hear, f"{told}: expected {line.hear}, asked {asked}"
        typed = line.keys is not None and (channel == "keypad" or line.say is None)
        if typed:
            replies.append(await runner.press(who, line.keys or "", f"e{number}"))
        else:
            replies.append(await runner.hear(who, line.say or "", f"e{number}"))
    return replies[-1], replies


def _question(reply: Reply) -> str:
    """The last prompt that asks; key hints that follow it do not count."""
    prompts = [say.prompt for say in reply.says if not say.prompt.startswith("common.keys_")]
    return prompts[-1] if reply.listen and prompts else "the end"
