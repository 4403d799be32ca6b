"""What people wrote, as editions: what is loaded together stays together while a newer one takes over.

A conversation goes on with the edition it began with, so a step that was removed meanwhile is still there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

from voicebot.content.folders import Content
from voicebot.dialogue.action import Say
from voicebot.dialogue.event import Channel
from voicebot.dialogue.flow import Flows
from voicebot.dialogue.meaning import Expecting, Meaning
from voicebot.flows.load import load_flows
from voicebot.nlu import Understanding
from voicebot.prompts import Prompts

#: How many earlier editions are kept for conversations that go on.
_KEPT: Final = 4
#: The text of a whole turn for its record.
Wording = Callable[[tuple[Say, ...], Channel], str]


class Understands(Protocol):
    """What conversations need from `nlu.Understanding`."""

    def interpret(
        self, text: str, expecting: Expecting, channel: str = ..., others: Sequence[str] = ...
    ) -> Meaning:
        """The meaning of `text` as an answer to `expecting`; `others` are alternative transcripts."""

    def answered_ahead(self, text: str, intent: str, choices: tuple[str, ...]) -> str | None:
        """Which of the first question's `choices` is already answered by the words that named `intent`."""


@dataclass(frozen=True)
class Edition:
    """Procedures, sentences and understanding that belong together. `id` is their fingerprint.

    `understanding` is an `nlu.Understanding`; whoever only takes turns needs no more than `Understands`.
    """

    id: str
    flows: Flows
    prompts: Prompts
    understanding: Any
    wording: Wording

    @classmethod
    def load(
        cls,
        id: str,
        content: Content,
        kept: Path | None,
        wording: Callable[[Prompts], Wording],
        like: Edition | None = None,
        second_opinion: bool = True,
    ) -> Edition:
        """Read everything in `content`: seconds, less where `kept` has it from before. Raises DataError.

        What understanding learns from is not read again if it is as in the edition `like`.
        """
        prompts = Prompts.load(*content.prompts)
        flows = load_flows(*content.flows)
        learned = like.understanding if like else None
        learned = learned or Understanding.load(*content.nlu, kept=kept, second_opinion=second_opinion)
        return cls(id, flows, prompts, learned, wording(prompts))


class Editions:
    """The current edition, and the earlier ones that conversations may have begun with."""

    def __init__(self, first: Edition) -> None:
        self._all: tuple[Edition, ...] = (first,)

    @property
    def current(self) -> Edition:
        """What new conversations begin with."""
        return self._all[0]

    def of(self, id: str) -> Edition:
        """The edition with this id; the current one if it is unknown, "", or was too long ago."""
        return next((edition for edition in self._all if edition.id == id), self.current)

    def publish(self, edition: Edition) -> None:
        """Use `edition` from the next conversation on."""
        # Threads and tasks read while this is written, so the tuple is replaced as a whole.
        self._all = (edition, *(one for one in self._all if one.id != edition.id))[: _KEPT + 1]

    def changed(self, **parts: Any) -> Editions:
        """The current edition alone with other `parts`, for those who try something out."""
        return Editions(replace(self.current, **parts))

    def every_prompt(self) -> Prompts:
        """The current prompts, with the earlier ones that no longer exist: orders may still name them."""
        entries = {key: entry for one in reversed(self._all) for key, entry in one.prompts.entries.items()}
        topics = {key: topic for one in reversed(self._all) for key, topic in one.prompts.topics.items()}
        return replace(self.current.prompts, entries=entries, topics=topics)
