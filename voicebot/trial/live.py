"""A call as it goes on, for who watches it: each turn and each gap as a server-sent event.

Everything is read from the store, so any process can tell of a call that another one holds.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from voicebot.dialogue.meaning import NO_INTENT
from voicebot.errors import PromptError
from voicebot.prompts import Prompts
from voicebot.runner import Who
from voicebot.store.gaps import Gaps
from voicebot.store.outbox import Outbox, Ref
from voicebot.store.sessions import Sessions
from voicebot.summary import summary_texts
from voicebot.trial.bench import words

Record = Mapping[str, Any]

#: How often the store is asked for news.
_POLL_S: Final = 0.2
#: After so long the page asks again by itself: a server that wants to stop waits no longer than this.
_LASTS_S: Final = 20.0
_RETRY_MS: Final = 300
_SHOWN: Final = (
    *("turn", "event", "channel", "status"),
    *("heard", "confidence", "certainty", "text", "flow", "step"),
)
_OVER: Final = ("ended", "suspended", "handed_off")


@dataclass(frozen=True)
class Seen:
    """How many turns and gaps the page has been told of; `id` is that of a server-sent event."""

    turns: int = 0
    gaps: int = 0

    @property
    def id(self) -> str:
        """Both numbers as one name."""
        return f"{self.turns}-{self.gaps}"

    @classmethod
    def of(cls, event_id: str) -> Seen:
        """The inverse of `id`; nothing was seen by who shows something else."""
        turns, _, gaps = event_id.partition("-")
        known = turns.isdecimal() and gaps.isdecimal() and len(event_id) < 20
        return cls(int(turns), int(gaps)) if known else cls()


@dataclass(frozen=True)
class Live:
    """Follows calls in the store."""

    sessions: Sessions
    gaps: Gaps
    outbox: Outbox
    prompts: Prompts

    async def follow(self, who: Who, seen: Seen, lasts_s: float = _LASTS_S) -> AsyncIterator[str]:
        """The events after `seen`, until the call is over or `lasts_s` seconds have gone by."""
        yield f"retry: {_RETRY_MS}\n\n"
        until = asyncio.get_running_loop().time() + lasts_s
        while asyncio.get_running_loop().time() < until:
            turns = await self.sessions.turns(who.person, who.session_id)
            gaps = await self.gaps.of(who.person, who.session_id)
            for number in range(seen.turns, len(turns)):
                seen = Seen(number + 1, seen.gaps)
                yield _event("turn", seen, await self._told(who, turns, number))
            for number in range(seen.gaps, len(gaps)):
                seen = Seen(seen.turns, number + 1)
                yield _event("gap", seen, gaps[number])
            if turns and turns[-1]["status"] in _OVER:
                yield _event("over", seen, {})
                return
            await asyncio.sleep(_POLL_S)

    async def _told(self, who: Who, turns: Sequence[Record], number: int) -> Record:
        """One turn as the page shows it."""
        record = turns[number]
        asked = turns[number - 1] if number else {}
        topic = self.prompts.topics.get(record["flow"] or "")
        return {
            **{name: record[name] for name in _SHOWN},
            "understood": understood(record, asked, self.prompts),
            "topic": topic.label if topic else "",
            "texts": [text for ref in _letters(who, record) for text in await self._letter(ref)],
        }

    async def _letter(self, ref: Ref) -> tuple[str, ...]:
        """The text that waits to be sent: here it is shown at once."""
        letter = await self.outbox.open(ref)
        return summary_texts(self.prompts, letter.content) if letter else ()


def understood(record: Record, asked: Record, prompts: Prompts) -> str:
    """What was made of the person's words, in French; "" when nothing was."""
    if record["value"] is not None:
        return _value(str(record["value"]), asked, prompts)
    if record["intent"] in (None, NO_INTENT):
        return ""
    topic = prompts.topics.get(record["intent"])
    return topic.label if topic else str(words()["commands"].get(record["intent"], record["intent"]))


def _value(value: str, asked: Record, prompts: Prompts) -> str:
    fixed: Mapping[str, str] = words()["answers"]
    try:
        return fixed.get(value) or prompts.label(f"{asked.get('flow')}.{asked.get('step')}.{value}")
    except PromptError:
        return value


def _letters(who: Who, record: Record) -> Iterator[Ref]:
    if record["sms"]:
        yield Ref("sms", who.person, record["sms"])
    if record["event"] == "HungUp":
        yield Ref("sms", who.person, f"{who.session_id}:broken")


def _event(name: str, seen: Seen, data: Record) -> str:
    return f"event: {name}\nid: {seen.id}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
