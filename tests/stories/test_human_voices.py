"""A human voice by telephone (Debian's asterisk-prompt-fr-armelle): heard, understood and acted upon.

The bounds stand slightly under what was measured. "wrong" is sure and wrong, which is what hurts a caller.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import soundfile  # type: ignore[import-untyped]

from tests.calls import call, prompts, session_of, spoken, story
from tests.conftest import VAR
from tests.speech.room import silence
from voicebot.dialogue.meaning import NO_INTENT, Expecting, Meaning, Value
from voicebot.nlu.hints import hints
from voicebot.simulator import Answers, CallerVoice, PlayWav, Press
from voicebot.simulator.rehearsal import Rehearsal
from voicebot.speech.audio import Pcm, Upsampler, write_wav
from voicebot.speech.stt.recognizer import Expected, Transcript
from voicebot.speech.telephone_line import frames
from voicebot.turns.runner import doubted

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("voices")]

SOUNDS = VAR / "test/armelle/usr/share/asterisk/sounds/fr"
#: Commands that take the caller away from the question when they were never said.
ENDS_OR_MOVES = frozenset({"conseiller", "menu", "oubli", "retour", "stop", "suite", "terminer"})
Outcome = Literal["right", "asked back", "not understood", "wrong"]

MONTHS = {f"digits/mon-{month}": month + 1 for month in range(12)}
AGES = {f"digits/{number}": number for number in (*range(18, 21), 30, 40, 50, 60, 80, 90)}
NUMBERS = {f"digits/{number}": number for number in (*range(21), 30, 40, 50, 60, 80, 90)}
LETTERS = [f"letters/{letter}" for letter in "abcdefghijklmnopqrstuvwxyz" if letter not in "jw"]


@cache
def human(name: str) -> Pcm:
    """One recording, 8 kHz; raises when `make test` has not fetched it."""
    samples, rate = soundfile.read(SOUNDS / f"{name}.gsm", dtype="int16")
    assert rate == 8000
    pcm: Pcm = samples
    return pcm


def sequence(names: Iterable[str], pause_s: float = 0.12) -> Pcm:
    """Recordings one after the other."""
    return np.concatenate([part for name in names for part in (human(name), silence(pause_s))])


@dataclass(frozen=True)
class Heard:
    """What came of one recording at one question."""

    name: str
    transcript: Transcript
    meaning: Meaning
    outcome: Outcome
    close: bool
    """The right value was heard, sure or not."""


def listen(running: Rehearsal, name: str, pcm: Pcm, expecting: Expecting, right: Value | None) -> Heard:
    """Hear `pcm` as the answer to a question; `right` None means that nothing may be understood."""
    service = running.service
    assert service.speech.recognizer
    phrases = hints(service.understanding, expecting)
    stream = service.speech.recognizer.start(Expected(phrases, expecting.closed, expecting.kind))
    upsampler = Upsampler()
    for frame in frames(np.concatenate([silence(0.3), pcm, silence(0.6)])):
        stream.accept(upsampler.accept(frame))
    transcript = stream.finish()
    meaning = service.understanding.interpret(transcript.text, expecting, "voice")
    meaning = doubted(meaning, expecting, transcript.confidence)
    close = right is not None and meaning.value == right
    return Heard(name, transcript, meaning, outcome(meaning, expecting, right), close)


def outcome(meaning: Meaning, expecting: Expecting, right: Value | None) -> Outcome:
    """What the dialogue makes of it: a procedure named in the middle of another one is asked back too."""
    if meaning.value is not None:
        sure: Outcome = "right" if meaning.value == right else "wrong"
        return sure if meaning.certainty == "sure" else "asked back"
    if meaning.certainty == "none" or (meaning.intent == NO_INTENT and not meaning.danger):
        return "not understood"
    acted_upon = meaning.intent in ENDS_OR_MOVES or expecting.kind == "intent"
    return "wrong" if meaning.certainty == "sure" and acted_upon else "asked back"


def table(title: str, heard: list[Heard]) -> Counter[str]:
    """Count and print; what is not right is named. "right value" counts what was asked back too."""
    counts: Counter[str] = Counter(one.outcome for one in heard)
    counts["right value"] = sum(one.close for one in heard)
    print(f"\n{title} ({len(heard)}): " + ", ".join(f"{what} {count}" for what, count in counts.items()))
    for one in heard:
        if one.outcome != "right":
            got = one.meaning.value or one.meaning.danger or one.meaning.intent
            told = one.transcript
            print(f"  {one.outcome:15} {one.name:24} {told.text!r:.60} {told.confidence:.2f} {got}")
    return counts


def test_months_are_understood(running: Rehearsal) -> None:
    heard = [listen(running, name, human(name), Expecting("month"), month) for name, month in MONTHS.items()]
    counts = table("months", heard)
    assert counts["right value"] >= 2
    assert counts["wrong"] == 0


def test_numbers_are_understood_or_asked_back(running: Rehearsal) -> None:
    heard = [listen(running, name, human(name), Expecting("number"), n) for name, n in NUMBERS.items()]
    counts = table("numbers", heard)
    assert counts["asked back"] + counts["right"] >= 3
    assert counts["wrong"] == 0


def test_ages_are_understood_or_asked_back(running: Rehearsal) -> None:
    heard = [listen(running, name, human(name), Expecting("age"), n) for name, n in AGES.items()]
    counts = table("ages", heard)
    assert counts["asked back"] + counts["right"] >= 3
    assert counts["wrong"] == 0


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("postal_code", ["75018", "13002", "69100", "59000", "31400", "93200", "06300", "44000"]),
        ("phone", ["0612345678", "0698765432", "0145678901", "0733221100"]),
    ],
)
def test_digits_one_by_one_are_understood_or_asked_back(
    running: Rehearsal, kind: str, codes: list[str]
) -> None:
    said = {code: sequence(f"digits/{digit}" for digit in code) for code in codes}
    heard = [listen(running, code, pcm, Expecting(kind), code) for code, pcm in said.items()]
    counts = table(kind, heard)
    assert counts["wrong"] == 0


@pytest.mark.parametrize(("kind", "most_wrong"), [("yes_no", 5), ("age", 0)])
def test_letters_are_hardly_ever_taken_for_an_answer(running: Rehearsal, kind: str, most_wrong: int) -> None:
    heard = [listen(running, name, human(name), Expecting(kind), None) for name in LETTERS]
    counts = table(f"letters at {kind}", heard)
    assert counts["wrong"] <= most_wrong


def test_phrases_about_something_else_start_no_procedure(running: Rehearsal) -> None:
    names = [path.stem for path in sorted(SOUNDS.glob("*.gsm"))][::4]
    heard = [listen(running, name, human(name), Expecting("intent"), None) for name in names]
    counts = table("phrases about something else", heard)
    assert len(names) > 40
    assert counts["wrong"] <= 4


async def test_a_human_age_heard_wrong_is_never_kept_and_can_be_typed(
    running: Rehearsal, caller: CallerVoice, tmp_path: Path
) -> None:
    wav = tmp_path / "thirty.wav"
    write_wav(wav, human("digits/30"), 8000)
    answers = story("rsa")["answers"]
    begun = {question: answers[question] for question in ("accueil.question", "rsa.besoin")}
    told = spoken({**begun, "common.value_age": ["non"]})
    turns = Answers({**told.by_question, "rsa.age": [PlayWav(wav), Press("30#")]})
    report = await call(running, caller, turns, from_number="+33639980201")
    assert prompts(report)[-1] == "rsa.france"
    assert "" not in [line["heard"] for line in report.lines if line["prompt"] == "common.value_age"]
    assert (await session_of(running, report.call_sid)).slots["age"] == 30
