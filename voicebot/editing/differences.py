"""What a change changes, in the author's terms: sentence by sentence and step by step, never line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final, Literal

from voicebot.datafile.yaml_lines import parse
from voicebot.editing.checking import ReadFiles
from voicebot.editing.folder import Changes
from voicebot.prompts.load import TOPICS, PromptEntry

#: What kind of thing differs; the pages have the words.
Kind = Literal["sentence", "step", "phrases", "facts", "other"]
_KINDS: Final[Mapping[str, Kind]] = {"choices": "phrases", "intents": "phrases"}


@dataclass(frozen=True)
class Difference:
    """One thing that differs: of which procedure, where in it, before and after ("": nothing there)."""

    kind: Kind
    flow: str
    where: str
    part: str
    before: str
    after: str


def differences(before: ReadFiles, after: ReadFiles, paths: Changes) -> list[Difference]:
    """What differs between two versions in the files at `paths`."""
    found: list[Difference] = []
    for path in sorted(paths):
        folder, flow = PurePath(path).parent.name, PurePath(path).stem
        if folder == "prompts" and path != f"prompts/{TOPICS}":
            found += _sentences(before, after, flow)
        elif folder == "flows":
            old, new = _data(before.flow_text(flow)), _data(after.flow_text(flow))
            found += _steps(flow, old, new)
            found += _lists("facts", flow, {"facts": old.get("facts")}, {"facts": new.get("facts")})
        else:
            kind = _KINDS.get(folder, "other")
            old, new = _data(before.files.get(path, "")), _data(after.files.get(path, ""))
            found += _lists(kind, flow, old, new)
    return found


def _sentences(before: ReadFiles, after: ReadFiles, flow: str) -> Iterator[Difference]:
    old, new = before.book.entries, after.book.entries
    for key in dict.fromkeys([*old, *new]):
        if key.startswith(f"{flow}."):
            was, now = _parts(old.get(key)), _parts(new.get(key))
            for part in dict.fromkeys([*was, *now]):
                if was.get(part) != now.get(part):
                    where = key.partition(".")[2]
                    yield Difference("sentence", flow, where, part, was.get(part, ""), now.get(part, ""))


def _parts(entry: PromptEntry | None) -> Mapping[str, str]:
    if entry is None:
        return {}
    label = {"label": entry.label} if entry.label else {}
    return {**entry.texts, **label, **{f"options {value}": text for value, text in entry.options.items()}}


def _steps(flow: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    old, new = before.get("steps") or {}, after.get("steps") or {}
    for name in dict.fromkeys([*old, *new]):
        was, now = old.get(name) or {}, new.get(name) or {}
        for part in dict.fromkeys([*was, *now]):
            if was.get(part) != now.get(part):
                yield Difference("step", flow, name, part, _said(was.get(part)), _said(now.get(part)))


def _lists(
    kind: Kind, flow: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Difference]:
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield Difference(kind, flow, str(name), "", _said(before.get(name)), _said(after.get(name)))


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{name} : {_said(part)}" for name, part in value.items())
    if isinstance(value, list):
        return " · ".join(map(_said, value))
    return str(value)


def _data(text: str) -> Mapping[str, Any]:
    data: Any = parse(text)[0]
    return data if isinstance(data, dict) else {}
