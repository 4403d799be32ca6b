"""A draft tried out: the answers so far are played through the real engine, and nothing is kept or sent."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from voicebot.channels.service import wording
from voicebot.console.writing import Tried
from voicebot.content.editions import Edition, Editions
from voicebot.dialogue.action import Action, End, Listen, Say
from voicebot.dialogue.event import Channel, Event, Heard, Pressed, Started, StayedSilent
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.session import Session
from voicebot.editing.checking import ReadFiles, laid_down
from voicebot.editing.folder import Files, stamp, words_in
from voicebot.errors import DataError
from voicebot.nlu import Understanding
from voicebot.outbox.summary import summary_texts
from voicebot.records import TextOrder
from voicebot.turns.advancing import Lookup, advance, understood
from voicebot.turns.side_effects import side_effects

#: An answer that begins like this is pressed instead of spoken: =1
PRESSED: Final = "="
_KEPT: Final = 2
#: Nobody: a lookup that is told this leaves nothing behind.
_NOBODY: Final = ""


class Trials:
    """Plays drafts. What a draft teaches understanding takes a second to learn, so the last ones are kept."""

    def __init__(
        self,
        editions: Editions,
        published: Callable[[], Files],
        lookups: Mapping[str, Lookup],
        clock: Callable[[], float],
        kept: Path,
    ) -> None:
        self._editions, self._published, self._lookups = editions, published, lookups
        self._clock, self._cache = clock, kept
        self._learned: OrderedDict[str, Understanding] = OrderedDict()
        self._learning = asyncio.Lock()

    async def play(
        self, read: ReadFiles, flow: str, channel: Channel, answers: Sequence[str]
    ) -> tuple[Tried, ...]:
        """The conversation that begins with `flow` and goes on with `answers`. Raises DataError."""
        if read.book.words is None or flow not in read.written.flows.by_name:
            raise DataError(f"expected a procedure that can be read, got {flow!r}; see what is wrong with it")
        async with self._learning:
            understanding = await asyncio.to_thread(self._understanding, read)
        said = read.said
        edition = Edition(stamp(read.files), read.written.flows, said, understanding, partial(wording, said))
        return await self._play(edition, flow, channel, answers)

    async def _play(
        self, edition: Edition, flow: str, channel: Channel, answers: Sequence[str]
    ) -> tuple[Tried, ...]:
        at = self._clock()
        session = Session("trial", _NOBODY, channel)
        session, _ = await advance(
            edition.flows, self._lookups, session, Started("start", at, channel, textable=True)
        )
        asked = Heard("asked", at, Meaning(flow, intent=flow, score=1.0, certainty="sure"))
        turns: list[Tried] = []
        events: list[tuple[str | None, Event | None]] = [(None, asked), *((one, None) for one in answers)]
        for number, (answer, event) in enumerate(events):
            before = session
            event = event or _event(edition, session, answer or "", f"answer {number}", at)
            session, actions = await advance(edition.flows, self._lookups, session, event)
            turns.append(_tried(edition, answer, event, before, session, actions))
            if turns[-1].ended:
                break
        return tuple(turns)

    def _understanding(self, read: ReadFiles) -> Understanding:
        """The words of the draft; those of the service where the draft changes none."""
        words = words_in(read.files)
        if words == words_in(self._published()):
            current: Understanding = self._editions.current.understanding
            return current
        key = stamp(words)
        if key not in self._learned:
            with laid_down(read.base, read.files) as content:
                self._learned[key] = Understanding.load(*content.nlu, kept=self._cache)
        self._learned.move_to_end(key)
        while len(self._learned) > _KEPT:
            self._learned.popitem(last=False)
        return self._learned[key]


@dataclass(frozen=True)
class _Said:
    edition: Edition
    channel: Channel

    def words(self, actions: Sequence[Action]) -> str:
        prompts = self.edition.prompts
        says = (action for action in actions if isinstance(action, Say))
        return "\n".join(prompts.text(prompts.render(say, self.channel)) for say in says)


def _event(edition: Edition, session: Session, answer: str, id: str, at: float) -> Event:
    if not answer and session.channel != "sms":
        return StayedSilent(id, at)
    if answer.startswith(PRESSED) or session.channel == "keypad":
        return Pressed(id, at, answer.removeprefix(PRESSED))
    return Heard(id, at, understood(edition, session, answer, at))


def _tried(
    edition: Edition,
    answer: str | None,
    event: Event,
    before: Session,
    after: Session,
    actions: Sequence[Action],
) -> Tried:
    ended = any(isinstance(action, End) for action in actions)
    waits = any(isinstance(action, Listen) for action in actions)
    orders = [record.order for record in side_effects(tuple(actions), before, after)]
    prompts = edition.prompts
    texts = [text for one in orders if isinstance(one, TextOrder) for text in summary_texts(prompts, one)]
    meaning = event.meaning if isinstance(event, Heard) and answer is not None else None
    place = after.place
    return Tried(
        answer,
        _Said(edition, after.channel).words(actions),
        f"{place.flow}.{place.step}" if place else "",
        str(meaning.value if meaning.value is not None else meaning.intent) if meaning else "",
        meaning.certainty if meaning else "",
        ended or not waits,
        tuple(texts),
    )
