"""Reading prompts/fr: every prompt with its variants, the topics, the connecting words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from voicebot.datafile import DataFile, Finding, described, read, validate
from voicebot.prompts.placeholders import STYLES, Placeholder, placeholders

#: The files of the folder that hold no prompts.
TOPICS, WORDS, JARGON, LONG_VALUES = "topics.yaml", "words.yaml", "jargon.yaml", "long_values.yaml"
VARIANTS = ("ask", "retry", "keys", "help", "sms")

Sentence = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PromptItem(_Strict):
    """One prompt as written. `label` names the question in a few words, `options` names its choices."""

    ask: Sentence
    retry: Sentence | None = None
    keys: Sentence | None = None
    help: Sentence | None = None
    sms: Sentence | None = None
    label: Sentence | None = None
    options: dict[Name, Sentence] = {}


class Topic(_Strict):
    """A procedure or service: its name in a sentence, the number to call, and whose number it is."""

    label: Sentence
    number: Sentence
    who: Sentence


class ByChannel(_Strict):
    """A wording for the voice and one for SMS."""

    voice: str
    sms: str


class Reply(_Strict):
    """How an SMS asks for a yes or a no."""

    all: Sentence
    each: Sentence
    between: str


class Listed(_Strict):
    """How a list is told: what stands between its things, and before the last."""

    between: str
    last: str


class Euros(_Strict):
    """Amounts of money."""

    one: Sentence
    many: Sentence
    cents: Sentence
    sms: Sentence


class Words(_Strict):
    """The connecting words and signs."""

    options: ByChannel
    reply: Reply
    texted: dict[Sentence, Sentence]
    digits: ByChannel
    pairs: ByChannel
    listed: Listed
    decimal: str
    euros: Euros
    date: Sentence
    near_day: Sentence
    hour: ByChannel
    hour_and: ByChannel
    weekdays: tuple[str, ...] = Field(min_length=7, max_length=7)
    month_of_year: Sentence
    first_day: ByChannel
    months: tuple[str, ...] = Field(min_length=12, max_length=12)


def _as_mapping(written: Any) -> Any:
    """A lone sentence is the prompt's first wording."""
    return {"ask": written} if isinstance(written, str) else written


PROMPTS: TypeAdapter[dict[str, PromptItem]] = TypeAdapter(
    dict[
        Name,
        Annotated[PromptItem, BeforeValidator(_as_mapping, json_schema_input_type=Sentence | PromptItem)],
    ]
)
_FIELDS = Path(__file__).parent / "fr" / "fields.yaml"
TOPIC_LIST: TypeAdapter[dict[str, Topic]] = TypeAdapter(dict[Name, Topic])
WORD_LIST: TypeAdapter[Words] = TypeAdapter(Words)


@dataclass(frozen=True)
class Entry:
    """One prompt: `texts` by variant, the names of the question and its choices, where it is written."""

    key: str
    file: str
    line: int
    texts: Mapping[str, str]
    label: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def placeholders(self) -> frozenset[Placeholder]:
        """All that is to be filled in, in any variant."""
        return frozenset(each for text in self.texts.values() for each in placeholders(text) or ())

    @property
    def slots(self) -> frozenset[str]:
        """The slots that must be known to say it."""
        return frozenset(each.slot for each in self.placeholders)

    @property
    def named_slots(self) -> frozenset[str]:
        """The slots whose choice is said by its name, as in `{logement:option}`."""
        return frozenset(each.slot for each in self.placeholders if each.style == "option")


@dataclass(frozen=True)
class Book:
    """All that a folder of prompts says, and what is wrong with it. `words` is None when unreadable."""

    entries: Mapping[str, Entry]
    topics: Mapping[str, Topic]
    words: Words | None
    findings: tuple[Finding, ...]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a file of prompts, for editors: prompts.schema.json."""
    return described({"title": "Prompts", **PROMPTS.json_schema()}, _FIELDS)


def read_prompts(folder: Path) -> Book:
    """Read every file of `folder`; a file with errors gives findings instead of prompts."""
    topics, wrong_topics = validate(read(folder / TOPICS), TOPIC_LIST.validate_python)
    words, wrong_words = validate(read(folder / WORDS), WORD_LIST.validate_python)
    findings = [*wrong_topics, *wrong_words]
    entries: dict[str, Entry] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name in (TOPICS, WORDS, JARGON, LONG_VALUES):
            continue
        file = read(path)
        items, wrong = validate(file, PROMPTS.validate_python)
        findings += wrong
        for name, item in (items or {}).items():
            entries[f"{path.stem}.{name}"] = _entry(file, path.stem, name, item)
            findings += _misfilled(file, name, item)
    return Book(entries, topics or {}, words, tuple(findings))


def _entry(file: DataFile, flow: str, name: str, item: PromptItem) -> Entry:
    texts = {variant: text for variant in VARIANTS if (text := getattr(item, variant))}
    lines = {variant: file.line(name, variant) for variant in (*VARIANTS, "label", "options")}
    return Entry(f"{flow}.{name}", file.name, file.line(name), texts, item.label, item.options, lines)


def _misfilled(file: DataFile, name: str, item: PromptItem) -> Iterator[Finding]:
    for variant in VARIANTS:
        text = getattr(item, variant)
        if text and placeholders(text) is None:
            yield file.finding("bad_placeholder", name, variant, field=variant, expected=", ".join(STYLES))
    names: dict[tuple[str, ...], str] = {("label",): item.label or ""}
    names |= {("options", key): text for key, text in item.options.items()}
    for where, text in names.items():
        if "{" in text or "}" in text:
            yield file.finding("slot_in_label", name, *where, field=where[-1])
