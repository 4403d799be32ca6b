"""Telephone lines: the same sound through another mouth, room, microphone, codec and network every time.

Everything is drawn from the generator that is handed in, so that the same seed gives the same line. Sound is
float64 at 16 kHz between -1 and 1 until it leaves as PCM16 (16 kHz), as the recognizer hears it in a call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from voicebot.speech.audio import RECOGNIZER_HZ, TELEPHONE_HZ, Pcm
from voicebot.speech.stt.denoise import denoised
from voicebot.speech.stt.speech_gate import PADDING, loud_part

Floats = NDArray[np.float64]
Draw = np.random.Generator

FULL_SCALE: Final = 32768.0
_FRAME: Final = TELEPHONE_HZ // 50
#: How often the room is loud, and how often a line without speech has breath, coughs or knocks on it.
_LOUD_ROOM, _PUFFS = 0.5, 0.5


@dataclass(frozen=True)
class Likely:
    """How often each of these happens to a sound, 0 to 1."""

    other_voice: float = 0.8
    clipped: float = 0.15
    room: float = 0.4
    noise: float = 0.9
    lost_packets: float = 0.2
    denoised: float = 0.5
    cut_to_speech: float = 0.75


LIKELY: Final = Likely()


def by_telephone(sound: Floats, others: Sequence[Floats], draw: Draw, likely: Likely = LIKELY) -> Pcm:
    """`sound` as a call brings it; `others` are voices of people around, for babble."""
    if draw.random() < likely.other_voice:
        sound = other_voice(sound, draw)
    sound = between_silences(sound, draw, clipped=draw.random() < likely.clipped)
    if draw.random() < likely.room:
        sound = in_room(sound, draw)
    if draw.random() < likely.noise:
        sound = over(sound, background(len(sound), others, draw), noise_db(draw))
    line = narrow(at_level(sound, draw.uniform(-38, -12)), draw)
    line = _CODECS[draw.choice(len(_CODECS), p=_CODEC_SHARES)](line)
    if draw.random() < likely.lost_packets:
        line = lose_packets(line, draw.uniform(0.005, 0.05), draw)
    return _as_heard(line, draw, likely)


def noise_db(draw: Draw) -> float:
    """How far noise is under the voice: half of the time a loud room, 6 to 18 dB."""
    return float(draw.uniform(6, 18) if draw.random() < _LOUD_ROOM else draw.uniform(18, 38))


def nothing(seconds: float, others: Sequence[Floats], draw: Draw) -> Pcm:
    """A line on which nobody speaks: hiss, noise, music, people far away; often somebody coughs or knocks."""
    sound = background(int(seconds * RECOGNIZER_HZ), others, draw)
    if draw.random() < _PUFFS:
        sound = over(puffs(len(sound), draw), sound, draw.uniform(5, 40))
    line = narrow(at_level(sound, draw.uniform(-70, -25)), draw)
    return pcm(soxr.resample(_CODECS[0](line), TELEPHONE_HZ, RECOGNIZER_HZ))


def other_voice(sound: Floats, draw: Draw) -> Floats:
    """Pitch and tempo together, up to 13 % up or down."""
    return np.asarray(soxr.resample(sound, RECOGNIZER_HZ, RECOGNIZER_HZ * draw.uniform(0.87, 1.13), "LQ"))


def between_silences(sound: Floats, draw: Draw, clipped: bool) -> Floats:
    """With up to half a second on both sides, or with up to 60 ms of either edge lost."""
    if clipped:
        first, last = draw.integers(0, int(0.06 * RECOGNIZER_HZ), 2)
        return sound[first : max(first + 1, len(sound) - last)]
    before, after = draw.integers(0, RECOGNIZER_HZ // 2, 2)
    return np.pad(sound, (before, after))


def in_room(sound: Floats, draw: Draw) -> Floats:
    """A small room: an echo that fades by 60 dB within 0.1 to 0.5 s."""
    length = int(draw.uniform(0.1, 0.5) * RECOGNIZER_HZ)
    echo = draw.normal(0, 1, length) * 10 ** (-3 * np.arange(length) / length)
    echo *= draw.uniform(0.1, 0.6) / np.sqrt(np.sum(echo**2))
    echo[0] = 1.0
    size = _fast(len(sound) + length)
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(echo, size), size)[: len(sound)]


def over(sound: Floats, noise: Floats, snr_db: float) -> Floats:
    """`sound` with `noise` so far under it, both as powers over the whole."""
    power, under = float(np.mean(sound**2)), float(np.mean(noise**2))
    return sound + noise * float(np.sqrt(power / (under + 1e-12) / 10 ** (snr_db / 10)))


def background(samples: int, others: Sequence[Floats], draw: Draw) -> Floats:
    """Hiss, rumble, hum, music or people."""
    kind = draw.random()
    if kind < 0.2 and others:
        return babble(samples, others, draw)
    if kind < 0.3:
        return music(samples, draw)
    noise = coloured(samples, draw.choice([0.0, 0.0, 1.0, 2.0]), draw)
    if draw.random() < 0.15:
        noise += draw.uniform(0.3, 2) * np.sin(2 * np.pi * 50 * np.arange(samples) / RECOGNIZER_HZ)
    return noise


def coloured(samples: int, exponent: float, draw: Draw) -> Floats:
    """White (0), pink (1) or brown (2) noise of about unit power."""
    if not exponent:
        return draw.normal(0, 1, samples)
    spectrum = np.fft.rfft(draw.normal(0, 1, _fast(samples)))
    spectrum /= np.maximum(np.arange(len(spectrum)), 20) ** (exponent / 2)
    noise = np.fft.irfft(spectrum)[:samples]
    return noise / max(float(np.std(noise)), 1e-9)


def babble(samples: int, others: Sequence[Floats], draw: Draw) -> Floats:
    """A few of the other voices at once, each from anywhere."""
    mixed = np.zeros(samples)
    for place in draw.integers(0, len(others), draw.integers(2, 7)):
        voice = others[place]
        mixed += np.roll(np.resize(voice, samples), draw.integers(samples)) * draw.uniform(0.3, 1)
    return mixed + draw.normal(0, 1e-4, samples)


def music(samples: int, draw: Draw) -> Floats:
    """Chords of three tones with overtones, another one every half second."""
    at, beat = np.arange(samples) / RECOGNIZER_HZ, RECOGNIZER_HZ // 2
    tune = np.zeros(samples)
    for start in range(0, samples, beat):
        part = slice(start, start + beat)
        root = 110 * 2 ** (draw.integers(0, 24) / 12)
        for step in (0, draw.choice([3, 4]), 7):
            tone = root * 2 ** (step / 12)
            tune[part] += sum(np.sin(2 * np.pi * tone * over * at[part]) / over for over in (1, 2, 3))
    return tune


def puffs(samples: int, draw: Draw) -> Floats:
    """One to four short sounds of a mouth or a hand, from a click of 5 ms to a breath of 0.7 s.

    Each is noise through a wide resonance that rises and falls.
    """
    mixed = np.zeros(samples)
    for _ in range(draw.integers(1, 5)):
        length = min(samples, int(np.exp(draw.uniform(np.log(0.005), np.log(0.7))) * RECOGNIZER_HZ))
        size = _fast(length)
        hz = np.fft.rfftfreq(size, 1 / RECOGNIZER_HZ)
        middle, width = np.exp(draw.uniform(np.log(200), np.log(3000))), draw.uniform(0.3, 1.5)
        gains = np.exp(-((np.log(np.maximum(hz, 20) / middle) / width) ** 2))
        noise = np.fft.irfft(np.fft.rfft(draw.normal(0, 1, size)) * gains, size)[:length]
        at = np.linspace(0, 1, length)
        rise = draw.uniform(0.02, 0.6)
        noise *= np.minimum(at / rise, (1 - at) / (1 - rise)) ** draw.uniform(0.5, 3)
        start = draw.integers(0, samples - length + 1)
        mixed[start : start + length] += draw.uniform(0.2, 1) * noise / (np.std(noise) + 1e-9)
    return mixed


def at_level(sound: Floats, dbfs: float) -> Floats:
    """The same sound with its loud part (the upper half of its windows) at `dbfs`."""
    windows = sound[: len(sound) // 320 * 320].reshape(-1, 320)
    powers = np.sort(np.mean(windows**2, axis=1))[len(windows) // 2 :] if len(windows) else sound**2
    gain = 10 ** (dbfs / 20) / (float(np.sqrt(np.mean(powers))) + 1e-6)
    return np.clip(sound * gain, -1, 1)


def narrow(sound: Floats, draw: Draw) -> Floats:
    """16 kHz to 8 kHz through a telephone's band and a microphone that favours high or low."""
    line = soxr.resample(sound, RECOGNIZER_HZ, TELEPHONE_HZ, "MQ")
    size = _fast(len(line))
    hz = np.fft.rfftfreq(size, 1 / TELEPHONE_HZ)
    low, high = draw.uniform(100, 350), draw.uniform(3000, 3800)
    gains = 1 / (1 + (low / np.maximum(hz, 1)) ** 6) / (1 + (hz / high) ** 16)
    gains *= 10 ** (draw.uniform(-6, 6) / 20 * np.log2(np.maximum(hz, 100) / 1000))
    return np.clip(np.fft.irfft(np.fft.rfft(line, size) * gains, size)[: len(line)], -1, 1)


def lose_packets(line: Floats, share: float, draw: Draw) -> Floats:
    """Frames of 20 ms lost at the given rate, up to three in a row; the one before is heard again, softly."""
    line, frame = line.copy(), 1
    while (frame + 1) * _FRAME <= len(line):
        if draw.random() < share:
            for lost in range(frame, min(frame + int(draw.integers(1, 4)), len(line) // _FRAME)):
                before = line[(lost - 1) * _FRAME : lost * _FRAME]
                line[lost * _FRAME : (lost + 1) * _FRAME] = 0.5 * before
        frame += 1
    return line


def _coded(subtype: str) -> Callable[[Floats], Floats]:
    def through(line: Floats) -> Floats:
        file = BytesIO()
        soundfile.write(file, line, TELEPHONE_HZ, format="WAV", subtype=subtype)
        file.seek(0)
        return np.asarray(soundfile.read(file)[0][: len(line)])

    return through


_CODECS: Final = (_coded("ULAW"), _coded("ALAW"), _coded("GSM610"))
_CODEC_SHARES: Final = (0.45, 0.35, 0.2)


def _as_heard(line: Floats, draw: Draw, likely: Likely) -> Pcm:
    """As the recognizer hands it to Whisper: noise taken out, cut to what is loud; now and then neither."""
    heard = pcm(soxr.resample(line, TELEPHONE_HZ, RECOGNIZER_HZ))
    start, end = loud_part(heard)
    if draw.random() < likely.denoised:
        heard = denoised(heard)
    if draw.random() < likely.cut_to_speech:
        heard = heard[max(0, start - PADDING) : end + PADDING]
    return heard


def _fast(samples: int) -> int:
    """At least so many, and quick for Fourier."""
    return 1 << max(samples - 1, 1).bit_length()


def pcm(sound: Floats) -> Pcm:
    """Sound between -1 and 1 as PCM16."""
    return np.clip(np.rint(sound * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
