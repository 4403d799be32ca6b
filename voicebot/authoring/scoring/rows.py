"""The table of answers: one per line, with the way to its question and what it should lead to."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast, get_args

from voicebot.dialogue.event import Channel
from voicebot.errors import DataError

HEADER: Final = ("channel", "flow", "before", "answer", "wanted", "kind")
CHANNELS: Final[tuple[str, ...]] = get_args(Channel)
#: The separators between the answers in `before`, and between acceptable outcomes.
THEN, OR = " | ", " or "
_WANTED = re.compile(r"ask|help|human|language|unserved|topic:\w+|danger:\d+|\w+=\S.*")


@dataclass(frozen=True)
class Row:
    """One line: `answer` is given by `channel` at the question to which `before` leads in `flow`.

    `wanted` are the acceptable outcomes, see `outcome`; `number` is 1 for the first line below the header.
    """

    number: int
    channel: Channel
    flow: str
    before: tuple[str, ...]
    answer: str
    wanted: tuple[str, ...]
    kind: str

    @property
    def wanted_slots(self) -> tuple[str, ...]:
        """The slots that are to be filled."""
        return tuple(each.partition("=")[0] for each in self.wanted if "=" in each)


def read_rows(file: Path, flows: Collection[str]) -> tuple[Row, ...]:
    """The rows of `file`, without empty lines. Raises DataError naming the first line that is wrong."""
    lines = _lines(file)
    if not lines or tuple(lines[0].split("\t")) != HEADER:
        raise DataError(f"{file}:1: expected the header {'<TAB>'.join(HEADER)}; write it as the first line")
    numbered = [(number, line) for number, line in enumerate(lines[1:], start=2) if line.strip()]
    return tuple(_row(f"{file}:{line}", at, text, flows) for at, (line, text) in enumerate(numbered, start=1))


def _lines(file: Path) -> list[str]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{file}: expected a text file in UTF-8, got {type(error).__name__}; check the path"
        ) from error
    return [line.rstrip("\r") for line in text.split("\n")]


def _row(where: str, number: int, line: str, flows: Collection[str]) -> Row:
    fields = [field.strip() for field in line.split("\t")]
    if len(fields) != len(HEADER):
        raise DataError(
            f"{where}: expected {len(HEADER)} fields with one tab between them, got {len(fields)}; "
            f"the fields are {' '.join(HEADER)}"
        )
    channel, flow, before, answer, wanted, kind = fields
    if channel not in CHANNELS:
        raise DataError(
            f"{where}: expected the channel {' or '.join(CHANNELS)}, got {channel!r}; put one of these"
        )
    if flow not in flows:
        raise DataError(f"{where}: expected a procedure, got {flow!r}; there are: {', '.join(sorted(flows))}")
    if not kind:
        raise DataError(f"{where}: expected a kind in the last field; write for example plain")
    given = tuple(before.split(THEN)) if before else ()
    return Row(number, cast(Channel, channel), flow, given, answer, _wanted(where, wanted), kind)


def _wanted(where: str, wanted: str) -> tuple[str, ...]:
    each = tuple(part.strip() for part in wanted.split(OR))
    for part in each:
        if not _WANTED.fullmatch(part):
            raise DataError(
                f"{where}: expected what is wanted, got {part!r}; write slot=value, ask, help, topic:NAME, "
                "human, danger:NUMBER, language or unserved"
            )
    return each
