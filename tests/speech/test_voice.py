"""Where the sound of a sentence comes from, with real speech."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from voicebot.dialogue.session import Pace
from voicebot.errors import AudioError
from voicebot.speech.audio import Pcm, level, write_wav
from voicebot.speech.tts.pico import Pico
from voicebot.speech.tts.synthesizer import SPEECH_DBFS
from voicebot.speech.voice import Voice, fingerprint

WORDS = "Bonjour, je vous écoute."
KEY = "accueil.bonjour.ask"


@dataclass(frozen=True)
class Text:
    text: str
    key: str | None = None


@dataclass
class Pupil:
    """Pico under another name, which counts its work and can lose its voice."""

    name: str = "pupil"
    mute: bool = False
    said: list[tuple[str, Pace]] = field(default_factory=list)
    pico: Pico = field(default_factory=Pico)

    def speak(self, text: str, pace: Pace) -> Pcm:
        self.said.append((text, pace))
        if self.mute:
            raise AudioError("no voice today")
        return self.pico.speak(text, pace)


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    folder = tmp_path / "recorded"
    folder.mkdir()
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def record(recordings: Path, text: str = WORDS) -> Pcm:
    """Someone says a sentence, softly, at 16 kHz."""
    time = np.arange(16000) / 16000
    sound = (1000 * np.sin(2 * np.pi * 300 * time)).astype(np.int16)
    write_wav(recordings / f"{KEY}.wav", sound, 16000)
    note = {"text_sha256": fingerprint(text)}
    (recordings / f"{KEY}.json").write_text(json.dumps(note), encoding="utf-8")
    return sound


def voice(recordings: Path, cache: Path, *now: Pupil, ahead: tuple[str, ...] = ("best",)) -> Voice:
    return Voice(recordings, cache, ahead, now)


def test_a_recording_of_these_words_comes_first_and_is_as_loud_as_all(recordings: Path, cache: Path) -> None:
    record(recordings)
    pupil = Pupil()
    assistant = voice(recordings, cache, pupil)
    pcm = assistant.audio(WORDS, KEY, "normal")
    assert assistant.origin(WORDS, KEY, "normal") == "recording"
    assert pupil.said == []
    assert len(pcm) == pytest.approx(8000, abs=100)
    assert level(pcm) == pytest.approx(SPEECH_DBFS, abs=0.5)
    assert assistant.audio(WORDS, KEY, "normal") is pcm


def test_a_recording_of_older_words_is_not_used(recordings: Path, cache: Path) -> None:
    record(recordings, "Bonjour, on vous écoute.")
    assistant = voice(recordings, cache, Pupil())
    assert assistant.origin(WORDS, KEY, "normal") == "now"
    assert len(assistant.audio(WORDS, KEY, "normal")) > 8000


@pytest.mark.parametrize("note", ["", "[]", '{"text_sha256": 5}'])
def test_a_recording_whose_note_is_no_good_is_not_used(recordings: Path, cache: Path, note: str) -> None:
    record(recordings)
    (recordings / f"{KEY}.json").write_text(note, encoding="utf-8")
    assert voice(recordings, cache, Pupil()).origin(WORDS, KEY, "normal") == "now"


def test_a_damaged_recording_is_passed_over(recordings: Path, cache: Path) -> None:
    record(recordings)
    (recordings / f"{KEY}.wav").write_bytes(b"RIFF")
    assert voice(recordings, cache, Pupil()).origin(WORDS, KEY, "normal") == "now"


def test_who_asks_for_slow_speech_hears_a_synthesizer(recordings: Path, cache: Path) -> None:
    record(recordings)
    pupil = Pupil()
    voice(recordings, cache, pupil).audio(WORDS, KEY, "slow")
    assert pupil.said == [(WORDS, "slow")]


def test_the_recording_is_there_when_nobody_can_speak_slowly(recordings: Path, cache: Path) -> None:
    record(recordings)
    assistant = voice(recordings, cache, Pupil(mute=True))
    assert assistant.audio(WORDS, KEY, "slow") is assistant.audio(WORDS, KEY, "normal")


def test_what_was_rendered_ahead_needs_no_work_in_a_call(recordings: Path, cache: Path) -> None:
    best, quick = Pupil("best"), Pupil("quick")
    before = voice(recordings, cache, quick)
    assert list(before.render_ahead([Text(WORDS), Text("Oui.", "a"), Text(WORDS)], best)) == [WORDS, "Oui."]
    assert sorted(best.said) == [
        (WORDS, "normal"),
        (WORDS, "slow"),
        ("Oui.", "normal"),
        ("Oui.", "slow"),
    ]
    later = voice(recordings, cache, quick)
    for pace in ("normal", "slow"):
        assert later.origin(WORDS, None, pace) == "ahead"
        assert len(later.audio(WORDS, None, pace)) > 8000
    assert quick.said == []


def test_rendering_again_speaks_only_what_is_new(recordings: Path, cache: Path) -> None:
    best = Pupil("best")
    list(voice(recordings, cache).render_ahead([Text(WORDS)], best))
    best.said.clear()
    list(voice(recordings, cache).render_ahead([Text(WORDS), Text("Non.")], best))
    assert sorted(best.said) == [("Non.", "normal"), ("Non.", "slow")]


def test_a_damaged_file_is_spoken_again(recordings: Path, cache: Path) -> None:
    best, quick = Pupil("best"), Pupil("quick")
    list(voice(recordings, cache).render_ahead([Text(WORDS)], best))
    for path in cache.rglob("*.wav"):
        path.write_bytes(path.read_bytes()[:5000])
    voice(recordings, cache, quick).audio(WORDS, None, "normal")
    assert quick.said == [(WORDS, "normal")]
    best.said.clear()
    list(voice(recordings, cache).render_ahead([Text(WORDS)], best))
    assert len(best.said) == 2
    assert voice(recordings, cache).origin(WORDS, None, "slow") == "ahead"


def test_rendering_tells_when_the_synthesizer_cannot_speak(recordings: Path, cache: Path) -> None:
    with pytest.raises(AudioError, match="no voice today"):
        list(voice(recordings, cache).render_ahead([Text(WORDS)], Pupil("best", mute=True)))


def test_the_next_voice_takes_over_from_one_that_fails(recordings: Path, cache: Path) -> None:
    first, second = Pupil("first", mute=True), Pupil("second")
    pcm = voice(recordings, cache, first, second).audio(WORDS, KEY, "normal")
    assert len(pcm) > 8000
    assert [len(first.said), len(second.said)] == [1, 1]


def test_when_no_voice_can_speak_the_caller_of_it_is_told_without_the_words(
    recordings: Path, cache: Path
) -> None:
    for now in ((), (Pupil(mute=True), Pupil(mute=True))):
        with pytest.raises(AudioError, match="no voice can speak") as failure:
            voice(recordings, cache, *now).audio(WORDS, KEY, "slow")
        assert WORDS not in str(failure.value)


def test_the_same_prompt_is_spoken_once(recordings: Path, cache: Path) -> None:
    pupil = Pupil()
    assistant = voice(recordings, cache, pupil)
    first = assistant.audio(WORDS, KEY, "normal")
    assert assistant.audio(WORDS, KEY, "normal") is first
    assert len(pupil.said) == 1


def test_words_with_an_answer_in_them_are_kept_nowhere(recordings: Path, cache: Path) -> None:
    pupil = Pupil()
    assistant = voice(recordings, cache, pupil)
    assistant.audio("Vous avez dit : 75018.", None, "normal")
    assistant.audio("Vous avez dit : 75018.", None, "normal")
    assert len(pupil.said) == 2
    assert not cache.exists()


def test_signs_are_turned_into_words_before_anyone_speaks(recordings: Path, cache: Path) -> None:
    pupil = Pupil()
    voice(recordings, cache, pupil).audio("Appelez le 3230.", None, "normal")
    assert pupil.said == [("Appelez le trente-deux trente.", "normal")]
