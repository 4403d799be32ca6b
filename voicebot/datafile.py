"""YAML files that people write: read with their line numbers, and what is wrong with them told in French.

YAML 1.2, so that `yes`, `no` and `oui` stay words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError, SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from voicebot.errors import DataError

Where = tuple[str | int, ...]
T = TypeVar("T")

#: Several of pydantic's types of errors that need the same to be said.
_CODES = {
    **dict.fromkeys(("int_parsing", "int_type", "float_parsing", "float_type"), "number_expected"),
    **dict.fromkeys(("tuple_type", "list_type"), "list_expected"),
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), "block_expected"),
}
_TYPES = ("str", "int", "float")
_MESSAGES = Path(__file__).with_name("findings.yaml")


@dataclass(frozen=True, order=True)
class Finding:
    """One thing to put right in a data file, at a 1-based `line`, and how."""

    file: str
    line: int
    text: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text} — {self.remedy}"


@dataclass(frozen=True)
class DataFile:
    """A read file: `data` is plain Python (None when unreadable), `lines` says where each part stands."""

    name: str
    data: Any = None
    lines: Mapping[Where, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def line(self, *where: str | int) -> int:
        """The line of the part at `where`, or of the part around it. Names not written are skipped."""
        found: Where = ()
        for part in where:
            found = (*found, part) if (*found, part) in self.lines else found
        return self.lines.get(found, 1)

    def finding(self, code: str, *where: str | int, **words: object) -> Finding:
        """The finding `code` of findings.yaml at `where`."""
        return finding(code, self.name, self.line(*where), **words)


def finding(code: str, file: str, line: int, **words: object) -> Finding:
    """The finding `code` of findings.yaml, its texts filled in with `words`."""
    message = _messages()[code]
    return Finding(file, line, message["text"].format(**words), message["remedy"].format(**words))


def read(path: Path) -> DataFile:
    """Read one YAML file; what keeps it from being read becomes a finding."""
    name = shown(path)
    try:
        data, lines = _parse(path.read_text(encoding="utf-8"))
    except (YAMLError, ValueError, OSError, RecursionError) as error:
        return DataFile(name, findings=(_unreadable(name, error),))
    return DataFile(name, data, lines)


def validate(file: DataFile, shape: Callable[[Any], T]) -> tuple[T | None, tuple[Finding, ...]]:
    """The file's data through a pydantic validator, or None and what is wrong with it."""
    if file.findings:
        return None, file.findings
    try:
        return shape(file.data), ()
    except ValidationError as error:
        found = [_invalid(file, detail) for detail in error.errors(include_url=False)]
        return None, tuple(dict.fromkeys(found))


def described(schema: dict[str, Any], words: Path) -> dict[str, Any]:
    """A JSON Schema with the descriptions of the file `words`: `shapes`, and `fields` by name or Shape.name.

    Raises DataError for a shape or field without one.
    """
    file = read(words)
    raise_if_any(file.findings)
    shapes, fields = file.data["shapes"], file.data["fields"]
    try:
        for name, shape in _shapes(schema):
            shape["description"] = shapes[name]
            for field_, part in shape.get("properties", {}).items():
                part["description"] = fields.get(f"{name}.{field_}") or fields[field_]
    except KeyError as missing:
        raise DataError(
            f"{shown(words)}: expected what {missing} is for, found nothing; add it there"
        ) from None
    return schema


def _shapes(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    named: dict[str, dict[str, Any]] = schema.get("$defs", {})
    return [(str(schema["title"]), schema), *named.items()]


def raise_if_any(findings: Iterable[Finding]) -> None:
    """Raise DataError with one finding a line, if there is any."""
    lines = "\n".join(str(each) for each in sorted(findings))
    if lines:
        raise DataError(lines)


def shown(path: Path) -> str:
    """How a file is named to the people who write it: from the current folder, else folder and name."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else "/".join(path.parts[-2:])


class _Constructor(SafeConstructor):
    """Dates stay words, so that one that does not exist is told by its line like any other mistake."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def _parse(text: str) -> tuple[Any, dict[Where, int]]:
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    node = yaml.compose(text)
    if node is None:
        return None, {}
    # Lines first: constructing consumes nothing, but a duplicate key must be reported by the constructor.
    lines: dict[Where, int] = {(): node.start_mark.line + 1}
    _note_lines(node, (), lines)
    return yaml.constructor.construct_document(node), lines


def _note_lines(node: Node, where: Where, lines: dict[Where, int]) -> None:
    parts: Iterable[tuple[Any, Node, Node]] = ()
    if isinstance(node, MappingNode):
        parts = ((key.value, key, value) for key, value in node.value)
    elif isinstance(node, SequenceNode):
        parts = ((index, value, value) for index, value in enumerate(node.value))
    for name, start, value in parts:
        lines[(*where, name)] = start.start_mark.line + 1
        _note_lines(value, (*where, name), lines)


def _unreadable(name: str, error: Exception) -> Finding:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    line = mark.line + 1 if mark else 1
    codes = {DuplicateKeyError: "duplicate", FileNotFoundError: "absent", UnicodeDecodeError: "not_text"}
    return finding(codes.get(type(error), "unreadable"), name, line)


def _invalid(file: DataFile, detail: Any) -> Finding:
    """One pydantic error, told in French. Types: docs.pydantic.dev, "Validation Errors"."""
    where: Where = (*detail["loc"], "kind") if detail["type"] == "union_tag_invalid" else detail["loc"]
    context = detail.get("ctx", {})
    expected = str(context.get("expected") or context.get("expected_tags") or "").replace(" or ", ", ")
    # Behind a field that may be of several types stands the name of each type: no name that anybody wrote.
    several = bool(where) and where[-1] in _TYPES
    where = where[:-1] if several else where
    code = "not_comparable" if several else _CODES.get(detail["type"], detail["type"])
    named = [part for part in where if isinstance(part, str) and part != "[key]"]
    words = {
        "field": named[-1] if named else file.name.rpartition("/")[2],
        "value": context.get("tag", detail["input"]),
        "expected": expected.replace("'", ""),
    }
    return file.finding(code if code in _messages() else "wrong_shape", *where, **words)


@cache
def _messages() -> Mapping[str, Mapping[str, str]]:
    messages: Mapping[str, Mapping[str, str]] = _parse(_MESSAGES.read_text(encoding="utf-8"))[0]
    return messages
