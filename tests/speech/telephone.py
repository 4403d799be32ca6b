"""Sound as a recognizer hears it: French spoken by Pico or made noises, through μ-law, at 16 kHz."""

from __future__ import annotations

from functools import cache

import numpy as np

from voicebot.speech import audio
from voicebot.speech.audio import TELEPHONE_HZ, Pcm, Upsampler
from voicebot.speech.telephone_line import band
from voicebot.speech.tts.pico import Pico

PICO = Pico()


@cache
def said(text: str) -> Pcm:
    """`text` on a quiet line, with silence around it."""
    return heard(band(PICO.speak(text, "normal")))


def heard(pcm: Pcm) -> Pcm:
    """What comes out of a quiet line at 16 kHz when `pcm` (8 kHz) goes in."""
    sound = np.concatenate((interrupt(0.3), pcm, interrupt(0.6)))
    upsampler = Upsampler()
    wide = upsampler.accept(audio.decode(audio.encode(sound)))
    return np.concatenate((wide, upsampler.finish()))


def interrupt(seconds: float) -> Pcm:
    """A quiet line, which is never digital zero."""
    return np.random.default_rng(1).normal(0, 12, int(seconds * TELEPHONE_HZ)).astype(np.int16)


def chunks(pcm: Pcm, size: int = 1600) -> list[Pcm]:
    return [pcm[start : start + size] for start in range(0, len(pcm), size)]
