"""A voice message as it was sent: whatever telephones record, decoded to the recognizer's sound."""

from __future__ import annotations

import io
from typing import Final

import numpy as np

from voicebot.errors import AudioError, PackageError
from voicebot.speech.audio import RECOGNIZER_HZ, Pcm

#: Content types and what reads them. Nothing is guessed: some readers would open other files by themselves.
FORMATS: Final = {
    "audio/3gpp": "mp4",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/mp4": "mp4",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
}
#: Seconds. What is said after that is not heard.
LONGEST_S: Final = 30.0


def decoded(data: bytes, content_type: str, longest_s: float = LONGEST_S) -> Pcm:
    """The sound at 16 kHz, one channel. Slow: call it in a thread.

    Raises AudioError if it is none that we read, PackageError without the extra `whisper`.
    """
    try:
        import av
    except ModuleNotFoundError as missing:
        raise PackageError("av", "whisper", "ask for words instead") from missing
    name = FORMATS.get(content_type)
    if name is None:
        raise AudioError(f"expected one of {', '.join(FORMATS)}, got another kind of sound")
    most, heard, pieces = int(longest_s * RECOGNIZER_HZ), 0, []
    try:
        with av.open(io.BytesIO(data), "r", format=name) as file:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RECOGNIZER_HZ)
            for frame in file.decode(audio=0):
                for part in resampler.resample(frame):
                    pieces.append(part.to_ndarray().reshape(-1))
                    heard += len(pieces[-1])
                if heard >= most:
                    break
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise AudioError(f"expected {content_type}, got what cannot be decoded") from error
    return np.concatenate(pieces)[:most].astype(np.int16) if pieces else np.zeros(0, np.int16)
