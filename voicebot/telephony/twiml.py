"""TwiML documents: what Twilio should do next with a call or a text.

Pure functions over the Twilio library; each returns a whole document. All addresses are absolute or begin
with "/". The tests check them against the element and attribute types that Twilio publishes for TypeScript.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import (
    Connect,
    Dial,
    Enqueue,
    Gather,
    Leave,
    Queue,
    VoiceResponse,
)

LANGUAGE: Final = "fr-FR"
#: XML 1.0 does not allow these characters, even escaped: a single one makes Twilio reject the document.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Play:
    """Sound at an address."""

    url: str


@dataclass(frozen=True)
class Speak:
    """Text in Twilio's own voice, in case ours cannot be made."""

    text: str


Sound = Play | Speak


def connect_stream(
    url: str, parameters: Mapping[str, str], next_url: str, sounds: Iterable[Sound] = ()
) -> str:
    """Say `sounds`, then open the audio socket `url`; once we close it, continue at `next_url`."""
    response = _saying(sounds)
    connect = Connect()
    stream = connect.stream(url=url)
    for name, value in parameters.items():
        stream.parameter(name=_clean(name), value=_clean(value))
    response.append(connect)
    response.redirect(next_url, method="POST")
    return str(response)


def ask_keys(
    sounds: Iterable[Sound], action: str, max_digits: int | None, finish_on_key: str, timeout_s: float
) -> str:
    """Wait for keys while saying `sounds`; `action` is told the keys, or that there were none.

    `max_digits` None: any number. `finish_on_key` "": no key ends the entry, so # is a key like any other.
    `timeout_s` counts from the end of the sounds and between keys, rounded up to whole seconds.
    """
    gather = Gather(
        input="dtmf",
        action=action,
        method="POST",
        num_digits=max_digits,
        finish_on_key=finish_on_key,
        timeout=max(1, math.ceil(timeout_s)),
        action_on_empty_result=True,
        language=LANGUAGE,
    )
    _say(gather, sounds)
    response = VoiceResponse()
    response.append(gather)
    return str(response)


def hang_up(sounds: Iterable[Sound] = ()) -> str:
    """Say `sounds`, then end the call."""
    response = _saying(sounds)
    response.hangup()
    return str(response)


def pass_on(number: str, before: Iterable[Sound], after: Iterable[Sound], timeout_s: int = 30) -> str:
    """Say `before`, connect the caller to `number` (+33…), say `after` if nobody answers. Static."""
    response = _saying(before)
    dial = Dial(timeout=timeout_s)
    dial.number(number)
    response.append(dial)
    _say(response, after)
    return str(response)


def redirect(url: str, sounds: Iterable[Sound] = ()) -> str:
    """Say `sounds`, then continue at `url`."""
    response = _saying(sounds)
    response.redirect(url, method="POST")
    return str(response)


def reject(reason: Literal["rejected", "busy"]) -> str:
    """Do not answer the call; nobody pays for it."""
    response = VoiceResponse()
    response.reject(reason=reason)
    return str(response)


def enqueue(queue: str, action: str, wait_url: str | None = None, sounds: Iterable[Sound] = ()) -> str:
    """Say `sounds`, then wait in `queue` while hearing `wait_url` (None: Twilio's music).

    `action` is asked what to do when the caller leaves the queue, or after the talk if they were dequeued.
    """
    response = _saying(sounds)
    response.append(
        Enqueue(
            _clean(queue),
            action=action,
            method="POST",
            wait_url=wait_url,
            wait_url_method="POST" if wait_url else None,
        )
    )
    return str(response)


def hold(sounds: Iterable[Sound], keys_url: str, again_url: str) -> str:
    """What somebody in a queue hears: `sounds`, during which one key may be pressed, then `again_url`.

    Source: Twilio, "TwiML Voice: Enqueue": a waitUrl may Play, Gather, Redirect and Leave.
    """
    gather = Gather(input="dtmf", action=keys_url, method="POST", num_digits=1, timeout=1)
    _say(gather, sounds)
    response = VoiceResponse()
    response.append(gather)
    response.redirect(again_url, method="POST")
    return str(response)


def leave_queue() -> str:
    """Leave the queue: the `action` of its Enqueue is asked what to do next."""
    response = VoiceResponse()
    response.append(Leave())
    return str(response)


def play(sounds: Iterable[Sound]) -> str:
    """Say `sounds` and nothing more, to somebody who is about to be connected."""
    return str(_saying(sounds))


def take_from_queue(
    queue: str, action: str, heard_url: str, sounds: Iterable[Sound] = (), timeout_s: int = 10
) -> str:
    """Say `sounds`, then connect to whoever waits in `queue`, who first hears `heard_url`.

    `action` is asked what to do when the talk is over, or when nobody has been in the queue for `timeout_s`.
    """
    response = _saying(sounds)
    dial = Dial(action=action, method="POST", timeout=timeout_s)
    dial.append(Queue(_clean(queue), url=heard_url, method="POST"))
    response.append(dial)
    return str(response)


def dial_number(
    number: str,
    action: str,
    caller_id: str | None = None,
    timeout_s: float = 30.0,
    whisper_url: str | None = None,
    sounds: Iterable[Sound] = (),
) -> str:
    """Say `sounds`, then call `number` (+33…) and connect the two; `action` is asked what to do afterwards.

    `whisper_url` is what the called person hears before being connected.
    """
    response = _saying(sounds)
    dial = Dial(action=action, method="POST", caller_id=caller_id, timeout=max(1, math.ceil(timeout_s)))
    dial.number(number, url=whisper_url, method="POST" if whisper_url else None)
    response.append(dial)
    return str(response)


def messages(texts: Iterable[str]) -> str:
    """Answer a text with `texts`, one message each; if there are none, with silence."""
    response = MessagingResponse()
    for text in texts:
        response.message(_clean(text))
    return str(response)


def _saying(sounds: Iterable[Sound]) -> Any:
    response = VoiceResponse()
    _say(response, sounds)
    return response


def _say(parent: Any, sounds: Iterable[Sound]) -> None:
    for sound in sounds:
        if isinstance(sound, Play):
            parent.play(sound.url)
        else:
            parent.say(_clean(sound.text), language=LANGUAGE)


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)
