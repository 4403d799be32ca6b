"""`voicebot text`: a whole conversation by SMS, through the real webhook, with its segments counted."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import uuid4
from xml.etree.ElementTree import fromstring

import httpx

from voicebot.channels.sms import SMS_PATH
from voicebot.cli.command import Commands, add
from voicebot.config import read_settings
from voicebot.errors import CallError
from voicebot.observability.logs import quiet
from voicebot.simulator.rehearsal import Rehearsal, carried, rehearse
from voicebot.telephony import sign
from voicebot.telephony.sms_text import segments

_FROM = "+33639980001"


def add_commands(commands: Commands) -> None:
    """Add `text`."""
    text = add(commands, "text", "a simulated conversation by SMS", _text)
    text.add_argument("texts", nargs="+", metavar="TEXT", help="what the person texts, one after the other")
    text.add_argument("--from", dest="from_number", default=_FROM, metavar="NUMBER", help="their number")
    text.add_argument("--json", action="store_true", help="print one line of JSON per text")
    text.add_argument("--price", type=float, metavar="P", help="Twilio's price of a segment")


def _text(options: argparse.Namespace) -> int:
    quiet()
    told = read_settings().model_copy(update={"recognizer": "none"})
    messages: list[str] = []
    with (
        tempfile.TemporaryDirectory() as data,
        carried(told) as (settings, account),
        rehearse(settings, Path(data)) as running,
    ):
        for text in options.texts:
            replies = tuple(_exchange(running, options.from_number, text))
            messages += replies
            _show(text, replies, options.json)
        running.settle()
        later = [taken.asked["Body"] for taken in account.texts]
        _show_later(later, len(account.calls), options.json)
    _show_total(sum(map(segments, [*messages, *later])), options)
    return 0


def _show_later(texts: Sequence[str], calls: int, as_json: bool) -> None:
    """What was sent through the outbox."""
    if as_json:
        print(json.dumps({"later": texts, "calls": calls}, ensure_ascii=False))
        return
    for text in texts:
        print(f"~ {text}   [{segments(text)}]")
    if calls:
        print(f"~ the person will be called back: {calls} call{'s' * (calls > 1)}")


def _show_total(count: int, options: argparse.Namespace) -> None:
    cost = None if options.price is None else round(count * options.price, 4)
    if options.json:
        print(json.dumps({"segments": count, "cost": cost}))
    else:
        print(f"{count} segments charged" + ("" if cost is None else f": {cost:.2f}"))


def _exchange(running: Rehearsal, number: str, text: str) -> Iterator[str]:
    """Post the text as Twilio does, and yield the messages of the answer."""
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
