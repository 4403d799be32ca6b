"""A new procedure, small but complete: its flow, sentences, choices, understanding and two conversations."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from voicebot.app import LOOKUPS
from voicebot.content.check import check_all
from voicebot.content.folders import Content
from voicebot.datafile import raise_if_any
from voicebot.dialogue.meaning import Expecting
from voicebot.editing.pattern import NewProcedure, filled, from_pattern, unusable
from voicebot.errors import DataError
from voicebot.nlu import Understanding
from voicebot.nlu.heard import ASK
from voicebot.prompts import Prompts
from voicebot.prompts.load import TOPICS

__all__ = ["NewProcedure", "begin", "robbed"]

_ASKED_FOR: Final = "bonjour je voudrais demander {}"


def begin(content: Content, new: NewProcedure) -> tuple[Path, ...]:
    """Write the files of `new` into the topmost folders of `content` and return their paths.

    Nothing remains if our checks fail.

    Raises DataError: the name is taken, or a word of the title breaks a rule of plain language.
    """
    files = _files(content, new)
    taken = _taken(content, new.name)
    if taken:
        raise unusable("taken", new.name, where=f" (voir {taken[0]})")
    raise_if_any(check_all(content, LOOKUPS))
    topics = content.prompts[-1] / TOPICS
    before = topics.read_text(encoding="utf-8") if topics.exists() else None
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        others = f"{before.rstrip()}\n" if before else ""
        topics.write_text(others + filled("topic", new), encoding="utf-8")
        # One finding is enough: the same word is wrong in several files.
        raise_if_any(check_all(content, LOOKUPS)[:1])
    except (OSError, DataError) as error:
        for path in (*files, topics) if before is None else files:
            path.unlink(missing_ok=True)
        if before is not None:
            topics.write_text(before, encoding="utf-8")
        raise unusable("unwritten", new.name, why=str(error)) from error
    return (*files, topics)


def robbed(content: Content, name: str) -> tuple[str, ...]:
    """The other procedures whose own names would now be understood, or nearly, as `name`: too similar."""
    understanding = Understanding.load(*content.nlu)
    topics = {topic: known.label for topic, known in Prompts.load(*content.prompts).topics.items()}

    def alike(label: str) -> bool:
        meaning = understanding.interpret(_ASKED_FOR.format(label), Expecting())
        near = (each.intent for each in meaning.alternatives if each.score >= ASK)
        return meaning.intent == name or (meaning.certainty != "sure" and name in near)

    return tuple(topic for topic, label in topics.items() if topic != name and alike(label))


def _files(content: Content, new: NewProcedure) -> dict[Path, str]:
    """The files of the pattern, in the topmost folder of each kind."""
    folders = {
        "flows": content.flows[-1],
        "prompts": content.prompts[-1],
        "nlu/choices": content.choices[-1],
        "nlu/intents": content.intents[-1],
        "conversations": content.conversations[-1],
    }
    split = ((path.rpartition("/"), text) for path, text in from_pattern(new).items())
    return {folders[folder] / name: text for (folder, _, name), text in split}


def _taken(content: Content, name: str) -> list[Path]:
    """The files that use the name already, in any folder."""
    folders = (*content.flows, *content.prompts, *content.choices, *content.intents)
    files = [folder / f"{name}.yaml" for folder in folders]
    files += [
        folder / f"{name}.{kind}.yaml" for folder in content.conversations for kind in ("straight", "human")
    ]
    files = [path for path in files if path.exists()]
    topics = [folder / TOPICS for folder in content.prompts if (folder / TOPICS).exists()]
    known = re.compile(rf"^{name}:", re.MULTILINE)
    return files + [path for path in topics if known.search(path.read_text(encoding="utf-8"))]
