"""Reading prompts/fr: every prompt with its variants, the topics, the connecting words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from voicebot.datafile import DataFile, Finding, described, finding, names, read_layers, validate
from voicebot.facts import FACTS, Fact, read_facts
from voicebot.packaged import packaged
from voicebot.prompts.placeholders import STYLES, Placeholder, facts_in, placeholders, with_facts

#: The files in the folder that do not contain prompts.
TOPICS, WORDS, JARGON, LONG_VALUES = "topics.yaml", "words.yaml", "jargon.yaml", "long_values.yaml"
VARIANTS = ("ask", "retry", "keys", "help", "sms")

_SENTENCES = re.compile(r"(?<=[.?!]) +")
Sentence = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PromptItem(_Strict):
    """One prompt as written. `label` names the question in a few words, `options` names its choices.

    With an empty `sms` nothing is texted.
    """

    ask: Sentence
    retry: Sentence | None = None
    keys: Sentence | None = None
    help: Sentence | None = None
    sms: str | None = None
    label: Sentence | None = None
    options: dict[Name, Sentence] = {}


class Topic(_Strict):
    """A procedure or service: its name in a sentence, who helps, and their number if one serves all.

    The number is nobody's with a yes in the slot `not_with`.
    """

    label: Sentence
    who: Sentence
    number: str = ""
    not_with: Name | None = None


class ByChannel(_Strict):
    """A wording for the voice and one for SMS."""

    voice: str
    sms: str


class ListWording(_Strict):
    """How a list is said: what goes between its items, and before the last one."""

    between: str
    last: str


class Euros(_Strict):
    """Amounts of money."""

    one: Sentence
    many: Sentence
    cents: Sentence
    sms: Sentence


class ConnectingWords(_Strict):
    """The connecting words and punctuation."""

    options: ByChannel
    texted: dict[Sentence, Sentence]
    heard_only: tuple[Sentence, ...] = ()
    digits: ByChannel
    pairs: ByChannel
    listed: ListWording
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

    def typed(self, text: str) -> str:
        """`text` for somebody who types: without the sentences that only tell people to speak."""
        parts = _SENTENCES.split(text)
        kept = [part for part in parts if not part.startswith(tuple(f"{word} " for word in self.heard_only))]
        return " ".join(kept)


def _as_mapping(written: Any) -> Any:
    """A lone sentence is the prompt's first wording."""
    return {"ask": written} if isinstance(written, str) else written


def _as_mappings(file: DataFile) -> DataFile:
    """The file with each lone sentence as a mapping, so that variants can be laid over one another."""
    if not isinstance(file.data, dict):
        return file
    # The sentence stands where its name does: laid over ours, it must not seem to be ours.
    lone = [name for name, item in file.data.items() if isinstance(item, str)]
    lines: dict[tuple[str | int, ...], int] = {
        (name, "ask"): file.lines[(name,)] for name in lone if (name,) in file.lines
    }
    data = {name: _as_mapping(item) for name, item in file.data.items()}
    return replace(file, data=data, lines={**file.lines, **lines})


PROMPTS: TypeAdapter[dict[str, PromptItem]] = TypeAdapter(
    dict[
        Name,
        Annotated[PromptItem, BeforeValidator(_as_mapping, json_schema_input_type=Sentence | PromptItem)],
    ]
)
_FIELDS = packaged("prompts", "fr", "fields.yaml")
TOPIC_LIST: TypeAdapter[dict[str, Topic]] = TypeAdapter(dict[Name, Topic])
WORD_LIST: TypeAdapter[ConnectingWords] = TypeAdapter(ConnectingWords)


@dataclass(frozen=True)
class PromptEntry:
    """One prompt: `texts` by variant, the names of the question and its choices, where it was written.

    `lines` and `files` say where each part stands: an association may lay one variant over ours. `facts` are
    the ids of the facts whose values stand in the texts, `stated` those of each variant.
    """

    key: str
    file: str
    line: int
    texts: Mapping[str, str]
    label: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    facts: frozenset[str] = frozenset()
    stated: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def finding(self, code: str, part: str, **words: object) -> Finding:
        """The finding `code` at a variant, "label" or "options"; where the prompt begins if it has none."""
        return finding(code, self.files.get(part, self.file), self.lines.get(part, self.line), **words)

    @property
    def placeholders(self) -> frozenset[Placeholder]:
        """Everything that is to be filled in, in any variant."""
        return frozenset(each for text in self.texts.values() for each in placeholders(text) or ())

    @property
    def slots(self) -> frozenset[str]:
        """The slots that must be known in order to say it."""
        return frozenset(each.slot for each in self.placeholders)

    @property
    def named_slots(self) -> frozenset[str]:
        """The slots whose choice is said by its name, as in `{logement:option}`."""
        return frozenset(each.slot for each in self.placeholders if each.style == "option")


@dataclass(frozen=True)
class Book:
    """Everything a folder of prompts says, and what is wrong with it. `words` is None if unreadable."""

    entries: Mapping[str, PromptEntry]
    topics: Mapping[str, Topic]
    words: ConnectingWords | None
    findings: tuple[Finding, ...]
    facts: Mapping[str, Fact] = field(default_factory=dict)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a file of prompts, for editors: prompts.schema.json."""
    return described({"title": "Prompts", **PROMPTS.json_schema()}, _FIELDS)


def read_prompts(*folders: Path, facts_file: Path = FACTS) -> Book:
    """Read every file in the folders; a file with errors yields findings instead of prompts.

    What a folder says of a prompt, a topic or a word is laid over what the folders before it say. The values
    of facts are those in `facts_file`.
    """
    facts = read_facts(facts_file)[0]
    topics, wrong_topics = validate(read_layers(TOPICS, folders), TOPIC_LIST.validate_python)
    words, wrong_words = validate(read_layers(WORDS, folders), WORD_LIST.validate_python)
    findings = [*wrong_topics, *wrong_words]
    entries: dict[str, PromptEntry] = {}
    for file_name in names(folders):
        if file_name in (TOPICS, WORDS, JARGON, LONG_VALUES):
            continue
        flow, file = file_name.removesuffix(".yaml"), read_layers(file_name, folders, prepared=_as_mappings)
        items, wrong = validate(file, PROMPTS.validate_python)
        findings += wrong
        for name, item in (items or {}).items():
            told = _with_facts(item, facts)
            entry = _entry(file, flow, name, told)
            entries[entry.key] = replace(entry, facts=_facts(*_parts(item)), stated=_stated(item))
            findings += _misfilled(file, name, told)
    return Book(entries, topics or {}, words, tuple(findings), facts)


def _parts(item: PromptItem) -> Iterator[str]:
    """Every text of a prompt: its variants, its name, the names of its choices."""
    yield from (text for variant in (*VARIANTS, "label") if (text := getattr(item, variant)))
    yield from item.options.values()


def _facts(*texts: str) -> frozenset[str]:
    return frozenset(id for text in texts for id in facts_in(text))


def _stated(item: PromptItem) -> dict[str, frozenset[str]]:
    """The facts that each variant states."""
    return {variant: _facts(text) for variant in VARIANTS if (text := getattr(item, variant))}


def _with_facts(item: PromptItem, facts: Mapping[str, Fact]) -> PromptItem:
    """The prompt with the values of the facts that it asks for."""
    written = {name: getattr(item, name) for name in (*VARIANTS, "label")}
    told = {name: with_facts(text, facts) for name, text in written.items() if text}
    options = {value: with_facts(text, facts) for value, text in item.options.items()}
    return item.model_copy(update={**told, "options": options})


def _entry(file: DataFile, flow: str, name: str, item: PromptItem) -> PromptEntry:
    texts = {variant: text for variant in VARIANTS if (text := getattr(item, variant)) is not None}
    lines = {variant: file.line(name, variant) for variant in (*VARIANTS, "label", "options")}
    files = {variant: file.origin(name, variant) for variant in lines}
    key, origin = f"{flow}.{name}", file.origin(name)
    return PromptEntry(key, origin, file.line(name), texts, item.label, item.options, lines, files)


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
