"""Sound: telephone μ-law, 16-bit samples, sampling rates, WAV files and levels.

The only place where sound is converted. Inside the program sound is `Pcm`: mono samples of 16 bits. The
telephone uses 8 kHz μ-law (ITU-T G.711) in frames of 20 ms; recognizers use 16 kHz.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soxr
from numpy.typing import NDArray

from voicebot.errors import AudioError

Pcm = NDArray[np.int16]
"""Mono samples, shape (n,), whose sampling rate depends on the context."""

TELEPHONE_HZ = 8000
RECOGNIZER_HZ = 16000
FRAME_MS = 20
FRAME_BYTES = TELEPHONE_HZ * FRAME_MS // 1000
"""Bytes in one frame of telephone audio: 160 of μ-law, one per sample."""
MAX_PAYLOAD_BYTES = TELEPHONE_HZ
"""Bytes. More than one second in one message cannot be a telephone; the rest is cut off."""
SILENT_DBFS = -96.0
"""The level of silence in dBFS: the smallest step of 16 bits."""
UPSAMPLER_DELAY = 480
"""Samples at 16 kHz (30 ms) that an `Upsampler` holds back, always the same number."""

_SLOWEST_HZ = 4000
_FASTEST_HZ = 384_000
_BIAS = 132
_CLIP = 32635


def _decode_table() -> Pcm:
    """The sample of each of the 256 μ-law codes."""
    code = ~np.arange(256, dtype=np.uint8)
    exponent = (code >> 4 & 7).astype(np.int32)
    magnitude = (((code & 15).astype(np.int32) << 3) + _BIAS << exponent) - _BIAS
    return np.where(code & 128, -magnitude, magnitude).astype(np.int16)


def _encode_table() -> NDArray[np.uint8]:
    """The μ-law code of each of the 65,536 samples, in the order of their unsigned bits."""
    sample = np.arange(65536).astype(np.uint16).view(np.int16).astype(np.int32)
    magnitude = np.minimum(np.abs(sample), _CLIP) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = magnitude >> (exponent + 3) & 15
    sign = np.where(sample < 0, 128, 0)
    code: NDArray[np.uint8] = (~(sign | exponent << 4 | mantissa) & 255).astype(np.uint8)
    return code


_DECODE = _decode_table()
_ENCODE = _encode_table()
SILENT_FRAME = bytes([int(_ENCODE[0])]) * FRAME_BYTES


def decode(mulaw: bytes) -> Pcm:
    """The samples of the μ-law bytes `mulaw`, one per byte, whatever its length."""
    return _DECODE[np.frombuffer(mulaw, dtype=np.uint8)]


def encode(pcm: Pcm) -> bytes:
    """The μ-law bytes of `pcm`, one per sample."""
    return _ENCODE[np.ascontiguousarray(pcm, dtype=np.int16).view(np.uint16)].tobytes()


def decode_payload(payload: bytes) -> tuple[Pcm, bool]:
    """The samples of one message from the telephone, and whether it was exactly one frame.

    Audio time must go on whatever comes: a short or empty payload is padded with silence to one frame, a long
    one is cut after one second. The caller counts those that were not exactly one frame.
    """
    kept = payload[:MAX_PAYLOAD_BYTES]
    return decode(kept + SILENT_FRAME[len(kept) :]), len(payload) == FRAME_BYTES


def frames(mulaw: bytes) -> Iterator[bytes]:
    """`mulaw` in frames of `FRAME_BYTES`; the last one is padded with silence."""
    for start in range(0, len(mulaw), FRAME_BYTES):
        frame = mulaw[start : start + FRAME_BYTES]
        yield frame + SILENT_FRAME[len(frame) :]


class Upsampler:
    """Telephone samples to recognizer samples, 8 to 16 kHz, chunk by chunk.

    Output comes `UPSAMPLER_DELAY` samples late and in the same size for each 20 ms frame. That is why
    soxr's variable-rate path is used, at a fixed rate: the ordinary one gives bursts of 60 to 110 ms at
    LQ to HQ, and QQ lets mirror images through (only 6 dB down at 3.4 kHz).
    """

    def __init__(self) -> None:
        self._stream = soxr.ResampleStream(TELEPHONE_HZ, RECOGNIZER_HZ, 1, dtype="int16", vr=True)

    def accept(self, pcm: Pcm) -> Pcm:
        """The 16 kHz samples that are ready after `pcm` (8 kHz); empty if there are none yet."""
        chunk = np.ascontiguousarray(pcm, dtype=np.int16)
        return np.asarray(self._stream.resample_chunk(chunk), dtype=np.int16)

    def finish(self) -> Pcm:
        """The samples still held back, at the end of the sound."""
        return np.asarray(self._stream.resample_chunk(np.zeros(0, np.int16), last=True), dtype=np.int16)


def resample(pcm: Pcm, from_hz: int, to_hz: int) -> Pcm:
    """A whole sound at another sampling rate, without aliasing."""
    if from_hz == to_hz or not len(pcm):
        return pcm
    return np.asarray(soxr.resample(pcm, from_hz, to_hz, quality="HQ"), dtype=np.int16)


def level(pcm: Pcm) -> float:
    """The root-mean-square level of `pcm` in dBFS: 0 is a full-scale square wave, `SILENT_DBFS` silence."""
    if not len(pcm):
        return SILENT_DBFS
    rms = float(np.sqrt(np.mean(np.square(pcm.astype(np.float64)))))
    return max(SILENT_DBFS, 20.0 * float(np.log10(rms / 32768.0))) if rms else SILENT_DBFS


def read_wav(path: Path) -> tuple[Pcm, int]:
    """The samples of a WAV file of 16 or 24 bits, several channels mixed into one, and its rate in Hz.

    Raises AudioError if it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return parse_wav(file, str(path))
    except OSError as error:
        what = f"{path}: expected a WAV file of 16-bit PCM, it cannot be read: {error.strerror}."
        raise AudioError(what) from error


def parse_wav(file: BinaryIO, name: str) -> tuple[Pcm, int]:
    """Like `read_wav`, from an open file called `name`."""
    try:
        with wave.open(file, "rb") as opened:
            width, channels, rate_hz = opened.getsampwidth(), opened.getnchannels(), opened.getframerate()
            data = opened.readframes(opened.getnframes())
    except (EOFError, RuntimeError, wave.Error) as error:  # a chunk is longer than the file
        reason = str(error) or "it ends too soon"
        what = f"{name}: expected a WAV file of 16-bit PCM, it cannot be read: {reason}."
        raise AudioError(what) from error
    if width not in (2, 3) or not _SLOWEST_HZ <= rate_hz <= _FASTEST_HZ:
        got = f"{8 * width} bits at {rate_hz} Hz"
        raise AudioError(f"{name}: expected 16-bit or 24-bit samples, got {got}; convert the file first.")
    whole = np.frombuffer(data[: len(data) - len(data) % (width * channels)], np.uint8)
    # The lowest 8 of 24 bits are finer than a telephone can reproduce.
    samples = np.ascontiguousarray(whole.reshape(-1, width)[:, -2:]).view("<i2").reshape(-1, channels)
    return samples.mean(axis=1).astype(np.int16), rate_hz


def write_wav(path: Path, pcm: Pcm, rate_hz: int) -> None:
    """Write `pcm` as a mono WAV file of 16 bits. Raises AudioError if it cannot be written."""
    _write(path, pcm.reshape(-1, 1), rate_hz)


def write_stereo_wav(path: Path, left: Pcm, right: Pcm, rate_hz: int) -> None:
    """Write two sounds side by side, the shorter one padded with silence. Raises AudioError."""
    both = np.zeros((max(len(left), len(right)), 2), np.int16)
    both[: len(left), 0] = left
    both[: len(right), 1] = right
    _write(path, both, rate_hz)


def wav_bytes(pcm: Pcm, rate_hz: int) -> bytes:
    """`pcm` as the bytes of a mono WAV file of 16 bits."""
    file = io.BytesIO()
    _write_to(file, pcm.reshape(-1, 1), rate_hz)
    return file.getvalue()


def _write(path: Path, samples: NDArray[np.int16], rate_hz: int) -> None:
    try:
        with path.open("wb") as raw:
            _write_to(raw, samples, rate_hz)
    except OSError as error:
        raise AudioError(f"{path}: the WAV file cannot be written: {error.strerror}.") from error


def _write_to(raw: BinaryIO, samples: NDArray[np.int16], rate_hz: int) -> None:
    with wave.open(raw, "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.astype("<i2").tobytes())
