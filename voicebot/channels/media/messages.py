"""Twilio's Media Streams messages: parses incoming ones, makes outgoing ones.

Source: Twilio, "Media Streams - WebSocket Messages". Nothing raises, whatever comes in: what is not
understood becomes a `Rejected`, which the caller counts. `FrameOrder` (`order`) puts the frames in order.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import AliasPath, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from voicebot.channels.media.order import FrameOrder

__all__ = [
    "Connected",
    "Dtmf",
    "FrameOrder",
    "Inbound",
    "Mark",
    "Media",
    "Rejected",
    "Start",
    "Stop",
    "Typed",
    "clear_message",
    "mark_message",
    "media_message",
    "parse",
]

#: Bytes. Twilio's own messages stay under 1 KB; a second of sound in one message is 11 KB.
LONGEST_MESSAGE: Final = 65_536

Reason = Literal["binary", "too_long", "not_json", "unknown_event", "wrong_shape"]


def _unbase64(text: object) -> bytes:
    """Strictly, unlike pydantic's own base64, which skips invalid characters."""
    if not isinstance(text, str):
        raise ValueError("expected base64 text")
    return base64.b64decode(text, validate=True)


Mulaw = Annotated[bytes, BeforeValidator(_unbase64)]
#: Counters arrive as strings.
Number = Annotated[int, Field(ge=0, le=10**12)]
StreamSid = Annotated[str, Field(pattern=r"^MZ[0-9a-fA-F]{32}$")]
CallSid = Annotated[str, Field(pattern=r"^CA[0-9a-fA-F]{32}$")]


class _Message(BaseModel):
    """Flat and frozen; `AliasPath` says where a field is in the nested message."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Connected(_Message):
    """The socket is open; the stream has not begun."""

    event: Literal["connected"]


class Start(_Message):
    """The stream begins. `custom_parameters` are the `<Parameter>`s of the TwiML.

    Only the single format of Media Streams is accepted: μ-law, 8000 Hz, one channel.
    """

    event: Literal["start"]
    stream_sid: StreamSid = Field(validation_alias="streamSid")
    call_sid: CallSid = Field(validation_alias=AliasPath("start", "callSid"))
    custom_parameters: dict[str, str] = Field({}, validation_alias=AliasPath("start", "customParameters"))
    encoding: Literal["audio/x-mulaw"] = Field(validation_alias=AliasPath("start", "mediaFormat", "encoding"))
    rate_hz: Literal[8000] = Field(validation_alias=AliasPath("start", "mediaFormat", "sampleRate"))
    channels: Literal[1] = Field(validation_alias=AliasPath("start", "mediaFormat", "channels"))


class Media(_Message):
    """Sound from the caller, normally 160 bytes. `chunk` counts from 1, `timestamp_ms` from the start."""

    event: Literal["media"]
    track: Literal["inbound"] = Field(validation_alias=AliasPath("media", "track"))
    chunk: Number = Field(validation_alias=AliasPath("media", "chunk"))
    timestamp_ms: Number = Field(validation_alias=AliasPath("media", "timestamp"))
    mulaw: Mulaw = Field(validation_alias=AliasPath("media", "payload"))


class Dtmf(_Message):
    """A key was pressed."""

    event: Literal["dtmf"]
    digit: Annotated[str, Field(pattern=r"^[0-9*#]$")] = Field(validation_alias=AliasPath("dtmf", "digit"))


class Mark(_Message):
    """Everything sent before the mark `name` has been played, or was cleared."""

    event: Literal["mark"]
    name: Annotated[str, Field(max_length=256)] = Field(validation_alias=AliasPath("mark", "name"))


class Stop(_Message):
    """The stream is over: the call ended or left it."""

    event: Literal["stop"]


@dataclass(frozen=True)
class Typed:
    """What the person wrote instead of speaking. No telephone sends it: see `voicebot/webphone`."""

    text: str


Inbound = Connected | Start | Media | Dtmf | Mark | Stop
_inbound: TypeAdapter[Inbound] = TypeAdapter(Annotated[Inbound, Field(discriminator="event")])

_REASONS: Final[Mapping[str, Reason]] = {
    "json_invalid": "not_json",
    "string_unicode": "not_json",
    "union_tag_invalid": "unknown_event",
    "union_tag_not_found": "unknown_event",
}


@dataclass(frozen=True)
class Rejected:
    """An invalid message; `reason` is suitable for counting and contains nothing of the message."""

    reason: Reason


def parse(message: str | bytes) -> Inbound | Rejected:
    """The meaning of one message of the socket. Never raises."""
    if isinstance(message, bytes):
        return Rejected("binary")
    if len(message) > LONGEST_MESSAGE:
        return Rejected("too_long")
    try:
        return _inbound.validate_json(message)
    except ValidationError as error:
        return Rejected(_REASONS.get(error.errors(include_input=False)[0]["type"], "wrong_shape"))


def media_message(stream_sid: str, mulaw: bytes) -> str:
    """Sound to play: μ-law bytes of any length, without a header."""
    return _message("media", stream_sid, {"payload": base64.b64encode(mulaw).decode("ascii")})


def mark_message(stream_sid: str, name: str) -> str:
    """Asks Twilio to send `name` back once everything before it has been played or cleared."""
    return _message("mark", stream_sid, {"name": name})


def clear_message(stream_sid: str) -> str:
    """Discards what was sent and has not been played yet."""
    return json.dumps({"event": "clear", "streamSid": stream_sid})


def _message(event: str, stream_sid: str, body: Mapping[str, str]) -> str:
    return json.dumps({"event": event, "streamSid": stream_sid, event: body})
