"""What somebody hears whose telephone only types: no sentence tells them to speak."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from voicebot.datafile import Finding
from voicebot.prompts import Prompts


def check_keys(prompts: Prompts, written: Collection[str] = frozenset()) -> Iterator[Finding]:
    """A finding for each prompt that says nothing by keypad, but for those that are only read (`written`)."""
    for entry in prompts.entries.values():
        variant = "keys" if "keys" in entry.texts else "ask"
        text = entry.texts[variant]
        if entry.key not in written and text and not prompts.words.typed(text):
            yield entry.finding("only_for_voice", variant, field=entry.key)
