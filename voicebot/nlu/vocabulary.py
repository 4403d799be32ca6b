"""The French words of understanding, read from folders of YAML files and checked for their shape."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

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
    """One frame of lure_frames.yaml: every head is combined with every rest."""

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
        """Every name after every opening, with its intent."""
        for intent, names in self.names.items():
            yield from ((f"{opening} {name}", intent) for opening in self.openings for name in names)


class AcronymWords(_Shape):
    """acronyms.yaml."""

    letters: dict[str, Words]
    spelled: Words
    forms: dict[str, Words]


class YesNoWords(_Shape):
    """yes_no.yaml; the keys of the mappings are "yes" and "no". `signs` are read as the words behind them."""

    signs: dict[str, str]

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
    many: dict[str, int]
    parts: dict[str, float]
    millions: Words
    either: Words
    next_age: Words
    about: Words
    born: Words
    other_money: Words
    bounds: Words
    not_ages: Words
    instead: Words
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
    regions: Words
    within: Words
    near: Words
    either: Words
    denied: Words
    arrondissements: dict[str, str]


class DangerPatterns(_Shape):
    """The patterns of one danger; danger.yaml explains their language."""

    sure: Words
    unsure: Words = []


class DangerGuards(_Shape):
    """danger_guards.yaml."""

    past: Words
    unless: Words
    fiction: Words = []
    groups: dict[str, Words] = {}


class HeardWords(_Shape):
    """scam.yaml, hunger.yaml and worry.yaml: patterns as in danger.yaml, and what is taken out before."""

    sure: Words
    unless: Words


class AmbiguousWords(_Shape):
    """ambiguous.yaml."""

    carriers: Words
    between: Words
    requests: dict[str, Words]


class ClauseWords(_Shape):
    """clauses.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    instead: Words
    but: Words
    now: Words
    because: Words
    and_: Words = Field(alias="and")
    past: Words
    past_end: Words
    excepting: Words
    around: Words
    behind: Words
    more_before: Words
    more_behind: Words
    refusals: Words
    denial: Words
    fillers: Words
    same: list[Words]


class TimeWords(_Shape):
    """time.yaml; `days` and `months` are counted from today, `feasts` are month-day."""

    units: dict[str, float]
    passed: Words
    coming: Words
    from_today: dict[str, float]
    seasons: dict[str, int]
    next_year: Words
    below: Words
    above: Words
    days: dict[str, int]
    feasts: dict[str, str]
    months: dict[str, int]
    ahead: Words
    ago: Words


class MeasureWords(_Shape):
    """One question of measures.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    of: Literal["lasting", "until", "yearly", "age", "day"]
    from_: dict[str, float] = Field(alias="from")


class AsideWords(_Shape):
    """asides.yaml; `about`, `why` and `unserved` are patterns as in danger.yaml."""

    about: dict[str, Words]
    why: Words
    what: Words
    asks: Words
    person: Words
    turns: Words
    wishes: Words
    acknowledges: Words
    not_acknowledging: Words
    not_about: Words
    but_about: Words
    small: dict[str, Words]
    glossary: dict[str, Words]
    unserved: dict[str, Words]
    unless: Words


class LanguageWords(_Shape):
    """One language of languages.yaml."""

    script: str = ""
    letters: str = ""
    sure: Words
    words: Words
    danger: dict[str, Words]


class PaperWords(_Shape):
    """papers.yaml; `names`: paper → how it is named."""

    all: Words
    none: Words
    lacking: Words
    having: Words
    what: Words
    names: dict[str, Words]


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
    hunger: HeardWords
    worry: HeardWords
    ambiguous: AmbiguousWords
    clauses: ClauseWords
    time: TimeWords
    measures: dict[str, MeasureWords]
    asides: AsideWords
    languages: dict[str, LanguageWords]
    papers: PaperWords
    answers: dict[str, dict[str, Words]]

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


#: The files of a folder, beside those of its folders `intents` and `choices`.
FILES: Final = tuple(
    name for name in Vocabulary.model_fields if name not in ("intents", "choices", "answers")
)
_INTENT: Final = TypeAdapter(IntentWords)
_CHOICES: Final = TypeAdapter(dict[str, Words])
_ANSWERS: Final = TypeAdapter(dict[str, dict[str, Words]])


def read(*folders: Path) -> Vocabulary:
    """The vocabulary in the folders; what a folder says is added to what those before it say.

    Raises DataError naming file and line of whatever is missing or wrong.
    """
    parts: dict[str, Any] = {name: _part(name, folders) for name in FILES}
    inside = [folder / "intents" for folder in folders]
    intents = datafile.names(inside)
    if not intents:
        raise DataError(f"expected files with example sentences in {datafile.shown(inside[0])}, found none")
    parts["intents"] = [_checked(name, inside, _INTENT) for name in intents]
    parts["choices"] = choice_words(folders)
    parts["answers"] = answer_words(folders)
    return Vocabulary.model_construct(**parts)


def answer_words(words: datafile.Folders) -> dict[str, dict[str, Words]]:
    """How people answer single questions: prompt key → answer → phrases; several files add to one another."""
    folders = [folder / "answers" for folder in words]
    together: dict[str, dict[str, Words]] = {}
    for name in datafile.names(folders):
        for question, answers in _checked(name, folders, _ANSWERS).items():
            kept = together.setdefault(question, {})
            for answer, said in answers.items():
                kept[answer] = list(dict.fromkeys((*kept.get(answer, ()), *said)))
    return together


def check_words(intents: datafile.Folders, choices: datafile.Folders) -> list[datafile.Finding]:
    """What is wrong with the files of the folders `intents` and `choices`."""
    return [
        each
        for folders, shape in ((intents, _INTENT.validate_python), (choices, _CHOICES.validate_python))
        for name in datafile.names(folders)
        for each in datafile.validate(datafile.read_layers(name, folders, adding=True), shape)[1]
    ]


def choice_words(words: datafile.Folders) -> dict[str, Words]:
    """The phrases of every choice; what several files say of one is put together."""
    folders = [folder / "choices" for folder in words]
    together: dict[str, Words] = {}
    for name in datafile.names(folders):
        for value, phrases in _checked(name, folders, _CHOICES).items():
            together[value] = list(dict.fromkeys((*together.get(value, ()), *phrases)))
    return together


def _part(name: str, folders: datafile.Folders) -> Any:
    shape: TypeAdapter[Any] = TypeAdapter(Vocabulary.model_fields[name].annotation or Any)
    return _checked(f"{name}.yaml", folders, shape)


def _checked(name: str, folders: datafile.Folders, shape: TypeAdapter[T]) -> T:
    file = datafile.read_layers(name, folders, adding=True)
    data, findings = datafile.validate(file, shape.validate_python)
    datafile.raise_if_any(findings)
    assert data is not None
    return data
