"""Commands said in exactly these words: certain, without any learning."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from voicebot.nlu.entities.answers import phrases
from voicebot.nlu.normalise import plain
from voicebot.nlu.vocabulary import CommandWords, YesNoWords


@dataclass(frozen=True)
class Commands:
    """The commands of a channel; `spoken` are their words with accents."""

    names: frozenset[str]
    exact: Mapping[str, str]
    spoken: tuple[str, ...]
    fillers: re.Pattern[str]

    @classmethod
    def of(cls, commands: Mapping[str, CommandWords], politeness: YesNoWords, channel: str) -> Commands:
        """Those available on `channel`; if two share a word, the one with fewer channels gets it."""
        here = {name: command for name, command in commands.items() if channel in command.channels}
        general_first = sorted(here, key=lambda name: -len(here[name].channels))
        exact = {plain(words): name for name in general_first for words in here[name].words}
        spoken = tuple(dict.fromkeys(words for command in here.values() for words in command.words))
        return cls(frozenset(here), exact, spoken, phrases(politeness.fillers))

    def said(self, words: str) -> str | None:
        """The command that makes up the whole utterance, apart from politeness."""
        bare = " ".join(self.fillers.sub(" ", words).split())
        return self.exact.get(words) or self.exact.get(bare)
