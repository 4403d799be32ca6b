"""The French words of understanding, read from a folder of YAML files and checked for their shape."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter

from voicebot import datafile
from voicebot.dialogue.meaning import NO_INTENT
from voicebot.errors import DataError

CHANNELS = ("voice", "sms", "keypad")
Words = list[str]
T = TypeVar("T")


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IntentWords(_Shape):
    """intents/<intent>.yaml: a procedure, how it is named and called, and how people ask for it."""

    intent: str
    label: str | None
    number: str | None
    who: str | None
    keywords: Words
    utterances: Words


class CommandWords(_Shape):
    """One command of commands.yaml; `words` are whole utterances, `utterances` examples."""

    words: Words
    utterances: Words
    channels: tuple[str, ...] = CHANNELS


class LureWords(_Shape):
    """lures.yaml."""

    utterances: Words


class LureFrame(_Shape):
    """One frame of lure_frames.yaml: every head is said with every rest."""

    heads: Words
    rests: Words

    def sentences(self) -> Iterator[str]:
        """Everything the frame says."""
        return (f"{head} {rest}" for head in self.heads for rest in self.rests)


class OpeningWords(_Shape):
    """openings.yaml; `names`: intent → how its matter is named."""

    openings: Words
    names: dict[str, Words]

    def sentences(self) -> Iterator[tuple[str, str]]:
        """Every name behind every opening, and its intent."""
        for intent, names in self.names.items():
            yield from ((f"{opening} {name}", intent) for opening in self.openings for name in names)


class AcronymWords(_Shape):
    """acronyms.yaml."""

    letters: dict[str, Words]
    spelled: Words
    forms: dict[str, Words]


class YesNoWords(_Shape):
    """yes_no.yaml; the keys of the mappings are "yes" and "no"."""

    fillers: Words
    words: dict[str, Words]
    exact: dict[str, Words]
    inside: dict[str, Words]
    neither: Words


class NumberWords(_Shape):
    """numbers.yaml; `months` and `ordinals` are in order."""

    not_numbers: Words
    joined: dict[str, str]
    zero: Words
    misheard: dict[str, str]
    between: Words
    decimal: Words
    thousand: Words
    times: dict[str, int]
    zeros: Words
    units: dict[str, Words]
    own_age: Words
    not_own_age: Words
    months: list[Words]
    months_by_letters: Words
    ordinals: list[Words]
    spoken: Words


class TownWords(_Shape):
    """towns.yaml."""

    carriers: Words
    before: Words
    articles: dict[str, str]
    abbreviations: dict[str, str]
    after: Words
    everyday: Words
    arrondissements: dict[str, str]


class DangerPatterns(_Shape):
    """The patterns of one danger; danger.yaml explains their language."""

    sure: Words
    unsure: Words = []


class DangerGuards(_Shape):
    """danger_guards.yaml."""

    past: Words
    unless: Words


class HeardWords(_Shape):
    """scam.yaml and worry.yaml: patterns as in danger.yaml, and what is taken out before."""

    sure: Words
    unless: Words


class AmbiguousWords(_Shape):
    """ambiguous.yaml."""

    carriers: Words
    between: Words
    requests: dict[str, Words]


class Vocabulary(_Shape):
    """All files of a folder."""

    intents: list[IntentWords]
    commands: dict[str, CommandWords]
    lures: LureWords
    lure_frames: list[LureFrame]
    openings: OpeningWords
    terms: dict[str, Words]
    concepts: dict[str, Words]
    acronyms: AcronymWords
    sms: dict[str, str]
    sounds: list[tuple[str, str]]
    yes_no: YesNoWords
    numbers: NumberWords
    towns: TownWords
    choices: dict[str, Words]
    danger: dict[str, DangerPatterns]
    danger_guards: DangerGuards
    scam: HeardWords
    worry: HeardWords
    ambiguous: AmbiguousWords

    def examples(self) -> Iterator[tuple[str, str]]:
        """Every example sentence and its label: an intent or a command."""
        for intent in self.intents:
            yield from ((sentence, intent.intent) for sentence in intent.utterances)
        for intent_name, terms in self.terms.items():
            yield from ((term, intent_name) for term in terms)
        yield from self.openings.sentences()
        yield from ((sentence, NO_INTENT) for sentence in self.lures.utterances)
        yield from ((sentence, NO_INTENT) for frame in self.lure_frames for sentence in frame.sentences())
        for name, command in self.commands.items():
            yield from ((sentence, name) for sentence in (*command.words, *command.utterances))


def read(folder: Path) -> Vocabulary:
    """The vocabulary in `folder`. Raises DataError naming file and line of whatever is missing or wrong."""
    names = [name for name in Vocabulary.model_fields if name not in ("intents", "choices")]
    parts: dict[str, Any] = {name: _part(folder / f"{name}.yaml", name) for name in names}
    intents = sorted((folder / "intents").glob("*.yaml"))
    if not intents:
        raise DataError(
            f"expected files with example sentences in {datafile.shown(folder / 'intents')}, found none"
        )
    parts["intents"] = [_checked(path, TypeAdapter(IntentWords)) for path in intents]
    parts["choices"] = _choices(folder / "choices")
    return Vocabulary.model_construct(**parts)


def _choices(folder: Path) -> dict[str, Words]:
    """The phrases of every choice; what several files say of one is put together."""
    together: dict[str, Words] = {}
    for path in sorted(folder.glob("*.yaml")):
        for value, phrases in _checked(path, TypeAdapter(dict[str, Words])).items():
            together[value] = list(dict.fromkeys((*together.get(value, ()), *phrases)))
    return together


def _part(path: Path, name: str) -> Any:
    shape: TypeAdapter[Any] = TypeAdapter(Vocabulary.model_fields[name].annotation or Any)
    return _checked(path, shape)


def _checked(path: Path, shape: TypeAdapter[T]) -> T:
    data, findings = datafile.validate(datafile.read(path), shape.validate_python)
    datafile.raise_if_any(findings)
    assert data is not None
    return data
