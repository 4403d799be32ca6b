"""YAML 1.2 with the line of each part; `yes`, `no` and `oui` stay words. The only module that reads YAML."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

#: Names and indices that lead from the whole file to a part of it.
Where = tuple[str | int, ...]
#: Characters that may open a YAML level without a line of its own; no file written by people has that many.
_OPENING: Final = ("[", "{", "- ", "? ")
_MOST_OPEN: Final = 10_000


class _Constructor(SafeConstructor):
    """Dates stay words, so that an impossible one is reported by its line like any other mistake."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


@lru_cache(maxsize=512)
def parse(text: str) -> tuple[Any, dict[Where, int]]:
    """The plain data of `text`, and the 1-based line of each part. Raises ruamel's YAMLError, ValueError.

    Parsing takes seconds for all our files, and commands and tests read them several times: the same text is
    parsed once. So nobody changes what they are given.
    """
    # The C parser is six times as fast, but a file nested without end would overflow its stack, and it knows
    # YAML 1.1 only: whatever it refuses is read by the other one, whose word counts.
    if sum(map(text.count, _OPENING)) <= _MOST_OPEN:
        with suppress(YAMLError):
            return _parsed(text, pure=False)
    return _parsed(text, pure=True)


def _parsed(text: str, pure: bool) -> tuple[Any, dict[Where, int]]:
    yaml = YAML(typ="safe", pure=pure)
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
        parts = ((key.value, key, value) for key, value in node.value if isinstance(key, ScalarNode))
    elif isinstance(node, SequenceNode):
        parts = ((index, value, value) for index, value in enumerate(node.value))
    for name, start, value in parts:
        lines[(*where, name)] = start.start_mark.line + 1
        _note_lines(value, (*where, name), lines)
