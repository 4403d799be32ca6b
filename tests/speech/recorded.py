"""Voice messages as telephones record them: real files, made with the encoders of PyAV."""

from __future__ import annotations

import io
from functools import cache

import av
import numpy as np

from voicebot.speech.audio import RECOGNIZER_HZ, Pcm
from voicebot.speech.tts.pico import Pico

#: Containers and the codec in each.
_CODECS = {"ogg": "libopus", "mp4": "aac", "mp3": "libmp3lame", "wav": "pcm_s16le"}


@cache
def as_sent(container: str, words: str = "j'ai perdu ma carte vitale") -> bytes:
    """`words` spoken, in a file of this kind."""
    return recorded(Pico().speak(words, "normal"), container)


def recorded(pcm: Pcm, container: str) -> bytes:
    """A file with this sound (16 kHz)."""
    written = io.BytesIO()
    with av.open(written, "w", format=container) as file:
        rate = 48_000 if container == "ogg" else RECOGNIZER_HZ
        stream = file.add_stream(_CODECS[container], rate=rate)
        stream.layout = "mono"
        resampler = av.AudioResampler(stream.format, "mono", rate, frame_size=stream.frame_size or 960)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm)[None], "s16", "mono")
        frame.sample_rate = RECOGNIZER_HZ
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return written.getvalue()
