"""What all voices have in common: they speak French by telephone, equally loud, and slower when asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from voicebot.errors import AudioError
from voicebot.speech.audio import TELEPHONE_HZ, Pcm, level
from voicebot.speech.tts.synthesizer import SPEECH_DBFS, Synthesizer

SENTENCES = "Bonjour. Je peux vous aider pour vos démarches. Dites ce que vous cherchez, en quelques mots."
WINDOW = TELEPHONE_HZ // 100

every_voice = pytest.mark.parametrize(
    "voice", ["pico", "pyttsx3", pytest.param("kokoro", marks=pytest.mark.slow)], indirect=True
)


@pytest.fixture
def voice(request: pytest.FixtureRequest) -> Synthesizer:
    found: Synthesizer = request.getfixturevalue(request.param)
    return found


def seconds(pcm: Pcm) -> float:
    return len(pcm) / TELEPHONE_HZ


def levels(pcm: Pcm) -> list[float]:
    return [level(window) for window in pcm[: len(pcm) // WINDOW * WINDOW].reshape(-1, WINDOW)]


@every_voice
def test_it_speaks_for_as_long_as_a_person_would(voice: Synthesizer) -> None:
    pcm = voice.speak(SENTENCES, "normal")
    assert pcm.dtype == np.int16
    assert pcm.ndim == 1
    assert 4.5 < seconds(pcm) < 9.0


@every_voice
def test_slow_is_really_slower(voice: Synthesizer) -> None:
    normal, slow = voice.speak(SENTENCES, "normal"), voice.speak(SENTENCES, "slow")
    assert 1.2 <= seconds(slow) / seconds(normal) <= 1.8


@every_voice
def test_all_are_equally_loud_and_none_is_clipped(voice: Synthesizer) -> None:
    pcm = voice.speak("Bonjour, je vous écoute.", "normal")
    loud = [each for each in levels(pcm) if each > -45.0]
    power = np.mean([10 ** (each / 10) for each in loud])
    assert 10 * np.log10(power) == pytest.approx(SPEECH_DBFS, abs=1.0)
    assert np.mean(np.abs(pcm.astype(int)) >= 32767) < 0.001


@every_voice
def test_it_begins_and_ends_with_the_words(voice: Synthesizer) -> None:
    heard = levels(voice.speak("oui", "normal"))
    assert max(heard[:8]) > -50.0
    assert max(heard[-8:]) > -50.0


@every_voice
@pytest.mark.parametrize("text", ["", "  ", "…"])
def test_silence_is_not_passed_off_as_speech(voice: Synthesizer, text: str) -> None:
    with pytest.raises(AudioError):
        voice.speak(text, "normal")


@every_voice
def test_several_calls_may_speak_at_the_same_time(voice: Synthesizer) -> None:
    words = ("oui", "le numéro de la caf", "oui", "le numéro de la caf")
    with ThreadPoolExecutor(4) as pool:
        short, long, *again = pool.map(lambda text: seconds(voice.speak(text, "normal")), words)
    assert again == pytest.approx([short, long], abs=0.5)
    assert long > short + 0.5


@every_voice
def test_it_says_all_of_a_long_text(voice: Synthesizer) -> None:
    once = seconds(voice.speak("une ligne de texte", "normal"))
    text = "une ligne de texte " * 40
    assert seconds(voice.speak(text, "normal")) > 20 * once
