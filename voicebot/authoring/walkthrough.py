"""Walking through a procedure in the terminal: the real engine, words and understanding, without sound.

Data is kept in a separate server that ends with the walk; nothing is sent to anybody.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from voicebot.authoring.replay import stage
from voicebot.content.folders import Content
from voicebot.dialogue.action import Say, question_of
from voicebot.dialogue.event import Channel
from voicebot.dialogue.meaning import Expecting, Meaning, Value
from voicebot.dialogue.memory import CONSENT
from voicebot.errors import DataError
from voicebot.outbox.summary import summary_texts
from voicebot.prompts import Prompts
from voicebot.records import TextOrder
from voicebot.turns.runner import ConversationRef, Reply, Runner

#: An answer that begins like this is pressed instead of spoken: =1
PRESSED: Final = "="
_NUMBER: Final = "+33639980001"
_WHO: Final = ConversationRef("walkthrough", "walkthrough")
#: Slots that describe the line, not the answers.
_OF_THE_LINE: Final = frozenset({"textable", CONSENT})


@dataclass(frozen=True)
class Moment:
    """What one turn did: the `answer`, how it was understood, what is said now, what is kept.

    `reply` is the turn as a channel receives it; `ended` is the reason, if the conversation is over; `texts`
    and `tickets` are what it leaves behind.
    """

    number: int
    answer: str | None
    meaning: Meaning | None
    flow: str | None
    step: str | None
    said: tuple[tuple[str, str], ...]
    kept: Mapping[str, Value]
    reply: Reply
    ended: str | None = None
    texts: tuple[str, ...] = ()
    tickets: int = 0

    @property
    def question(self) -> str | None:
        """The prompt that asks; a hint about which keys to press may follow it."""
        asked = question_of(self.reply.says)
        return asked.prompt if asked and not self.ended else None


@dataclass
class Walkthrough:
    """One walk through `flow` by `channel`. `answers` are those already given."""

    runner: Runner
    prompts: Prompts
    flow: str
    channel: Channel
    answers: list[str] = field(default_factory=list)

    async def begin(self) -> Moment:
        """The first question of the flow."""
        await self.runner.sessions.people.keep_number(_WHO.person, _NUMBER)
        reply = await self.runner.start(_WHO, self.channel, "start", textable=True)
        if self.flow == self.runner.flows.call_back.flow:  # its name is a command, not a procedure
            reply = await self.runner.come_back(_WHO, self.channel, "flow")
        elif self.flow != self.runner.flows.welcome.flow:
            asked = self.runner.editions.changed(understanding=_Asked(self.flow))
            direct = replace(self.runner, editions=asked)
            reply = await direct.hear(_WHO, self.flow, "flow")
        return await self._moment(None, reply)

    async def answer(self, text: str) -> Moment:
        """The turn that `text` causes: spoken or texted, pressed with `=` or by keypad; "" is silence."""
        self.answers.append(text)
        turn = f"answer {len(self.answers)}"
        pressed = text.removeprefix(PRESSED)
        if not text and self.channel != "sms":
            reply = await self.runner.stay_silent(_WHO, turn)
        elif self.channel == "keypad" or (text.startswith(PRESSED) and self.channel == "voice"):
            reply = await self.runner.press(_WHO, pressed, turn)
        else:
            reply = await self.runner.hear(_WHO, text, turn)
        return await self._moment(text, reply)

    async def _moment(self, answer: str | None, reply: Reply) -> Moment:
        session = reply.session
        texts, tickets = await self._left() if reply.end else ((), 0)
        return Moment(
            len(self.answers),
            answer,
            reply.heard if answer is not None else None,
            session.place.flow if session.place else None,
            session.place.step if session.place else None,
            tuple((say.prompt, self._text(say)) for say in reply.says),
            {slot: value for slot, value in session.slots.items() if slot not in _OF_THE_LINE},
            reply,
            reply.end.reason if reply.end else None,
            texts,
            tickets,
        )

    def _text(self, say: Say) -> str:
        return self.prompts.text(self.prompts.render(say, self.channel))

    async def _left(self) -> tuple[tuple[str, ...], int]:
        sessions = self.runner.sessions
        orders = [record.order for record in await sessions.records("sms")]
        texts = [summary_texts(self.prompts, one) for one in orders if isinstance(one, TextOrder)]
        return tuple(text for each in texts for text in each), len(await sessions.records("ticket"))


@asynccontextmanager
async def walking(
    content: Content,
    flow: str,
    channel: Channel,
    var: Path,
    places: Path,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[Walkthrough]:
    """A walk that has not begun, using what is written in `content` and `places`.

    Raises DataError if a file cannot be read, or if there is no such `flow`.
    """
    async with stage(content, var, places, clock) as made:
        runner = made.runner
        if flow not in runner.flows.by_name:
            known = ", ".join(sorted(runner.flows.by_name))
            raise DataError(f"expected a procedure, got {flow!r}; there are: {known}")
        yield Walkthrough(runner, made.prompts, flow, channel)


@dataclass(frozen=True)
class _Asked:
    """Understands everything said as a clear request for one procedure."""

    flow: str

    def interpret(
        self, text: str, expecting: Expecting, channel: str = "voice", others: Sequence[str] = ()
    ) -> Meaning:
        return Meaning(text, intent=self.flow, score=1.0, certainty="sure")

    def answered_ahead(self, text: str, intent: str, choices: tuple[str, ...]) -> str | None:
        return None
