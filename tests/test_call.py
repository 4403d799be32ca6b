"""Whole calls with real sound: the simulated telephone, the real app, recognizer, understanding and flow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations import FOLDER, read
from voicebot.channels.simulator import (
    CallerVoice,
    CallOptions,
    CallReport,
    Press,
    SayText,
    StaySilent,
    Turn,
    place_call,
)
from voicebot.config import Settings
from voicebot.rehearsal import Rehearsal, rehearse
from voicebot.speech import voices

pytestmark = pytest.mark.slow

VAR = Path("var")
WHOLE_CALLS = ("rsa.straight", "carte_vitale.straight", "attestation_caf.straight")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with rehearse(Settings(var=VAR), tmp_path_factory.mktemp("redis")) as service:
        assert service.service.recognizer is not None, "run `make test`, which installs the models"
        yield service


@pytest.fixture(scope="module")
def caller() -> CallerVoice:
    return CallerVoice(voices.caller(VAR))


async def call(running: Rehearsal, caller: CallerVoice, *turns: Turn, **options: object) -> CallReport:
    made = CallOptions(journal=running.journal, **options)  # type: ignore[arg-type]
    report = await place_call(running.url, running.auth_token, turns, caller, made)
    assert report.problems == ()
    return report


@pytest.mark.parametrize("name", WHOLE_CALLS)
async def test_a_whole_procedure_by_voice(
    running: Rehearsal, caller: CallerVoice, name: str, tmp_path: Path
) -> None:
    story = read(FOLDER / f"{name}.yaml")
    turns = [SayText(line.say) if line.say else Press(line.keys or "") for line in story.turns]
    wav = tmp_path / "call.wav"
    report = await call(running, caller, *turns, wav=wav)
    told = "\n".join(report.json_lines())
    assert report.last["result"] == story.ends["reason"], told
    assert (report.last["flow"], report.last["step"]) == (story.ends["flow"], story.ends["step"]), told
    assert wav.stat().st_size > 8000 * 2 * 2 * 20


async def test_the_same_procedure_where_audio_sockets_never_open(
    running: Rehearsal, caller: CallerVoice
) -> None:
    story = read(FOLDER / "rsa.keypad.yaml")
    turns = [Press(line.keys or "") for line in story.turns]
    report = await call(running, caller, *turns, keypad=True)
    assert (report.last["flow"], report.last["step"]) == (story.ends["flow"], story.ends["step"])


async def test_a_silent_caller_hears_a_way_out_and_nothing_is_lost(
    running: Rehearsal, caller: CallerVoice
) -> None:
    report = await call(running, caller, SayText("je voudrais le RSA"), StaySilent(110.0))
    assert report.last["result"] == "silence"
    again = await call(running, caller, SayText("oui"))
    assert "common.resume" in [line["prompt"] for line in again.lines] or again.lines


async def test_asking_for_a_person_leaves_a_ticket(running: Rehearsal, caller: CallerVoice) -> None:
    report = await call(
        running, caller, SayText("je veux parler à un conseiller"), from_number="+33639980009"
    )
    assert report.last["ticket"]
