"""One step as an author sees it: all its sentences, where each answer leads, how people say each choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from voicebot.datafile import read_layers
from voicebot.datafile.yaml_lines import parse
from voicebot.editing.checking import ReadFiles
from voicebot.prompts.load import VARIANTS, PromptEntry

#: Where a step leads: the fields of its YAML.
WAYS: Final = ("to", "no", "unknown", "other")
_COMPARISONS: Final = ("is", "in", "below", "at_least")


@dataclass(frozen=True)
class Choice:
    """One choice: its name in the files, how it is said, where it leads ("": as the others).

    `known` are ways of saying it that come with the program, `phrases` those of the association.
    """

    value: str
    label: str
    to: str = ""
    known: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Condition:
    """Go `to` if the answer `slot` compares to `value` by `by` (is, below or at_least)."""

    slot: str
    by: str
    value: str
    to: str


@dataclass(frozen=True)
class StepForm:
    """Everything of a step that can be changed on its page; `texts` by variant, also "label" and "note"."""

    name: str
    kind: str
    texts: Mapping[str, str]
    ways: Mapping[str, str]
    choices: tuple[Choice, ...] = ()
    conditions: tuple[Condition, ...] = ()
    expects: str = ""
    slot: str = ""
    fact: str = ""
    more: bool = False
    shared_prompt: str = ""
    stakes: str = ""


def raw_flow(read: ReadFiles, flow: str) -> Mapping[str, Any]:
    """A procedure as written."""
    data: Mapping[str, Any] = parse(read.flow_text(flow))[0] or {}
    return data


def step_form(read: ReadFiles, flow: str, name: str) -> StepForm | None:
    """The step as it is written now; None if there is none."""
    written = raw_flow(read, flow).get("steps", {}).get(name)
    if not isinstance(written, dict):
        return None
    key = prompt_key(flow, written.get("prompt") or name)
    entry, note = read.book.entries.get(key), prompt_key(flow, written.get("note") or "")
    own = key.partition(".")[0] == flow
    return StepForm(
        name,
        str(written.get("kind", "")),
        _texts(read, flow, key, note),
        {way: str(written[way]) for way in WAYS if written.get(way)},
        _choices(read, flow, written, entry),
        tuple(_conditions(written)),
        str(written.get("expects", "")),
        str(written.get("slot", "")),
        str(written.get("fact", "")),
        bool(written.get("more")),
        "" if own else key,
        str(written.get("stakes", "")),
    )


def packaged_sentences(read: ReadFiles, flow: str) -> Mapping[str, Mapping[str, Any]]:
    """The packaged sentences of a procedure as written, with the names of facts and not their values."""
    data: Any = read_layers(f"{flow}.yaml", read.base.prompts).data if read.is_packaged(flow) else {}
    return _as_mappings(data)


def written_sentences(read: ReadFiles, flow: str) -> Mapping[str, Mapping[str, Any]]:
    """Like `packaged_sentences`, with those of the association laid over them."""
    packaged = packaged_sentences(read, flow)
    own = _as_mappings(parse(read.files.get(f"prompts/{flow}.yaml", ""))[0])
    names = dict.fromkeys([*packaged, *own])
    return {name: {**packaged.get(name, {}), **own.get(name, {})} for name in names}


def _as_mappings(data: Any) -> Mapping[str, Mapping[str, Any]]:
    return {name: {"ask": item} if isinstance(item, str) else item for name, item in (data or {}).items()}


def prompt_key(flow: str, name: str) -> str:
    """The whole key of a prompt that a step names."""
    return name if "." in name else f"{flow}.{name}"


def _texts(read: ReadFiles, flow: str, key: str, note: str) -> dict[str, str]:
    """The sentences as written; those of other procedures as they are said."""
    texts = dict.fromkeys((*VARIANTS, "label", "note"), "")
    item = _sentence(read, flow, key)
    texts |= {part: str(item[part]) for part in (*VARIANTS, "label") if item.get(part)}
    return texts | {"note": str(_sentence(read, flow, note).get("ask", ""))}


def _sentence(read: ReadFiles, flow: str, key: str) -> Mapping[str, Any]:
    owner, _, name = key.partition(".")
    if owner == flow:
        return written_sentences(read, flow).get(name, {})
    entry = read.book.entries.get(key)
    return {**entry.texts, "label": entry.label} if entry else {}


def _choices(
    read: ReadFiles, flow: str, written: Mapping[str, Any], entry: PromptEntry | None
) -> tuple[Choice, ...]:
    if written.get("kind") != "choose" or written.get("expects") == "intent":
        return ()
    own = parse(read.files.get(f"nlu/choices/{flow}.yaml", ""))[0] or {}
    leads = {
        str(value): str(route["to"])
        for route in written.get("routes", ())
        if route["when"].get("slot") == written.get("slot")
        for value in (route["when"].get("is"), *route["when"].get("in", ()))
        if value is not None
    }
    found = []
    for value in map(str, written.get("choices", ())):
        phrases = tuple(map(str, own.get(value) or ()))
        known = tuple(one for one in read.phrases.get(value, ()) if one not in phrases)
        label = entry.options.get(value, "") if entry else ""
        found.append(Choice(value, label, leads.get(value, ""), known, phrases))
    return tuple(found)


def _conditions(written: Mapping[str, Any]) -> list[Condition]:
    """The routes that the choices do not show."""
    found = []
    for route in written.get("routes", ()):
        when = route["when"]
        by = next((one for one in _COMPARISONS if one in when), "is")
        shown_with_choice = written.get("kind") == "choose" and when.get("slot") == written.get("slot")
        if not shown_with_choice:
            value = when.get(by)
            said = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            found.append(Condition(str(when.get("slot", "")), by, said, str(route["to"])))
    return found
