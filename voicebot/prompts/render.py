"""From what the core wants to say to what is spoken or sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from voicebot.datafile import raise_if_any
from voicebot.dialogue.action import Option, Say, Variant
from voicebot.dialogue.event import Channel
from voicebot.dialogue.flow import OTHER
from voicebot.dialogue.session import Pace
from voicebot.errors import PromptError
from voicebot.facts import Fact, doubtful
from voicebot.prompts.load import ConnectingWords, PromptEntry, Topic, read_prompts
from voicebot.prompts.pieces import Piece, parts, with_key
from voicebot.prompts.styles import Filler, Medium, Saying, label
from voicebot.sound import Pause, Sound, Speech

#: Seconds between options, so that each can be taken in.
OPTION_PAUSE_S = 0.5
#: Our own questions may offer any topic, or "autre chose", under these keys.
LOOSE_KEYS = "12345"
#: The variants that can replace the wanted one, best first: by SMS the text for it, by keypad the keys.
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


#: Said behind a sentence with a fact that nobody verified for too long.
TO_VERIFY = "common.to_verify"
#: The wordings that state something.
_STATING = frozenset({"ask", "keys", "sms"})


@dataclass(frozen=True)
class Prompts:
    """All prompts by key, with the names of topics and the connecting words.

    `facts` are those whose values stand in sentences, by id; on the day that `today` tells, a doubtful one
    is told with care.
    """

    entries: Mapping[str, PromptEntry]
    topics: Mapping[str, Topic]
    words: ConnectingWords
    facts: Mapping[str, Fact] = field(default_factory=dict)
    today: Callable[[], date] = date.today

    @classmethod
    def load(cls, *folders: Path) -> Prompts:
        """Read folders of prompts, each laid over those before. Raises DataError with a line per mistake."""
        book = read_prompts(*folders)
        raise_if_any(book.findings)
        assert book.words  # a missing file would be a finding
        return cls(book.entries, book.topics, book.words, book.facts)

    def label(self, key: str) -> str:
        """The name of a topic, a question or a choice. Raises PromptError if it has none."""
        found = label(key, self.topics, self.entries)
        if found is None:
            raise PromptError(f"expected a name for {key!r} in the prompts; add it to `options:` or `label:`")
        return found

    def caption(self, key: str) -> str:
        """What a prompt or label key stands for, to show to people: never raises, slots become "…".

        `key` followed by ":label" stands for the short name of a question.
        """
        key, _, short = key.partition(":")
        entry = None if short else self.entries.get(key)
        text = entry.texts["ask"] if entry else label(key, self.topics, self.entries)
        return re.sub(r"\{[^}]*\}", "…", text) if text else key

    def render(self, say: Say, channel: Channel, pace: Pace = "normal") -> tuple[Piece, ...]:
        """The sentence, then the options. Raises PromptError for an unknown prompt or slot."""
        pieces = self._rendered(say, channel)
        if pace == "normal":
            return pieces
        return tuple(replace(one, pace=pace) if isinstance(one, Speech) else one for one in pieces)

    def _rendered(self, say: Say, channel: Channel) -> tuple[Piece, ...]:
        entry = self.entries.get(say.prompt)
        if entry is None:
            raise PromptError(f"expected a prompt {say.prompt!r} in the prompts folder; add it there")
        variant = _variant(entry, say.variant, channel)
        if channel == "keypad":
            entry, variant = self._typed(entry, variant)
        medium: Medium = "sms" if channel == "sms" else "voice"
        said, care = self._filled(entry, variant, say.slots, medium), self._care(entry, variant)
        if medium == "sms":
            text = self._texted(said.text) if variant in _SPOKEN_ONLY else said.text
            text = " ".join((text, *(each.text for each in care)))
            return (Speech(text + self._replies(say.options), said.key),)
        return (said, *care, *self._spoken(say.options))

    def _care(self, entry: PromptEntry, variant: str) -> tuple[Speech, ...]:
        """Whom to verify a doubtful fact with, behind a sentence that states one."""
        stated = entry.stated.get(variant, frozenset()) if variant in _STATING else frozenset()
        if not stated or entry.texts[variant].endswith("?") or TO_VERIFY not in self.entries:
            return ()
        doubted = [self.facts[id] for id in sorted(stated & self.facts.keys())]
        whom = sorted({fact.ask for fact in doubted if doubtful(fact, self.today())})
        return tuple(self._to_verify(who) for who in whom[:1])

    def _to_verify(self, who: str) -> Speech:
        return self._filled(self.entries[TO_VERIFY], "ask", {"who": who}, "voice")

    @staticmethod
    def text(pieces: Iterable[Sound]) -> str:
        """The words of `pieces` as one text."""
        return " ".join(piece.text for piece in pieces if isinstance(piece, Speech))

    def static(self) -> Iterator[Speech]:
        """Every text that is always spoken the same, to be rendered before the first call."""
        for entry in self.entries.values():
            for variant, text in entry.texts.items():
                if variant != "sms" and "{" not in text:
                    yield Speech(text, f"{entry.key}.{variant}")
            for number, value in enumerate(entry.options, start=1):
                yield self._spoken_option(Option(value, str(number), f"{entry.key}.{value}"))
        if TO_VERIFY in self.entries:
            yield from (self._to_verify(who) for who in sorted({fact.ask for fact in self.facts.values()}))
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

    def _filled(
        self, entry: PromptEntry, variant: str, slots: Mapping[str, object], medium: Medium
    ) -> Speech:
        text = entry.texts[variant]
        if "{" not in text:
            return Speech(text, f"{entry.key}.{variant}")
        saying = Saying(self.words, self.topics, self.entries, medium, entry.key.partition(".")[0])
        filler = Filler(saying)

        def fill(slot: str, style: str) -> Speech:
            value, _ = filler.get_field(slot, (), slots)
            return Speech(filler.format_field(value, style))

        said = parts(text, f"{entry.key}.{variant}", fill) if medium == "voice" else ()
        return Speech(filler.vformat(text, (), slots), parts=said)

    def _spoken(self, options: tuple[Option, ...]) -> Iterator[Piece]:
        for option in options:
            yield Pause(OPTION_PAUSE_S)
            yield self._spoken_option(option)

    def _spoken_option(self, option: Option) -> Speech:
        label, form = self.label(option.label), self.words.options.voice
        told = parts(
            with_key(form, option.key), f"words.options.{option.key}", lambda *_: Speech(label, option.label)
        )
        return Speech(form.format(label=label, key=option.key), f"{option.label}.{option.key}", told)

    def _replies(self, options: tuple[Option, ...]) -> str:
        """The end of an SMS: one line per option."""
        return "".join("\n" + self._worded(self.words.options.sms, option) for option in options)

    def _typed(self, entry: PromptEntry, variant: str) -> tuple[PromptEntry, str]:
        """The same without what only tells people to speak; the question itself where nothing is left."""
        for name in (variant, "ask"):
            left = self.words.typed(entry.texts[name])
            if left == entry.texts[name]:
                return entry, name
            if left:
                return replace(entry, texts={**entry.texts, name: left}), name
        return entry, variant

    def _texted(self, text: str) -> str:
        """Words written for the ear, adapted for reading: "dites" becomes "écrivez"."""
        words = self.words.texted
        return re.sub(r"\w+", lambda match: words.get(match[0], match[0]), text)

    def _worded(self, form: str, option: Option) -> str:
        return form.format(label=self.label(option.label), key=option.key)


def _variant(entry: PromptEntry, wanted: Variant, channel: Channel) -> str:
    """The best available wording: on the keypad the keys first, by SMS the text written for it."""
    return next(name for name in _FALLBACKS[channel][wanted] if name in entry.texts)
