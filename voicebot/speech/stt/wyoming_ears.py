"""Ears that speak the Wyoming protocol, as Home Assistant's recognizers do.

https://github.com/OHF-Voice/wyoming
"""

from __future__ import annotations

import asyncio
from typing import Final

from wyoming.asr import Transcribe
from wyoming.asr import Transcript as Told
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient

from voicebot.errors import RecognizerLost
from voicebot.speech.audio import RECOGNIZER_HZ, Pcm
from voicebot.speech.stt.elsewhere import LIMIT_S, UNKNOWN_CONFIDENCE
from voicebot.speech.stt.recognizer import Expected, Transcript

_WIDTH, _CHANNELS = 2, 1
#: Samples a chunk, a fifth of a second.
_CHUNK: Final = RECOGNIZER_HZ // 5


class WyomingEars:
    """A server at `host` and `port`; `model` is empty for its own choice. One connection for each sound."""

    def __init__(self, host: str, port: int, model: str = "", limit_s: float = LIMIT_S) -> None:
        self.name = f"wyoming:{host}"
        self._host, self._port, self._model, self._limit_s = host, port, model, limit_s

    def hear(self, sound: Pcm, expected: Expected) -> Transcript:
        """See `Ears`. Called in a thread of its own, never on an event loop."""
        try:
            text = asyncio.run(asyncio.wait_for(self._ask(sound), self._limit_s))
        except (OSError, TimeoutError, ValueError, KeyError, TypeError) as error:
            raise RecognizerLost(f"expected a transcript, got {type(error).__name__}") from error
        return Transcript(text, UNKNOWN_CONFIDENCE if text else 0.0)

    async def _ask(self, sound: Pcm) -> str:
        data = sound.astype("<i2").tobytes()
        step = _CHUNK * _WIDTH
        async with AsyncTcpClient(self._host, self._port) as client:
            await client.write_event(Transcribe(name=self._model or None, language="fr").event())
            await client.write_event(AudioStart(RECOGNIZER_HZ, _WIDTH, _CHANNELS).event())
            for at in range(0, len(data), step):
                chunk = AudioChunk(RECOGNIZER_HZ, _WIDTH, _CHANNELS, data[at : at + step])
                await client.write_event(chunk.event())
            await client.write_event(AudioStop().event())
            while event := await client.read_event():
                if Told.is_type(event.type):
                    return Told.from_event(event).text.strip()
        raise ConnectionError("closed before it answered")
