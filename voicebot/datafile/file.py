"""One YAML file written by people, read with its line numbers; mistakes are reported in French."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from voicebot.datafile.yaml_lines import Where, parse
from voicebot.errors import DataError
from voicebot.packaged import packaged

T = TypeVar("T")

#: Several pydantic error types that call for the same message.
_CODES = {
    **dict.fromkeys(("int_parsing", "int_type", "float_parsing", "float_type"), "number_expected"),
    **dict.fromkeys(("tuple_type", "list_type"), "list_expected"),
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), "block_expected"),
}
_TYPES = ("str", "int", "float")
#: How alike two names are, from 0 to 1, when one is probably the other misspelt.
_CLOSE = 0.65
_MESSAGES = packaged("datafile", "findings.yaml")


@dataclass(frozen=True, order=True)
class Finding:
    """One mistake in a data file, at a 1-based `line`, and how to correct it."""

    file: str
    line: int
    text: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text} — {self.remedy}"


@dataclass(frozen=True)
class DataFile:
    """A read file: `data` is plain Python (None when unreadable), `lines` says where each part stands.

    `origins` are the files of the parts that were laid over this one (see `layers`); all others stand here.
    """

    name: str
    data: Any = None
    lines: Mapping[Where, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    origins: Mapping[Where, str] = field(default_factory=dict)

    def line(self, *where: str | int) -> int:
        """The line of the part at `where`, or of the part around it. Names not written are skipped."""
        return self.lines.get(self._written(where), 1)

    def origin(self, *where: str | int) -> str:
        """The name of the file in which `line` counts."""
        return self.origins.get(self._written(where), self.name)

    def finding(self, code: str, *where: str | int, **words: object) -> Finding:
        """The finding `code` of findings.yaml at `where`."""
        return finding(code, self.origin(*where), self.line(*where), **words)

    def _written(self, where: Where) -> Where:
        found: Where = ()
        for part in where:
            found = (*found, part) if (*found, part) in self.lines else found
        return found


def finding(code: str, file: str, line: int, **words: object) -> Finding:
    """The finding `code` of findings.yaml, its texts filled in with `words`."""
    message = _messages()[code]
    return Finding(file, line, message["text"].format(**words), message["remedy"].format(**words))


def with_guess(found: Finding, name: str, known: Iterable[str]) -> Finding:
    """The finding about a `name`, with the one of the `known` names that was probably meant."""
    close = get_close_matches(name, list(known), n=1, cutoff=_CLOSE)
    if not close:
        return found
    guess = _messages()["meant"]["text"].format(meant=close[0])
    return Finding(found.file, found.line, found.text, f"{guess} {found.remedy}")


def read(path: Path) -> DataFile:
    """Read one YAML file; if it cannot be read, the reason becomes a finding."""
    name = shown(path)
    try:
        data, lines = parse(path.read_text(encoding="utf-8"))
    except (YAMLError, ValueError, OSError, RecursionError) as error:
        return DataFile(name, findings=(_unreadable(name, error),))
    return DataFile(name, data, lines)


def validate(file: DataFile, shape: Callable[[Any], T]) -> tuple[T | None, tuple[Finding, ...]]:
    """The file's data after a pydantic validator, or None and what is wrong with it."""
    if file.findings:
        return None, file.findings
    try:
        return shape(file.data), ()
    except ValidationError as error:
        found = [_invalid(file, detail) for detail in error.errors(include_url=False)]
        return None, tuple(dict.fromkeys(found))


def described(schema: dict[str, Any], words: Path) -> dict[str, Any]:
    """A JSON Schema with the descriptions in the file `words`: `shapes`, and `fields` by name or Shape.name.

    Raises DataError for a shape or field that has none.
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
    """Raise DataError with one finding per line, if there are any."""
    lines = "\n".join(str(each) for each in sorted(findings))
    if lines:
        raise DataError(lines)


def shown(path: Path) -> str:
    """How a file is named to the people who write it: from the current folder, else from the package.

    A file of neither is an association's own, and is named whole: ours has the same folder and name.
    """
    for base in (Path.cwd(), packaged().parent):
        if path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    return path.as_posix()


def _unreadable(name: str, error: Exception) -> Finding:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    line = mark.line + 1 if mark else 1
    codes = {DuplicateKeyError: "duplicate", FileNotFoundError: "absent", UnicodeDecodeError: "not_text"}
    return finding(codes.get(type(error), "unreadable"), name, line)


def _invalid(file: DataFile, detail: Any) -> Finding:
    """One pydantic error, explained in French. Types: docs.pydantic.dev, "Validation Errors"."""
    where: Where = (*detail["loc"], "kind") if detail["type"] == "union_tag_invalid" else detail["loc"]
    context = detail.get("ctx", {})
    expected = str(context.get("expected") or context.get("expected_tags") or "").replace(" or ", ", ")
    # For a field of several types, pydantic appends the name of each type: a name that nobody wrote.
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
    messages: Mapping[str, Mapping[str, str]] = parse(_MESSAGES.read_text(encoding="utf-8"))[0]
    return messages
