"""`voicebot text`: a whole conversation by SMS, through the real webhook, with its segments counted."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4
from xml.etree.ElementTree import fromstring

import httpx

from voicebot.channels.sms import SMS_PATH
from voicebot.cli.command import Commands, add
from voicebot.config import read_settings
from voicebot.errors import CallError
from voicebot.logs import quiet
from voicebot.rehearsal import Rehearsal, rehearse
from voicebot.texting import segments
from voicebot.twilio import sign

_FROM = "+33639980001"


def add_commands(commands: Commands) -> None:
    """Add `text`."""
    text = add(commands, "text", "a simulated conversation by SMS", _text)
    text.add_argument("texts", nargs="+", metavar="TEXT", help="what the person texts, one after the other")
    text.add_argument("--from", dest="from_number", default=_FROM, metavar="NUMBER", help="their number")
    text.add_argument("--json", action="store_true", help="one line of JSON for each text")


def _text(options: argparse.Namespace) -> int:
    quiet()
    settings = read_settings().model_copy(update={"recognizer": "none"})
    sent = 0
    with tempfile.TemporaryDirectory() as data, rehearse(settings, Path(data)) as running:
        for text in options.texts:
            replies = tuple(_exchange(running, options.from_number, text))
            sent += sum(map(segments, replies))
            _show(text, replies, options.json)
    total = {"segments": sent}
    print(json.dumps(total) if options.json else f"{sent} segments to pay for")
    return 0


def _exchange(running: Rehearsal, number: str, text: str) -> Iterator[str]:
    """Post the text as Twilio does; the messages of the answer."""
    url = running.url + SMS_PATH
    form = {
        "MessageSid": f"SM{uuid4().hex}",
        "From": number,
        "To": "+33939000001",
        "Body": text,
        "NumMedia": "0",
    }
    answer = httpx.post(url, data=form, headers={"X-Twilio-Signature": sign(url, form, running.auth_token)})
    if answer.status_code != httpx.codes.OK:
        raise CallError(f"expected an answer of 200 from the messaging webhook, got {answer.status_code}")
    yield from (message.text or "" for message in fromstring(answer.content).iter("Message"))


def _show(text: str, replies: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        counted = [{"text": reply, "segments": segments(reply)} for reply in replies]
        print(json.dumps({"heard": text, "replies": counted}, ensure_ascii=False))
        return
    print(f"> {text}")
    for reply in replies:
        print(f"< {reply}   [{segments(reply)}]")
