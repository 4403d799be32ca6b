"""Replies as JSON instructions that the page carries out, as Twilio carries out TwiML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from voicebot.channels.voice.call_control import (
    AskKeys,
    CallReply,
    ConnectStream,
    Dial,
    Enqueue,
    SpeakAndHangUp,
)
from voicebot.channels.voice.twiml import Addresses
from voicebot.sound import Speech


def render(reply: CallReply, stream: str, token: Callable[[Speech], str]) -> Mapping[str, Any]:
    """What the page must do; `stream` is the address of the call's audio socket, `token` names what is said.

    A web page cannot be connected to a mediator: instead of that, the words said before explain it, and the
    call ends.
    """
    here = Addresses("", token)  # within the page's own site
    match reply:
        case ConnectStream(parameters=parameters):
            return {"do": "stream", "address": stream, "parameters": dict(parameters)}
        case AskKeys():
            return {
                "do": "keys",
                "turn": reply.turn,
                "sounds": [here.audio(sound) for sound in reply.sounds],
                "most": reply.max_digits,
                "finish": reply.finish_on_key,
                "timeout_s": reply.timeout_s,
            }
        case SpeakAndHangUp() | Enqueue() | Dial():
            return {"do": "hang_up", "sounds": [here.audio(sound) for sound in reply.sounds]}
        case _:
            return {"do": "hang_up", "sounds": []}
