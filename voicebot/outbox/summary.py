"""The wording of texts sent later: the steps of a procedure, its papers, places and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from voicebot.dialogue.action import Say
from voicebot.dialogue.meaning import YES
from voicebot.prompts import Prompts
from voicebot.records import TextOrder
from voicebot.telephony.sms_text import split

_HEAD, _CONTACT = "sms.summary", "sms.summary_contact"
MOST_MESSAGES = 3
_NUMBER = re.compile(r"\d[\d .]*\d")
#: A line with fewer words than this says hardly more than a number.
_MERELY = 14


def _contact(prompts: Prompts, order: TextOrder) -> tuple[str, ...]:
    """Whom to call, unless it is not their number, or there is none."""
    topic = prompts.topics.get(order.topic)
    other = topic is not None and topic.not_with is not None and order.slots.get(topic.not_with) == YES
    return () if other else (_CONTACT,)


def summary_texts(prompts: Prompts, order: TextOrder) -> tuple[str, ...]:
    """The messages, at most three, of `order`; what a mediator wrote is sent as it is."""
    if order.text:
        return split(order.text, most=MOST_MESSAGES)
    slots = {**order.slots, **({"topic": order.topic} if order.topic else {})}
    keys = (_HEAD, *order.notes, *_contact(prompts, order)) if order.topic else order.notes
    lines = [
        prompts.text(prompts.render(Say(key, slots=slots), "sms")) for key in keys if key in prompts.entries
    ]
    return split("\n".join(_once(lines)), most=MOST_MESSAGES)


def _once(lines: Iterable[str]) -> Iterator[str]:
    """The lines without those that only repeat a telephone number, however it is written."""
    told: set[str] = set()
    for line in lines:
        numbers = {re.sub(r"[ .]", "", found) for found in _NUMBER.findall(line)}
        if not (numbers and numbers <= told and len(line.split()) < _MERELY):
            yield line
        told |= numbers
