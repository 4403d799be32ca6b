"""The media stream's messages: makes those that Twilio sends, checks those that the app sends.

Source: Twilio, "Media Streams - WebSocket Messages".
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, TypeAdapter

from voicebot.speech.audio import FRAME_MS


def _mulaw(payload: object) -> bytes:
    """Decode strictly: pydantic's own base64 type accepts stray characters."""
    if not isinstance(payload, str):
        raise ValueError(f"expected base64 text, got {type(payload).__name__}")
    return base64.b64decode(payload, validate=True)


class _Message(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    streamSid: str  # noqa: N815 - Twilio's name


class MediaPayload(BaseModel):
    """Base64 of headerless μ-law."""

    payload: Annotated[bytes, PlainValidator(_mulaw)]


class MarkName(BaseModel):
    """The label of a mark."""

    name: str


class OutMedia(_Message):
    """Sound to play."""

    event: Literal["media"]
    media: MediaPayload


class OutMark(_Message):
    """Asks to be told when everything before it has been played."""

    event: Literal["mark"]
    mark: MarkName


class OutClear(_Message):
    """Discards what has not been played."""

    event: Literal["clear"]


Outbound = Annotated[OutMedia | OutMark | OutClear, Field(discriminator="event")]
_outbound: TypeAdapter[OutMedia | OutMark | OutClear] = TypeAdapter(Outbound)


def parse(text: str | bytes) -> OutMedia | OutMark | OutClear:
    """Check a message from the app; raises `pydantic.ValidationError`, a `ValueError`."""
    return _outbound.validate_json(text)


class Inbound:
    """Makes Twilio's messages, numbered the way Twilio does: all numbers are strings."""

    def __init__(self, account_sid: str, call_sid: str, stream_sid: str) -> None:
        self.stream_sid = stream_sid
        self._call = {"accountSid": account_sid, "callSid": call_sid}
        self._sequence = 0
        self._chunk = 0

    def connected(self) -> str:
        """The first message, the only one without a stream."""
        return json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, parameters: Mapping[str, str]) -> str:
        """Announces the format and the `<Parameter>`s of the TwiML."""
        sound = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
        body = self._call | {"streamSid": self.stream_sid, "tracks": ["inbound"]}
        return self._numbered("start", body | {"mediaFormat": sound, "customParameters": dict(parameters)})

    def media(self, mulaw: bytes) -> str:
        """One frame of the caller's sound; `timestamp` is in milliseconds since the stream began."""
        timestamp = str(self._chunk * FRAME_MS)
        self._chunk += 1
        payload = base64.b64encode(mulaw).decode()
        return self._numbered(
            "media",
            {"track": "inbound", "chunk": str(self._chunk), "timestamp": timestamp, "payload": payload},
        )

    def dtmf(self, digit: str) -> str:
        """A key was pressed."""
        return self._numbered("dtmf", {"track": "inbound_track", "digit": digit})

    def mark(self, name: str) -> str:
        """Everything before the mark has been played or cleared."""
        return self._numbered("mark", {"name": name})

    def stop(self) -> str:
        """The call has ended."""
        return self._numbered("stop", self._call)

    def _numbered(self, event: str, body: Mapping[str, Any]) -> str:
        self._sequence += 1
        number = str(self._sequence)
        return json.dumps(
            {"event": event, "sequenceNumber": number, event: body, "streamSid": self.stream_sid}
        )
