"""The same telephone bot on Pipecat; `benchmarks.side_by_side` runs it in a separate environment.

    PEER_PYTHON -m benchmarks.pipecat_peer RECOGNIZER TURNS CORE    (whisper, scripted; timeout, smart)

It follows Pipecat's own examples for Twilio: its serializer and its FastAPI transport, Silero's voice
activity, its user turn strategies (`timeout` decides by silence, `smart` is its default, a small network),
and as the dialogue one sentence after the other. The recognizer and the voice are ours, wrapped as its
services.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncGenerator
from itertools import cycle
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Response, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import (
    Frame,
    StartFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.audio.vad_processor import VADProcessor
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.serializers.twilio import TwilioFrameSerializer
from pipecat.services.settings import STTSettings, TTSSettings
from pipecat.services.stt_service import SegmentedSTTService
from pipecat.services.tts_service import TTSService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.turns.user_stop.speech_timeout_user_turn_stop_strategy import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_processor import UserTurnProcessor
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.utils.time import time_now_iso8601
from pipecat.workers.runner import WorkerRunner

from benchmarks.scripted import Scripted
from voicebot.sound import Speech
from voicebot.speech import voices
from voicebot.speech.audio import TELEPHONE_HZ
from voicebot.speech.recordings import Recordings
from voicebot.speech.stt.recognizer import Expected, Recognizer

#: What the bot says: sentences as long as the prompts of the RSA.
SENTENCES = (
    "Bonjour, ici l'assistance téléphonique. Que puis-je faire pour vous ?",
    "Quel âge avez-vous ? Vous pouvez aussi taper votre âge.",
    "Habitez-vous en France toute l'année ? Répondez oui ou non.",
    "Avez-vous une pièce d'identité ? Répondez oui, non, ou je ne sais pas.",
    "Avez-vous un relevé d'identité bancaire ? Répondez oui ou non.",
)
#: Whisper hears at 16 kHz; without it, the pipeline stays at the telephone's 8 kHz, as in the examples.
_RATES = {"whisper": 16000, "scripted": 8000}


class RecognizerService(SegmentedSTTService):
    """Our recognizer as a service: it receives an utterance when voice activity has ended."""

    def __init__(self, recognizer: Recognizer) -> None:
        super().__init__(settings=STTSettings(model=recognizer.name, language=None), ttfs_p99_latency=0.0)
        self._recognizer = recognizer

    @property
    def wants_wav_segments(self) -> bool:
        """Plain samples will do."""
        return False

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        """One utterance, in a thread."""
        text = await asyncio.to_thread(self._hear, audio)
        if text:
            yield TranscriptionFrame(text, "caller", time_now_iso8601())

    def _hear(self, audio: bytes) -> str:
        import numpy as np

        stream = self._recognizer.start(Expected())
        stream.accept(np.frombuffer(audio, np.int16))
        return stream.finish().text


class RenderedVoice(TTSService):
    """Our voice as a service: every sentence was rendered before the first call."""

    def __init__(self, sounds: dict[str, bytes]) -> None:
        settings = TTSSettings(model="rendered", voice="rendered", language=None)
        super().__init__(
            sample_rate=TELEPHONE_HZ, push_start_frame=True, push_stop_frames=True, settings=settings
        )
        self._sounds = sounds

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        """The rendered sentence."""
        yield TTSAudioRawFrame(self._sounds[text.strip()], TELEPHONE_HZ, 1, context_id=context_id)


class Dialogue(FrameProcessor):
    """Says the first sentence at once, and the next one whenever the caller's turn is over."""

    def __init__(self) -> None:
        super().__init__()
        self._sentences = cycle(SENTENCES)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """See above."""
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)
        if isinstance(frame, StartFrame | UserStoppedSpeakingFrame):
            await self.push_frame(TTSSpeakFrame(next(self._sentences)))


def app_of(recognizer: Recognizer, turns: str, rate_hz: int, url: str) -> FastAPI:
    """The whole service."""
    var = Path("var")
    voice = voices.assistant(var, Recordings(var / "recordings"), "kokoro", "pico")
    sounds = {text: voice.audio(Speech(text)).tobytes() for text in SENTENCES}
    app = FastAPI()

    @app.post("/twilio/voice")
    async def answer() -> Response:
        stream = f'<Connect><Stream url="{url.replace("http", "ws")}/stream"/></Connect>'
        return Response(f"<Response>{stream}</Response>", media_type="text/xml")

    @app.post("/twilio/voice/status")
    async def ended() -> Response:
        return Response(status_code=204)

    @app.websocket("/stream")
    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        await socket.receive_text()
        start = json.loads(await socket.receive_text())["start"]
        await _converse(socket, start["streamSid"], recognizer, turns, rate_hz, sounds)

    return app


async def _converse(
    socket: WebSocket,
    stream_sid: str,
    recognizer: Recognizer,
    turns: str,
    rate_hz: int,
    sounds: dict[str, bytes],
) -> None:
    serializer = TwilioFrameSerializer(
        stream_sid=stream_sid, params=TwilioFrameSerializer.InputParams(auto_hang_up=False)
    )
    transport = FastAPIWebsocketTransport(
        websocket=socket,
        params=FastAPIWebsocketParams(audio_in_enabled=True, audio_out_enabled=True, serializer=serializer),
    )
    by_silence = UserTurnStrategies(stop=[SpeechTimeoutUserTurnStopStrategy()])
    strategies = by_silence if turns == "timeout" else UserTurnStrategies()
    pipeline = Pipeline(
        [
            transport.input(),
            VADProcessor(vad_analyzer=SileroVADAnalyzer()),
            RecognizerService(recognizer),
            UserTurnProcessor(user_turn_strategies=strategies),
            Dialogue(),
            RenderedVoice(sounds),
            transport.output(),
        ]
    )
    params = PipelineParams(audio_in_sample_rate=rate_hz, audio_out_sample_rate=TELEPHONE_HZ)
    worker = PipelineWorker(pipeline, params=params, enable_rtvi=False)

    @transport.event_handler("on_client_disconnected")
    async def gone(*_: object) -> None:
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


def main(recognizer: str, turns: str, core: str) -> None:
    """Serve until standard input is closed."""
    logger.remove()
    logger.add(sys.stderr, level="ERROR")
    os.sched_setaffinity(0, {int(core)})
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    app = app_of(_recognizer(recognizer), turns, _RATES[recognizer], url)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))

    async def serve() -> None:
        serving = asyncio.create_task(server.serve([listening]))
        print(json.dumps({"url": url, "auth_token": "x"}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        server.should_exit = True
        await serving

    asyncio.run(serve())
    print(json.dumps({}), flush=True)


def _recognizer(name: str) -> Recognizer:
    if name == "scripted":
        return Scripted()
    from voicebot.speech.stt.whisper import WhisperRecognizer

    return WhisperRecognizer(Path("var/models/whisper-base"))


if __name__ == "__main__":
    main(*sys.argv[1:])
