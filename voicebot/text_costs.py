"""What each prompt costs as a text: its segments when its slots hold long values. Two at most."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from voicebot.datafile import Finding, finding, raise_if_any, read
from voicebot.dialogue.action import Option, Say
from voicebot.dialogue.meaning import NO, YES, Value
from voicebot.prompts import Prompts
from voicebot.prompts.load import LONG_VALUES, Entry
from voicebot.texting import gsm7, segments

MOST_SEGMENTS = 2
#: Four choices and "autre chose": no question offers more at a time.
_MOST_OPTIONS = 5
#: "place_2_name" is as long as any "place_name".
_NUMBER = re.compile(r"_\d(?=_)")


@dataclass(frozen=True)
class LongValues:
    """Long values by slot or style, from prompts/fr/long_values.yaml; topics and choices have their own."""

    written: Mapping[str, Value]
    prompts: Prompts

    @classmethod
    def load(cls, folder: Path, prompts: Prompts) -> LongValues:
        """Read the folder's file. Raises DataError."""
        file = read(folder / LONG_VALUES)
        raise_if_any(file.findings)
        return cls(file.data, prompts)

    def slots(self, entry: Entry) -> dict[str, Value]:
        """A long value for each slot of `entry`."""
        return {each.slot: self._value(entry, each.slot, each.style) for each in entry.placeholders}

    def _value(self, entry: Entry, slot: str, style: str) -> Value:
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


def check_text_costs(prompts: Prompts, long_values: LongValues) -> Iterator[Finding]:
    """A finding for each prompt that would cost more than two segments."""
    for entry in prompts.entries.values():
        count = segments(gsm7(longest_text(prompts, long_values, entry)))
        if count > MOST_SEGMENTS:
            line = entry.lines.get("sms", entry.line)
            said = {"count": count, "most": MOST_SEGMENTS}
            yield finding("too_many_segments", entry.file, line, field=entry.key, **said)


def longest_text(prompts: Prompts, long_values: LongValues, entry: Entry) -> str:
    """The text of `entry` with its choices, or "oui" and "non", and long values in its slots."""
    slots = long_values.slots(entry)
    longest = sorted(entry.options, key=lambda value: len(entry.options[value]), reverse=True)
    values = tuple(longest[:_MOST_OPTIONS]) or ((YES, NO) if entry.texts["ask"].endswith("?") else ())
    own = {YES: "common.oui", NO: "common.non"}
    options = tuple(
        Option(value, str(key), own.get(value, f"{entry.key}.{value}")) for key, value in enumerate(values, 1)
    )
    return prompts.text(prompts.render(Say(entry.key, slots=slots, options=options), "sms"))
