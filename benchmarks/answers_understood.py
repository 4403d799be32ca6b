"""How well answers are read, at their questions and as values: `python -m benchmarks.answers_understood`.

The development sets (tests/fr/development) were looked at while tuning; of the held-out set
(tests/fr/evaluation/answers.tsv) only these totals are. `--on` is the day that it is meant to be.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table

from voicebot.authoring.scoring.outcome import ASK, written
from voicebot.authoring.scoring.play import Scored, score
from voicebot.authoring.scoring.rows import OR, read_rows
from voicebot.config import read_settings
from voicebot.content.folders import shipped
from voicebot.dialogue.meaning import Expecting, Meaning
from voicebot.flows.load import load_flows
from voicebot.nlu import Understanding
from voicebot.observability.logs import quiet

FR = Path(__file__).parents[1] / "tests" / "fr"
SETS = {"development": FR / "development" / "answers.tsv", "held out": FR / "evaluation" / "answers.tsv"}
VALUES = FR / "development" / "values.tsv"
#: The day on which both sets are played and dates are counted.
DAY = date(2026, 11, 28)
#: What is wanted of words that hold no value: nothing, or nothing without asking back.
NO_VALUE = "none"

Verdict = Literal["right", "asked", "wrong"]


@dataclass(frozen=True)
class ValueRow:
    """A text with the kind of value that is expected, and what it holds; `NO_VALUE` where nothing is said."""

    channel: str
    text: str
    kind: str
    wanted: tuple[str, ...]


def main() -> None:
    quiet()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--on", type=date.fromisoformat, default=DAY, metavar="YYYY-MM-DD")
    day = parser.parse_args().on
    scored = {name: asyncio.run(_played(file, day)) for name, file in SETS.items() if file.exists()}
    console = Console()
    console.print(answers_table(scored))
    console.print(values_table(read_values(VALUES), Understanding.load()))


async def _played(file: Path, day: date) -> list[Scored]:
    at = datetime.combine(day, time(12), UTC).timestamp()
    settings, content = read_settings(), shipped()
    rows = read_rows(file, load_flows(*content.flows).by_name)
    played = score(rows, content, settings.var, settings.places_folder, lambda: at)
    return [each async for each in played]


def answers_table(scored: dict[str, list[Scored]]) -> Table:
    """Each set by kind, in percent; `by asking` are the right ones at which nothing was to be acted upon."""
    table = Table("set", "kind", "rows", "right", "by asking", "asked", "wrong", title="answers, %")
    for name, rows in scored.items():
        table.add_section()
        for kind in sorted({each.row.kind for each in rows}):
            table.add_row(name, kind, *_shares([each for each in rows if each.row.kind == kind]))
        table.add_row(name, "all", *_shares(rows))
    return table


def _shares(rows: Sequence[Scored]) -> tuple[str, ...]:
    count = Counter(each.verdict for each in rows)
    by_asking = sum(each.verdict == "right" and each.got.startswith(ASK) for each in rows)
    counts = (count["right"], by_asking, count["asked"], count["wrong"])
    return (str(len(rows)), *(f"{100 * each / max(1, len(rows)):.1f}" for each in counts))


def read_values(file: Path) -> list[ValueRow]:
    """The rows channel, text, kind and wanted below the header."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    return [ValueRow(channel, text, kind, tuple(wanted.split(OR))) for channel, text, kind, wanted in rows]


def values_table(rows: Sequence[ValueRow], understanding: Understanding) -> Table:
    """How the values are read, in percent by kind."""
    table = Table("kind", "rows", "right", "asked", "wrong", title="values, %")
    verdicts = [(row.kind, _verdict(row, understanding)) for row in rows]
    for kind in (*dict.fromkeys(row.kind for row in rows), "all"):
        count = Counter(verdict for each, verdict in verdicts if kind in (each, "all"))
        total = sum(count.values())
        shares = (f"{100 * count[verdict] / total:.1f}" for verdict in ("right", "asked", "wrong"))
        table.add_row(kind, str(total), *shares)
    return table


def _verdict(row: ValueRow, understanding: Understanding) -> Verdict:
    expecting = Expecting(row.kind, today=DAY.isoformat())
    return verdict(row.wanted, understanding.interpret(row.text, expecting, row.channel))


def verdict(wanted: Sequence[str], meaning: Meaning) -> Verdict:
    """Right when the value is the wanted one, or when there is none to be had and none is taken surely."""
    sure = meaning.certainty == "sure"
    if meaning.danger and sure:
        return "wrong"
    if meaning.value is None:
        return "right" if NO_VALUE in wanted else "asked"
    if written(meaning.value) in wanted:
        return "right"
    if sure:
        return "wrong"
    return "right" if NO_VALUE in wanted else "asked"


if __name__ == "__main__":
    main()
