"""What people can record: every text that never changes, and the pieces around answers, each text once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from voicebot.prompts.load import PromptEntry
from voicebot.prompts.pieces import parts, with_key
from voicebot.prompts.render import LOOSE_KEYS, Prompts
from voicebot.sound import Speech

#: Groups that are not files: the names of topics, and the words with which every option ends.
TOPICS, OPTIONS = "topics", "options"
#: Prompts that only the staff hear on the telephone; they are left to the synthesizer.
_OURS = frozenset({"mediation", "studio"})
_ANSWER = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True)
class Recordable:
    """A text to record.

    `keys` are all the places where it is said, first the one in whose `group` it is shown. `within` is the
    whole sentence around a piece, with "…" for the answers; None if the text is whole.
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


def _sentences(entry: PromptEntry) -> Iterator[Recordable]:
    for variant, text in entry.texts.items():
        if variant == "sms":
            continue
        name, group = f"{entry.key}.{variant}", _group(entry.key)
        if "{" not in text:
            yield Recordable(text, (name,), group)
            continue
        within = _ANSWER.sub("…", text)
        for part in parts(text, name, lambda *_: Speech("x")):
            if isinstance(part, Speech) and part.key:
                yield Recordable(part.text, (part.key,), group, within)


def _options(prompts: Prompts, entries: Collection[PromptEntry]) -> Iterator[Recordable]:
    """ "tapez 1", and so on for as many keys as a question has choices."""
    most = max([len(LOOSE_KEYS), *(len(entry.options) for entry in entries)])
    for number in range(1, most + 1):
        form = with_key(prompts.words.options.voice, str(number))
        for part in parts(form, f"words.options.{number}", lambda *_: Speech("x")):
            if isinstance(part, Speech) and part.key:
                yield Recordable(part.text, (part.key,), OPTIONS, _ANSWER.sub("…", form))


def groups(found: Collection[Recordable]) -> Mapping[str, tuple[Recordable, ...]]:
    """The texts by group, in order."""
    by_group: dict[str, list[Recordable]] = {}
    for one in found:
        by_group.setdefault(one.group, []).append(one)
    return {group: tuple(texts) for group, texts in by_group.items()}


def _group(key: str) -> str:
    return key.partition(".")[0]
