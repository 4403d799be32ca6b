"""What people can record: every text that never changes, and the pieces around answers, each text once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from voicebot.prompts.load import Entry
from voicebot.prompts.pieces import Text, parts, with_key
from voicebot.prompts.render import LOOSE_KEYS, Prompts

#: The groups that are no files: the names of topics, and the words that every option ends with.
TOPICS, OPTIONS = "topics", "options"
#: What only those who work with us hear by telephone stays with the synthesizer.
_OURS = frozenset({"mediation", "studio"})
_ANSWER = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True)
class Recordable:
    """A text to record. `keys` are all the places where it is said, the first in the `group` it is shown in.

    `within` is the whole sentence of a piece, "…" standing for the answers; None when the text is whole.
    """

    text: str
    keys: tuple[str, ...]
    group: str
    within: str | None = None


def recordables(prompts: Prompts, silent: Collection[str] = frozenset()) -> tuple[Recordable, ...]:
    """All texts to record, in the order of the files; `silent` are prompts that are never spoken."""
    found: dict[str, Recordable] = {}
    for one in _all(prompts, silent):
        known = found.get(one.text)
        found[one.text] = replace(known, keys=(*known.keys, *one.keys)) if known else one
    return tuple(found.values())


def _all(prompts: Prompts, silent: Collection[str]) -> Iterator[Recordable]:
    spoken = [
        entry for key, entry in prompts.entries.items() if key not in silent and _group(key) not in _OURS
    ]
    for entry in spoken:
        yield from _sentences(entry)
        group = _group(entry.key)
        for value, name in entry.options.items():
            yield Recordable(name, (f"{entry.key}.{value}",), group)
    for topic, named in prompts.topics.items():
        yield Recordable(named.label, (f"{TOPICS}.{topic}",), TOPICS)
    yield from _options(prompts, spoken)


def _sentences(entry: Entry) -> Iterator[Recordable]:
    for variant, text in entry.texts.items():
        if variant == "sms":
            continue
        name, group = f"{entry.key}.{variant}", _group(entry.key)
        if "{" not in text:
            yield Recordable(text, (name,), group)
            continue
        within = _ANSWER.sub("…", text)
        for part in parts(text, name, lambda *_: Text("x")):
            if isinstance(part, Text) and part.key:
                yield Recordable(part.text, (part.key,), group, within)


def _options(prompts: Prompts, entries: Collection[Entry]) -> Iterator[Recordable]:
    """ "tapez 1", and so on for as many keys as a question has choices."""
    most = max([len(LOOSE_KEYS), *(len(entry.options) for entry in entries)])
    for number in range(1, most + 1):
        form = with_key(prompts.words.options.voice, str(number))
        for part in parts(form, f"words.options.{number}", lambda *_: Text("x")):
            if isinstance(part, Text) and part.key:
                yield Recordable(part.text, (part.key,), OPTIONS, _ANSWER.sub("…", form))


def groups(found: Collection[Recordable]) -> Mapping[str, tuple[Recordable, ...]]:
    """The texts by their group, in order."""
    by_group: dict[str, list[Recordable]] = {}
    for one in found:
        by_group.setdefault(one.group, []).append(one)
    return {group: tuple(texts) for group, texts in by_group.items()}


def _group(key: str) -> str:
    return key.partition(".")[0]
