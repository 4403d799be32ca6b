"""What each prompt costs as a text: its segments when its slots hold long values. At most one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from voicebot.datafile import Finding, raise_if_any, read_layers
from voicebot.dialogue.action import Option, Say
from voicebot.dialogue.meaning import NO, YES, Value
from voicebot.prompts import Prompts
from voicebot.prompts.load import LONG_VALUES, PromptEntry
from voicebot.prompts.plain import Jargon
from voicebot.telephony.sms_text import gsm7, segments

MOST_SEGMENTS = 1
#: No question offers more at once, apart from "autre chose".
_MOST_OPTIONS = 4
_OTHER = "common.autre"
#: "place_2_name" is as long as any "place_name".
_NUMBER = re.compile(r"_\d(?=_)")


@dataclass(frozen=True)
class LongValues:
    """Long values by slot or style, from prompts/fr/long_values.yaml; topics and choices bring their own."""

    written: Mapping[str, Value]
    prompts: Prompts

    @classmethod
    def load(cls, prompts: Prompts, *folders: Path) -> LongValues:
        """Read the file in the folders. Raises DataError."""
        file = read_layers(LONG_VALUES, folders)
        raise_if_any(file.findings)
        return cls(file.data, prompts)

    def slots(self, entry: PromptEntry) -> dict[str, Value]:
        """A long value for each slot of `entry`."""
        return {each.slot: self._value(entry, each.slot, each.style) for each in entry.placeholders}

    def _value(self, entry: PromptEntry, slot: str, style: str) -> Value:
        topics = self.prompts.topics
        if style in ("label", "who", "number"):
            return max(topics, key=lambda name: len(topics[name].label + topics[name].who))
        if style == "choice":
            return max((f"topics.{name}" for name in topics), key=lambda key: len(self.prompts.label(key)))
        if style == "option":
            own = self.prompts.entries.get(f"{entry.key.partition('.')[0]}.{slot}")
            named = own.options if own else {}
            return max(named, key=lambda value: len(named[value]), default=self.written["value"])
        return self.written.get(_NUMBER.sub("", slot), self.written.get(style, self.written["value"]))


def check_text_costs(
    prompts: Prompts, long_values: LongValues, with_other: Collection[str] = ()
) -> Iterator[Finding]:
    """A finding for each prompt that would cost more than a segment.

    `with_other` are the prompts of questions that also offer "autre chose".
    """
    for entry in prompts.entries.values():
        other = f"\n5 {prompts.label(_OTHER)}" if entry.key in with_other else ""
        count = segments(gsm7(longest_text(prompts, long_values, entry) + other))
        if count > MOST_SEGMENTS:
            said = {"count": count, "most": MOST_SEGMENTS}
            yield entry.finding("too_many_segments", "sms", field=entry.key, **said)


def check_telephone_words(prompts: Prompts, jargon: Jargon) -> Iterator[Finding]:
    """A finding for each word in a text to read that only makes sense on the telephone."""
    for entry in prompts.entries.values():
        if entry.key.startswith(jargon.spoken_only):
            continue
        text = entry.texts.get("sms", entry.texts["ask"])
        for word in jargon.telephone_words_in(text):
            yield entry.finding("telephone_word", "sms", field=entry.key, word=word)


def longest_text(prompts: Prompts, long_values: LongValues, entry: PromptEntry) -> str:
    """The text of `entry` with its choices, or "oui" and "non", and long values in its slots."""
    slots = long_values.slots(entry)
    longest = sorted(entry.options, key=lambda value: len(entry.options[value]), reverse=True)
    if len(longest) > _MOST_OPTIONS:
        longest = list(entry.options)  # those that are offered come first, the others are only understood
    values = tuple(longest[:_MOST_OPTIONS]) or ((YES, NO) if entry.texts["ask"].endswith("?") else ())
    own = {YES: "common.oui", NO: "common.non"}
    options = tuple(
        Option(value, str(key), own.get(value, f"{entry.key}.{value}")) for key, value in enumerate(values, 1)
    )
    return prompts.text(prompts.render(Say(entry.key, slots=slots, options=options), "sms"))
