"""Ears behind an OpenAI-compatible `/v1/audio/transcriptions`: speaches, vLLM, whisper.cpp and others.

https://platform.openai.com/docs/api-reference/audio/createTranscription
"""

from __future__ import annotations

from math import exp
from statistics import fmean
from typing import Final

import httpx
from pydantic import BaseModel, ValidationError

from voicebot.errors import RecognizerLost
from voicebot.speech.audio import RECOGNIZER_HZ, Pcm, wav_bytes
from voicebot.speech.stt.elsewhere import LIMIT_S, UNKNOWN_CONFIDENCE
from voicebot.speech.stt.recognizer import Expected, Transcript
from voicebot.speech.stt.whisper_text import prompt

_PATH: Final = "/audio/transcriptions"
#: Some servers know only the short answer, which has no figure.
_REFUSED: Final = frozenset({httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY})


class _Segment(BaseModel):
    avg_logprob: float | None = None
    no_speech_prob: float | None = None


class _Answer(BaseModel):
    text: str
    segments: list[_Segment] | None = None


class OpenAiEars:
    """`address` ends in /v1; `key` is sent as a bearer token if there is one. Safe from several threads."""

    def __init__(self, address: str, model: str, key: str = "", limit_s: float = LIMIT_S) -> None:
        self.name = f"openai:{httpx.URL(address).host}"
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(base_url=address.rstrip("/"), headers=headers, timeout=limit_s)
        self._model = model
        self._format = "verbose_json"

    def hear(self, sound: Pcm, expected: Expected) -> Transcript:
        """See `Ears`. The expected phrases go along as a prompt."""
        wav = wav_bytes(sound, RECOGNIZER_HZ)
        answer = self._post(wav, expected)
        if answer.status_code in _REFUSED and self._format != "json":
            self._format = "json"
            answer = self._post(wav, expected)
        if answer.is_error:
            raise RecognizerLost(f"expected a transcription, got HTTP status {answer.status_code}")
        try:
            return _transcript(_Answer.model_validate_json(answer.content))
        except ValidationError as error:  # its message would hold what was said
            raise RecognizerLost("expected a transcription as JSON, got something else") from error

    def _post(self, wav: bytes, expected: Expected) -> httpx.Response:
        told = {"model": self._model, "language": "fr", "temperature": "0", "response_format": self._format}
        if expected.phrases:
            told["prompt"] = prompt(expected.phrases)
        try:
            return self._client.post(_PATH, data=told, files={"file": ("answer.wav", wav, "audio/wav")})
        except httpx.HTTPError as error:
            raise RecognizerLost(f"expected a transcription, got {type(error).__name__}") from error


def _transcript(answer: _Answer) -> Transcript:
    """How sure it is as Whisper tells it: the mean probability of its tokens, less where nobody spoke."""
    text = answer.text.strip()
    sure = [
        min(1.0, exp(each.avg_logprob)) * (1.0 - (each.no_speech_prob or 0.0))
        for each in answer.segments or ()
        if each.avg_logprob is not None
    ]
    return Transcript(text, (fmean(sure) if sure else UNKNOWN_CONFIDENCE) if text else 0.0)
