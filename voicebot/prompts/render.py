"""From what the core wants said to what is spoken or sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from voicebot.datafile import raise_if_any
from voicebot.dialogue.action import Option, Say, Variant
from voicebot.dialogue.event import Channel
from voicebot.dialogue.flow import OTHER
from voicebot.dialogue.meaning import NEXT, NO, YES
from voicebot.errors import PromptError
from voicebot.prompts.load import Entry, Topic, Words, read_prompts
from voicebot.prompts.pieces import Pause, Piece, Text, parts, with_key
from voicebot.prompts.styles import Filler, Medium, Saying, label

#: Half a second between options, so that each can be taken in.
OPTION_PAUSE_S = 0.5
#: Questions of ours can offer any topic or "autre chose" under these keys.
LOOSE_KEYS = "12345"
_REPLIES = frozenset({YES, NO, NEXT})
#: The variants that will do for the wanted one, best first: by SMS the text for it, by keypad the keys.
_SPOKEN: dict[Variant, tuple[str, ...]] = {
    "ask": ("ask",),
    "retry": ("retry", "ask"),
    "keys": ("keys", "ask"),
    "help": ("help", "ask"),
}
_TYPED: dict[Variant, tuple[str, ...]] = _SPOKEN | {"ask": ("keys", "ask"), "retry": ("keys", "retry", "ask")}
_TEXTED: dict[Variant, tuple[str, ...]] = {
    "ask": ("sms", "ask"),
    "retry": ("retry", "sms", "ask"),
    "keys": ("sms", "ask"),
    "help": ("help", "sms", "ask"),
}
_FALLBACKS = {"voice": _SPOKEN, "keypad": _TYPED, "sms": _TEXTED}


#: These have no wording of their own for SMS.
_SPOKEN_ONLY = frozenset({"retry", "help"})


@dataclass(frozen=True)
class Prompts:
    """All prompts by key, with the names of topics and the connecting words."""

    entries: Mapping[str, Entry]
    topics: Mapping[str, Topic]
    words: Words

    @classmethod
    def load(cls, folder: Path) -> Prompts:
        """Read prompts/fr. Raises DataError with one line for each thing that is wrong."""
        book = read_prompts(folder)
        raise_if_any(book.findings)
        assert book.words  # without words there is a finding
        return cls(book.entries, book.topics, book.words)

    def label(self, key: str) -> str:
        """The name of a topic, a question or a choice. Raises PromptError when it has none."""
        found = label(key, self.topics, self.entries)
        if found is None:
            raise PromptError(f"expected a name for {key!r} in the prompts; add it to `options:` or `label:`")
        return found

    def caption(self, key: str) -> str:
        """What a prompt or label key stands for, to be shown to people: never raises, slots become "…".

        `key` with ":label" behind it stands for the short name of a question.
        """
        key, _, short = key.partition(":")
        entry = None if short else self.entries.get(key)
        text = entry.texts["ask"] if entry else label(key, self.topics, self.entries)
        return re.sub(r"\{[^}]*\}", "…", text) if text else key

    def render(self, say: Say, channel: Channel) -> tuple[Piece, ...]:
        """The sentence, then the options. Raises PromptError for an unknown prompt or slot."""
        entry = self.entries.get(say.prompt)
        if entry is None:
            raise PromptError(f"expected a prompt {say.prompt!r} in the prompts folder; add it there")
        variant = _variant(entry, say.variant, channel)
        medium: Medium = "sms" if channel == "sms" else "voice"
        said = self._filled(entry, variant, say.slots, medium)
        if medium == "sms":
            text = self._texted(said.text) if variant in _SPOKEN_ONLY else said.text
            return (Text(text + self._replies(say.options), said.key),)
        return (said, *self._spoken(say.options))

    @staticmethod
    def text(pieces: Iterable[Piece]) -> str:
        """The words of `pieces` in one text."""
        return " ".join(piece.text for piece in pieces if isinstance(piece, Text))

    def static(self) -> Iterator[Text]:
        """Every text that is always spoken the same, to be rendered before the first call."""
        for entry in self.entries.values():
            for variant, text in entry.texts.items():
                if variant != "sms" and "{" not in text:
                    yield Text(text, f"{entry.key}.{variant}")
            for number, value in enumerate(entry.options, start=1):
                yield self._spoken_option(Option(value, str(number), f"{entry.key}.{value}"))
        for name in self._loose:
            for key in LOOSE_KEYS:
                yield self._spoken_option(Option(name, key, name))

    @cached_property
    def _loose(self) -> tuple[str, ...]:
        """Names that are offered under whichever key is free."""
        common = (f"common.{OTHER}", "common.oui", "common.non", "common.suite")
        return (
            *(f"topics.{topic}" for topic in self.topics),
            *(key for key in common if key in self.entries),
        )

    def _filled(self, entry: Entry, variant: str, slots: Mapping[str, object], medium: Medium) -> Text:
        text = entry.texts[variant]
        if "{" not in text:
            return Text(text, f"{entry.key}.{variant}")
        saying = Saying(self.words, self.topics, self.entries, medium, entry.key.partition(".")[0])
        filler = Filler(saying)

        def fill(slot: str, style: str) -> Text:
            value, _ = filler.get_field(slot, (), slots)
            return Text(filler.format_field(value, style))

        said = parts(text, f"{entry.key}.{variant}", fill) if medium == "voice" else ()
        return Text(filler.vformat(text, (), slots), parts=said)

    def _spoken(self, options: tuple[Option, ...]) -> Iterator[Piece]:
        for option in options:
            yield Pause(OPTION_PAUSE_S)
            yield self._spoken_option(option)

    def _spoken_option(self, option: Option) -> Text:
        label, form = self.label(option.label), self.words.options.voice
        told = parts(
            with_key(form, option.key), f"words.options.{option.key}", lambda *_: Text(label, option.label)
        )
        return Text(form.format(label=label, key=option.key), f"{option.label}.{option.key}", told)

    def _replies(self, options: tuple[Option, ...]) -> str:
        """The end of an SMS: one line for each option, or one sentence for yes and no."""
        if not options:
            return ""
        if all(option.value in _REPLIES for option in options):
            reply = self.words.reply
            answers = reply.between.join(self._worded(reply.each, option) for option in options)
            return " " + reply.all.format(answers=answers)
        return "".join("\n" + self._worded(self.words.options.sms, option) for option in options)

    def _texted(self, text: str) -> str:
        """Words written for the ear, in the words of who reads: "dites" becomes "écrivez"."""
        words = self.words.texted
        return re.sub(r"\w+", lambda match: words.get(match[0], match[0]), text)

    def _worded(self, form: str, option: Option) -> str:
        return form.format(label=self.label(option.label), key=option.key)


def _variant(entry: Entry, wanted: Variant, channel: Channel) -> str:
    """The best wording that is written: on the keypad the keys first, by SMS the text written for it."""
    return next(name for name in _FALLBACKS[channel][wanted] if name in entry.texts)
