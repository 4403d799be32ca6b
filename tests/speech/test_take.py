"""Takes of real speech, good and bad: what is cut, and what is said to be wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import soundfile  # type: ignore[import-untyped]

from tests.conftest import VAR
from voicebot.prompts.measures import spoken_s
from voicebot.speech.audio import RECOGNIZER_HZ, TELEPHONE_HZ, Pcm, level, resample
from voicebot.speech.take import LONGEST_S, Fault, Take, listen
from voicebot.speech.tts.pico import Pico
from voicebot.speech.tts.synthesizer import SPEECH_DBFS, for_telephone

TEXTS = (
    "oui",
    "Pour",
    "tapez 1.",
    "le RSA",
    "Quel âge avez-vous ?",
    "Bonjour. Je suis un assistant automatique, et je vous aide pour vos papiers et vos droits.",
)
HUMAN = VAR / "test/armelle/usr/share/asterisk/sounds/fr"
PICO = Pico()
Sound = np.ndarray[Any, np.dtype[np.float64]]


@cache
def read_aloud(text: str, before_s: float = 0.8, after_s: float = 0.8) -> Pcm:
    """Somebody reads `text`, with the silence before and after that everybody leaves; 16 kHz."""
    speech = PICO.speak(text, "normal")
    around = [np.zeros(int(seconds * TELEPHONE_HZ), np.int16) for seconds in (before_s, after_s)]
    return resample(np.concatenate([around[0], speech, around[1]]), TELEPHONE_HZ, RECOGNIZER_HZ)


def in_room(pcm: Pcm, noise_dbfs: float = -65.0, gain_db: float = 0.0) -> Pcm:
    """The same louder by `gain_db`, in a room with this noise, as a microphone of 16 bits takes it."""
    noise = np.random.default_rng(7).normal(0, 32768 * 10 ** (noise_dbfs / 20), len(pcm))
    return _16_bits(pcm * 10 ** (gain_db / 20) + noise)


def _16_bits(sound: Sound) -> Pcm:
    return np.clip(np.rint(sound), -32768, 32767).astype(np.int16)


def taken(text: str, pcm: Pcm) -> Take:
    return listen(pcm, RECOGNIZER_HZ, spoken_s(text))


@pytest.mark.parametrize("text", TEXTS)
def test_a_good_take_is_cut_to_its_words(text: str) -> None:
    take = taken(text, in_room(read_aloud(text)))
    assert take.fault is None
    spoken = len(PICO.speak(text, "normal")) / TELEPHONE_HZ
    assert take.seconds == pytest.approx(spoken + 0.25, abs=0.35)
    assert take.seconds < len(read_aloud(text)) / RECOGNIZER_HZ - 0.8


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(
    ("room", "fault"),
    [
        (lambda pcm: in_room(pcm, gain_db=22), "loud"),
        (lambda pcm: in_room(pcm, noise_dbfs=-90, gain_db=-30), "quiet"),
        (lambda pcm: in_room(pcm, noise_dbfs=-35), "noisy"),
        (lambda pcm: in_room(pcm[:0]), "silent"),
        (lambda pcm: in_room(np.zeros_like(pcm)), "silent"),
        (lambda pcm: in_room(np.zeros_like(pcm), noise_dbfs=-30), "noisy"),
    ],
)
def test_what_is_wrong_is_found_in_every_text(text: str, room: Callable[[Pcm], Pcm], fault: Fault) -> None:
    assert taken(text, room(read_aloud(text))).fault == fault


def test_words_that_are_cut_off_are_noticed() -> None:
    text = TEXTS[-1]
    assert taken(text, in_room(read_aloud(text, before_s=0.0)[1600:])).fault == "cut"
    assert taken(text, in_room(read_aloud(text, after_s=0.0)[:-4800])).fault == "cut"


def test_half_a_sentence_and_two_of_them_are_noticed() -> None:
    text = "Avez-vous travaillé deux ans, ces trois dernières années ?"
    assert taken(text, in_room(read_aloud("Avez-vous"))).fault == "short"
    assert taken("oui", in_room(read_aloud(TEXTS[-1]))).fault == "long"


def test_a_take_is_never_longer_than_its_limit() -> None:
    sound = np.tile(in_room(read_aloud(TEXTS[-1])), 8)
    take = taken(TEXTS[-1], sound)
    assert take.fault == "long"
    assert take.seconds <= LONGEST_S


@pytest.mark.parametrize("rate_hz", [8000, 22_050, 44_100, 48_000])
def test_the_rate_of_the_microphone_does_not_matter(rate_hz: int) -> None:
    text = "Quel âge avez-vous ?"
    take = listen(resample(in_room(read_aloud(text)), RECOGNIZER_HZ, rate_hz), rate_hz, spoken_s(text))
    assert take.fault is None
    assert take.seconds == pytest.approx(taken(text, in_room(read_aloud(text))).seconds, abs=0.1)


def test_hum_and_thumps_are_taken_out() -> None:
    text = "Quel âge avez-vous ?"
    clean = in_room(read_aloud(text))
    hum = 3000 * np.sin(2 * np.pi * 40 * np.arange(len(clean)) / RECOGNIZER_HZ)
    take = taken(text, _16_bits(clean + hum))
    assert take.fault is None
    assert take.noise_dbfs < -55
    assert abs(int(take.pcm[:80].astype(np.int64).mean())) < 10


def test_takes_of_any_loudness_are_heard_equally_loud() -> None:
    text = TEXTS[-1]
    for gain_db in (-20, -10, 0, 6):
        take = taken(text, in_room(read_aloud(text), noise_dbfs=-80, gain_db=gain_db))
        assert take.fault is None
        heard = for_telephone(take.pcm, RECOGNIZER_HZ, "a take")
        voice = for_telephone(PICO.speak(text, "normal"), TELEPHONE_HZ, "Pico")
        assert level(heard) == pytest.approx(level(voice), abs=1.0)
        assert level(heard) == pytest.approx(SPEECH_DBFS, abs=3.0)


def test_a_human_voice_is_taken_at_once() -> None:
    """Every third recording of Debian's French voice that lasts a second or more, in an ordinary room."""
    refused, count = [], 0
    for path in sorted(HUMAN.rglob("*.gsm"))[::3]:
        pcm, rate_hz = soundfile.read(path, dtype="int16")
        seconds = len(pcm) / rate_hz
        if not 1.0 <= seconds <= 20.0:
            continue
        count += 1
        around = np.zeros(rate_hz // 2, np.int16)
        take = listen(in_room(np.concatenate([around, pcm, around]), noise_dbfs=-60), rate_hz, seconds)
        if take.fault:
            refused.append((path.name, take.fault))
    assert count > 40
    assert len(refused) <= count * 0.03, refused
