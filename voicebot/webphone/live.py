"""A call as it goes on, for whoever watches it: each turn and each latency as a server-sent event.

Everything is read from the store, so any process can report on a call held by another.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from voicebot.dialogue.meaning import NO_INTENT
from voicebot.dialogue.session import Place
from voicebot.errors import PromptError
from voicebot.outbox.summary import summary_texts
from voicebot.prompts import Prompts
from voicebot.records import TextOrder, TurnRecord
from voicebot.store.latencies import Latencies
from voicebot.store.outbox import Outbox, Ref
from voicebot.store.sessions import Sessions
from voicebot.turns.runner import ConversationRef
from voicebot.webphone.context import words

#: Seconds between two looks into the store.
_POLL_S: Final = 0.2
#: Seconds after which the page must ask again: a server that wants to stop waits no longer than this.
_LASTS_S: Final = 20.0
_RETRY_MS: Final = 300
_SHOWN: Final = (
    *("turn", "event", "channel", "status"),
    *("heard", "confidence", "certainty", "text", "flow", "step"),
)
_OVER: Final = ("ended", "suspended", "handed_off")


@dataclass(frozen=True)
class Seen:
    """How many turns and latencies the page has been told; `id` is the id of a server-sent event."""

    turns: int = 0
    latencies: int = 0

    @property
    def id(self) -> str:
        """Both numbers as one name."""
        return f"{self.turns}-{self.latencies}"

    @classmethod
    def of(cls, event_id: str) -> Seen:
        """The inverse of `id`; an invalid id means that nothing was seen."""
        turns, _, latencies = event_id.partition("-")
        known = turns.isdecimal() and latencies.isdecimal() and len(event_id) < 20
        return cls(int(turns), int(latencies)) if known else cls()


@dataclass(frozen=True)
class Live:
    """Follows calls in the store."""

    sessions: Sessions
    latencies: Latencies
    outbox: Outbox
    prompts: Prompts

    async def follow(self, who: ConversationRef, seen: Seen, lasts_s: float = _LASTS_S) -> AsyncIterator[str]:
        """The events after `seen`, until the call is over or `lasts_s` seconds have passed."""
        yield f"retry: {_RETRY_MS}\n\n"
        until = asyncio.get_running_loop().time() + lasts_s
        while asyncio.get_running_loop().time() < until:
            turns = await self.sessions.turns(who.person, who.session_id)
            latencies = await self.latencies.of(who.person, who.session_id)
            for number in range(seen.turns, len(turns)):
                seen = Seen(number + 1, seen.latencies)
                yield _event("turn", seen, await self._told(who, turns[number]))
            for number in range(seen.latencies, len(latencies)):
                seen = Seen(seen.turns, number + 1)
                yield _event("latency", seen, latencies[number])
            if turns and turns[-1].status in _OVER:
                yield _event("over", seen, {})
                return
            await asyncio.sleep(_POLL_S)

    async def _told(self, who: ConversationRef, record: TurnRecord) -> Mapping[str, Any]:
        """One turn as the page shows it."""
        topic, line = self.prompts.topics.get(record.flow or ""), record.shown()
        return {
            **{name: line[name] for name in _SHOWN},
            "understood": understood(record, self.prompts),
            "topic": topic.label if topic else "",
            "texts": [text for ref in _texts_of(who, record) for text in await self._text(ref)],
        }

    async def _text(self, ref: Ref) -> tuple[str, ...]:
        """The text that waits to be sent: here it is shown at once."""
        item = await self.outbox.open(ref)
        order = item.record.order if item else None
        return summary_texts(self.prompts, order) if isinstance(order, TextOrder) else ()


def understood(record: TurnRecord, prompts: Prompts) -> str:
    """How the person's words were understood, in French; "" if they were not."""
    if record.value is not None:
        return _value(record.value, record.asked, prompts)
    if record.intent == NO_INTENT:
        return ""
    topic = prompts.topics.get(record.intent)
    return topic.label if topic else str(words()["commands"].get(record.intent, record.intent))


def _value(value: str, asked: Place | None, prompts: Prompts) -> str:
    fixed: Mapping[str, str] = words()["answers"]
    try:
        return fixed.get(value) or prompts.label(f"{asked.flow}.{asked.step}.{value}" if asked else value)
    except PromptError:
        return value


def _texts_of(who: ConversationRef, record: TurnRecord) -> Iterator[Ref]:
    if record.sms:
        yield Ref("sms", who.person, record.sms)
    if record.event == "HungUp":
        yield Ref("sms", who.person, f"{who.session_id}:broken")


def _event(name: str, seen: Seen, data: Mapping[str, Any]) -> str:
    return f"event: {name}\nid: {seen.id}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
