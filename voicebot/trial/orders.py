"""Replies of the desk as JSON that the page carries out, as Twilio carries out TwiML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from voicebot.channels.twiml import Addresses
from voicebot.channels.voice_desk import (
    AskKeys,
    Audio,
    Dial,
    Enqueue,
    Reply,
    Silence,
    Sound,
    SpeakAndHangUp,
    Stream,
)

#: Addresses within the page's own site.
_HERE: Final = Addresses("")


def render(reply: Reply, stream: str) -> Mapping[str, Any]:
    """What the page is to do; `stream` is the address of the call's audio socket.

    Nobody can be connected from a web page: who would be, is told so by what is said before, and hangs up.
    """
    match reply:
        case Stream(parameters=parameters):
            return {"do": "stream", "address": stream, "parameters": dict(parameters)}
        case AskKeys():
            return {
                "do": "keys",
                "turn": reply.turn,
                "sounds": _addresses(reply.sounds),
                "most": reply.max_digits,
                "finish": reply.finish_on_key,
                "timeout_s": reply.timeout_s,
            }
        case SpeakAndHangUp() | Enqueue() | Dial():
            return {"do": "hang_up", "sounds": _addresses(reply.sounds)}
        case _:
            return {"do": "hang_up", "sounds": []}


def _addresses(sounds: Iterable[Sound]) -> list[str]:
    addresses = []
    for sound in sounds:
        match sound:
            case Audio(token):
                addresses.append(_HERE.audio(token))
            case Silence(seconds):
                addresses.append(_HERE.silence(seconds))
    return addresses
