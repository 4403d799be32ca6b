"""Steady noise taken out of speech: a Wiener filter over short spectra, with numpy alone.

What is steady is learned from the quietest part of the utterance itself. Whisper then hears other words than
in the noise, rarely the same wrong ones: two hearings that agree can be trusted (decision 4).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voicebot.speech.audio import Pcm

Floats = NDArray[np.float64]

#: 32 ms windows every 8 ms, in samples at 16 kHz.
_WINDOW, _HOP = 512, 128
#: The quietest windows are noise alone; digital silence does not count.
_QUIETEST, _FEWEST, _SILENT = 0.15, 5, 1e-9
#: How much the estimate leans on the window before (Ephraim and Malah's decision-directed rule), and what is
#: left of the noise: less makes chirps that are heard as words.
_INERTIA, _FLOOR = 0.96, 0.1
_FULL_SCALE = 32768.0


def denoised(pcm: Pcm) -> Pcm:
    """The same number of samples (16 kHz) with the steady noise softened to a tenth."""
    if len(pcm) < _WINDOW or not pcm.any():
        return pcm
    window = np.hanning(_WINDOW)
    padded = np.pad(pcm.astype(np.float64), (_WINDOW, _WINDOW + _HOP))
    spectra = np.fft.rfft(np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP] * window, axis=1)
    power = np.abs(spectra) ** 2
    pieces = np.fft.irfft(spectra * _gains(power, _noise(power)), n=_WINDOW, axis=1) * window
    return _overlapped(pieces, window**2, len(pcm))


def _noise(power: Floats) -> Floats:
    """The mean spectrum of the quietest windows."""
    energy = power.sum(axis=1)
    heard = np.flatnonzero(energy > energy.max() * _SILENT)
    count = max(_FEWEST, int(_QUIETEST * len(heard)))
    quietest = heard[np.argsort(energy[heard])[:count]]
    return np.asarray(power[quietest].mean(axis=0) + _SILENT)


def _gains(power: Floats, noise: Floats) -> Floats:
    """How much of each frequency of each window is kept, 0.1 to 1."""
    gains = np.empty_like(power)
    before = np.zeros(power.shape[1])
    for place, ratio in enumerate(power / noise):
        speech = _INERTIA * before + (1 - _INERTIA) * np.maximum(ratio - 1, 0)
        gains[place] = np.maximum(speech / (1 + speech), _FLOOR)
        before = gains[place] ** 2 * ratio
    return gains


def _overlapped(pieces: Floats, weight: Floats, samples: int) -> Pcm:
    """The windows laid over one another again, without the padding."""
    length = (len(pieces) - 1) * _HOP + _WINDOW
    sound, weights = np.zeros(length), np.zeros(length)
    for place, piece in enumerate(pieces):
        at = place * _HOP
        sound[at : at + _WINDOW] += piece
        weights[at : at + _WINDOW] += weight
    kept = (sound / np.maximum(weights, 1e-3))[_WINDOW : _WINDOW + samples]
    return np.clip(np.rint(kept), -_FULL_SCALE, _FULL_SCALE - 1).astype(np.int16)
