"""Where the sound of a sentence comes from, with real speech."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from voicebot.dialogue.session import Pace
from voicebot.errors import AudioError
from voicebot.sound import Pause, Speech
from voicebot.speech.audio import TELEPHONE_HZ, Pcm, level
from voicebot.speech.recordings import RATE_HZ, Recordings
from voicebot.speech.tts.pico import Pico
from voicebot.speech.tts.synthesizer import SPEECH_DBFS
from voicebot.speech.voice import Voice

WORDS = "Bonjour, je vous écoute."
KEY = "accueil.bonjour.ask"
#: A sentence around an answer, in the pieces that `voicebot.prompts` makes of it.
UNDERSTOOD = Speech(
    "J'ai compris : 61. C'est bien ça ?",
    None,
    (
        Speech("J'ai compris :", "x-1"),
        Pause(0.25),
        Speech("61"),
        Pause(0.35),
        Speech("C'est bien ça ?", "x-2"),
    ),
)


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
def recordings(tmp_path: Path) -> Recordings:
    return Recordings(tmp_path / "recorded")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def record(recordings: Recordings, text: str = WORDS, hertz: float = 300) -> Pcm:
    """Someone says a sentence, softly."""
    sound = tone(hertz)
    recordings.keep(text, [KEY], sound, 0.0)
    return sound


def tone(hertz: float, seconds: float = 1.0) -> Pcm:
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return (1000 * np.sin(2 * np.pi * hertz * time)).astype(np.int16)


def voice(recordings: Recordings, cache: Path, *now: Pupil, ahead: tuple[str, ...] = ("best",)) -> Voice:
    return Voice(recordings, cache, ahead, now)


def test_a_recording_of_these_words_comes_first_and_is_as_loud_as_all(
    recordings: Recordings, cache: Path
) -> None:
    record(recordings)
    pupil = Pupil()
    assistant = voice(recordings, cache, pupil)
    pcm = assistant.audio(Speech(WORDS, KEY))
    assert assistant.origin(Speech(WORDS, KEY)) == "recording"
    assert pupil.said == []
    assert len(pcm) == pytest.approx(8000, abs=100)
    assert level(pcm) == pytest.approx(SPEECH_DBFS, abs=0.5)
    assert assistant.audio(Speech(WORDS, KEY)) is pcm


def test_a_recording_of_older_words_is_not_used(recordings: Recordings, cache: Path) -> None:
    record(recordings, "Bonjour, on vous écoute.")
    assistant = voice(recordings, cache, Pupil())
    assert assistant.origin(Speech(WORDS, KEY)) == "now"
    assert len(assistant.audio(Speech(WORDS, KEY))) > 8000


def test_a_damaged_recording_is_passed_over(recordings: Recordings, cache: Path) -> None:
    record(recordings)
    (recorded,) = recordings.folder.glob("*.wav")
    recorded.write_bytes(b"RIFF")
    assert voice(recordings, cache, Pupil()).origin(Speech(WORDS, KEY)) == "now"


def test_a_new_recording_is_heard_at_once_in_every_process(recordings: Recordings, cache: Path) -> None:
    services = [voice(Recordings(recordings.folder), cache, Pupil()) for _ in range(2)]
    synthetic = [one.audio(Speech(WORDS, KEY)) for one in services]
    for hertz in (300, 500):
        record(recordings, hertz=hertz)
        for one in services:
            heard = one.audio(Speech(WORDS, KEY))
            spectrum = np.abs(np.fft.rfft(heard))
            loudest = int(np.argmax(spectrum)) * TELEPHONE_HZ / len(heard)
            assert loudest == pytest.approx(hertz, abs=2)
    recordings.remove(WORDS)
    for one, before in zip(services, synthetic, strict=True):
        assert np.array_equal(one.audio(Speech(WORDS, KEY)), before)


def test_an_answer_is_spoken_between_recorded_pieces(recordings: Recordings, cache: Path) -> None:
    pupil = Pupil()
    assistant = voice(recordings, cache, pupil)
    for text in ("J'ai compris :", "C'est bien ça ?"):
        record(recordings, text)
    heard = assistant.audio(UNDERSTOOD)
    assert pupil.said == [("soixante et un", "normal")]
    answer = pupil.pico.speak("soixante et un", "normal")
    assert len(heard) == pytest.approx(2 * TELEPHONE_HZ + 0.6 * TELEPHONE_HZ + len(answer), abs=500)
    loud = [level(part) for part in (heard[:8000], answer, heard[-8000:])]
    assert max(loud) - min(loud) < 5, "the answer has pauses, the tones have none"
    assistant.audio(UNDERSTOOD)
    assert len(pupil.said) == 2, "an answer is kept nowhere"
    assert assistant.origin(UNDERSTOOD) == "recording"


def test_while_a_piece_is_missing_the_whole_sentence_is_synthetic(
    recordings: Recordings, cache: Path
) -> None:
    record(recordings, "J'ai compris :")
    pupil = Pupil()
    voice(recordings, cache, pupil).audio(UNDERSTOOD)
    assert pupil.said == [("J'ai compris : soixante et un. C'est bien ça ?", "normal")]


def test_pieces_are_not_put_together_where_they_would_be_said_otherwise(
    recordings: Recordings, cache: Path
) -> None:
    record(recordings, "heures")
    hours = Speech("21 heures", None, (Speech("21"), Speech("heures", "x-2")))
    pupil = Pupil()
    voice(recordings, cache, pupil).audio(hours)
    assert pupil.said == [("vingt et une heures", "normal")]


def test_the_name_of_a_thing_between_pieces_can_be_recorded_too(recordings: Recordings, cache: Path) -> None:
    pupil = Pupil()
    for text in ("le RSA", "tapez 1."):
        record(recordings, text)
    option = (Speech("le RSA", "topics.rsa"), Pause(0.15), Speech("tapez 1.", "words.options.1-2"))
    voice(recordings, cache, pupil).audio(Speech("le RSA, tapez 1.", "topics.rsa.1", option))
    assert pupil.said == []


def test_who_asks_for_slow_speech_hears_a_synthesizer(recordings: Recordings, cache: Path) -> None:
    record(recordings)
    pupil = Pupil()
    voice(recordings, cache, pupil).audio(Speech(WORDS, KEY, pace="slow"))
    assert pupil.said == [(WORDS, "slow")]


def test_the_recording_is_there_when_nobody_can_speak_slowly(recordings: Recordings, cache: Path) -> None:
    record(recordings)
    assistant = voice(recordings, cache, Pupil(mute=True))
    assert assistant.audio(Speech(WORDS, KEY, pace="slow")) is assistant.audio(Speech(WORDS, KEY))


def test_what_was_rendered_ahead_needs_no_work_in_a_call(recordings: Recordings, cache: Path) -> None:
    best, quick = Pupil("best"), Pupil("quick")
    before = voice(recordings, cache, quick)
    assert list(before.render_ahead([Speech(WORDS), Speech("Oui.", "a"), Speech(WORDS)], best)) == [
        WORDS,
        "Oui.",
    ]
    assert sorted(best.said) == [
        (WORDS, "normal"),
        (WORDS, "slow"),
        ("Oui.", "normal"),
        ("Oui.", "slow"),
    ]
    later = voice(recordings, cache, quick)
    for pace in ("normal", "slow"):
        assert later.origin(Speech(WORDS, pace=pace)) == "ahead"
        assert len(later.audio(Speech(WORDS, pace=pace))) > 8000
    assert quick.said == []


def test_rendering_again_speaks_only_what_is_new(recordings: Recordings, cache: Path) -> None:
    best = Pupil("best")
    list(voice(recordings, cache).render_ahead([Speech(WORDS)], best))
    best.said.clear()
    list(voice(recordings, cache).render_ahead([Speech(WORDS), Speech("Non.")], best))
    assert sorted(best.said) == [("Non.", "normal"), ("Non.", "slow")]


def test_a_damaged_file_is_spoken_again(recordings: Recordings, cache: Path) -> None:
    best, quick = Pupil("best"), Pupil("quick")
    list(voice(recordings, cache).render_ahead([Speech(WORDS)], best))
    for path in cache.rglob("*.wav"):
        path.write_bytes(path.read_bytes()[:5000])
    voice(recordings, cache, quick).audio(Speech(WORDS))
    assert quick.said == [(WORDS, "normal")]
    best.said.clear()
    list(voice(recordings, cache).render_ahead([Speech(WORDS)], best))
    assert len(best.said) == 2
    assert voice(recordings, cache).origin(Speech(WORDS, pace="slow")) == "ahead"


def test_rendering_tells_when_the_synthesizer_cannot_speak(recordings: Recordings, cache: Path) -> None:
    with pytest.raises(AudioError, match="no voice today"):
        list(voice(recordings, cache).render_ahead([Speech(WORDS)], Pupil("best", mute=True)))


def test_the_next_voice_takes_over_from_one_that_fails(recordings: Recordings, cache: Path) -> None:
    first, second = Pupil("first", mute=True), Pupil("second")
    pcm = voice(recordings, cache, first, second).audio(Speech(WORDS, KEY))
    assert len(pcm) > 8000
    assert [len(first.said), len(second.said)] == [1, 1]


def test_when_no_voice_can_speak_the_caller_of_it_is_told_without_the_words(
    recordings: Recordings, cache: Path
) -> None:
    for now in ((), (Pupil(mute=True), Pupil(mute=True))):
        with pytest.raises(AudioError, match="no voice can speak") as failure:
            voice(recordings, cache, *now).audio(Speech(WORDS, KEY, pace="slow"))
        assert WORDS not in str(failure.value)


def test_the_same_prompt_is_spoken_once(recordings: Recordings, cache: Path) -> None:
    pupil = Pupil()
    assistant = voice(recordings, cache, pupil)
    first = assistant.audio(Speech(WORDS, KEY))
    assert assistant.audio(Speech(WORDS, KEY)) is first
    assert len(pupil.said) == 1


def test_words_with_an_answer_in_them_are_kept_nowhere(recordings: Recordings, cache: Path) -> None:
    pupil = Pupil()
    assistant = voice(recordings, cache, pupil)
    assistant.audio(Speech("Vous avez dit : 75018."))
    assistant.audio(Speech("Vous avez dit : 75018."))
    assert len(pupil.said) == 2
    assert not cache.exists()


def test_signs_are_turned_into_words_before_anyone_speaks(recordings: Recordings, cache: Path) -> None:
    pupil = Pupil()
    voice(recordings, cache, pupil).audio(Speech("Appelez le 3230."))
    assert pupil.said == [("Appelez le trente-deux trente.", "normal")]
