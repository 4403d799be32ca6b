"""Simulated calls to the running service, and what they leave in its store."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

from voicebot.datafile import raise_if_any, read
from voicebot.dialogue.session import Session
from voicebot.simulator import (
    Answers,
    CallerTurn,
    CallerVoice,
    CallOptions,
    CallReport,
    SayText,
    place_call,
)
from voicebot.simulator.rehearsal import Rehearsal

FOLDER = Path(__file__).parent / "fr" / "calls"

T = TypeVar("T")


def story(name: str) -> dict[str, Any]:
    """A file of tests/fr/calls: `answers` by question, and the `slots` and `sms` that must come of them.

    No call hangs on how the recognizer spells one answer: a paper that is explained because the answer was
    misheard gets the last one again, and so do the questions of anyway.yaml.
    """
    told = _read(name)
    explained = {
        f"{key}_explication": [texts[-1]]
        for key, texts in told["answers"].items()
        if key.startswith("documents.")
    }
    return {**told, "answers": {**anyway(), **explained, **told["answers"]}}


def anyway() -> dict[str, list[str]]:
    """What somebody answers who was misheard and is asked whether it was so."""
    answers: dict[str, list[str]] = _read("anyway")["answers"]
    return answers


def _read(name: str) -> dict[str, Any]:
    file = read(FOLDER / f"{name}.yaml")
    raise_if_any(file.findings)
    told: dict[str, Any] = file.data
    return told


def spoken(answers: dict[str, list[str]]) -> Answers:
    """Who answers each question with these sentences, the last one again and again."""
    return Answers({question: [SayText(text) for text in texts] for question, texts in answers.items()})


async def call(
    running: Rehearsal, caller: CallerVoice, turns: Sequence[CallerTurn] | Answers, **options: Any
) -> CallReport:
    """A call that no carrier would complain about."""
    made = CallOptions(journal=running.journal, **options)
    report = await place_call(running.url, running.auth_token, turns, caller, made)
    assert report.problems == ()
    return report


async def inside(running: Rehearsal, question: Coroutine[Any, Any, T]) -> T:
    """Ask the running service something, in its own loop."""
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(question, running.loop))


async def session_of(running: Rehearsal, call_sid: str) -> Session:
    """The stored session of a call."""

    async def load() -> Session:
        sessions = running.service.runner.sessions
        person = await sessions.calls.caller(call_sid)
        assert person
        session, version = await sessions.load(person, call_sid)
        assert version
        return session

    return await inside(running, load())


def prompts(report: CallReport) -> list[str]:
    """The questions of a call in their order."""
    return [line["prompt"] for line in report.lines if line["prompt"]]
