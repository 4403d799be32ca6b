"""Changing one part of a YAML file that people also write by hand: comments, order and quotes stay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from voicebot.errors import DataError

_WIDTH = 100_000
_RESERVED = frozenset({"null", "true", "false"})


def edited(text: str, change: Callable[[Any], None]) -> str:
    """`text` after `change` was done to its data, a mapping changed in place. Raises DataError."""
    yaml = _yaml()
    try:
        data = yaml.load(text) if text.strip() else CommentedMap()
        if not isinstance(data, CommentedMap):
            raise DataError("expected lines `name: value`, got something else")
        change(data)
        out = StringIO()
        if data or not text.strip():
            yaml.dump(data, out)
    except YAMLError as error:
        raise DataError(f"expected YAML, got something else ({type(error).__name__})") from None
    return _with_opening(text, out.getvalue() if data else "")


def quoted(value: Any) -> Any:
    """The value as our files write it: sentences in quotes, names and numbers bare, lists in brackets."""
    if isinstance(value, Mapping):
        return CommentedMap({key: quoted(part) for key, part in value.items()})
    if isinstance(value, (list, tuple)):
        items = CommentedSeq([quoted(part) for part in value])
        items.fa.set_flow_style()
        return items
    if isinstance(value, str) and not _is_bare(value):
        return DoubleQuotedScalarString(value)
    return value


def in_braces(value: Mapping[str, Any]) -> CommentedMap:
    """A mapping written on one line: {kind: say, to: fin}."""
    made: CommentedMap = quoted(value)
    made.fa.set_flow_style()
    return made


def insert(data: Any, key: str, value: Any, after: str | None) -> None:
    """Add `key` behind `after`, or at the end."""
    keys = list(data)
    data.insert(keys.index(after) + 1 if after in keys else len(keys), key, value)


def _is_bare(text: str) -> bool:
    plain = text.replace("_", "").replace(".", "")
    return text not in _RESERVED and plain.isascii() and plain.isalnum() and not plain[0].isdigit()


def _with_opening(before: str, after: str) -> str:
    """A file that lost its last part keeps the remarks with which it begins."""
    if after.strip() or not before:
        return after
    opening = [line for line in before.splitlines() if line.startswith("#")]
    return "\n".join(opening) + "\n" if opening else ""


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(type(None), _null)
    return yaml


def _null(representer: Any, value: None) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")
