"""How well expected answers are read: every line of tests/fr/entities.yaml at its question."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from voicebot import datafile
from voicebot.dialogue.meaning import Expecting, Meaning, Value
from voicebot.nlu import Understanding

ANSWERS = Path(__file__).parent.parent / "tests" / "fr" / "entities.yaml"

#: Kind of question, text, the expected value, and what was understood.
Row = tuple[str, str, Value | None, Meaning]


def answers(understanding: Understanding) -> list[Row]:
    """Every line, read at its question."""
    rows = [(row["expect"], row["text"], row["value"]) for row in datafile.read(ANSWERS).data]
    return [(kind, text, value, understanding.interpret(text, Expecting(kind))) for kind, text, value in rows]


def answers_table(rows: Sequence[Row]) -> Table:
    """Right answers, and confident wrong ones, in percent by kind."""
    table = Table("kind", "n", "right", "sure, wrong", title="expected answers, %")
    for kind in dict.fromkeys(row[0] for row in rows):
        of_kind = [row for row in rows if row[0] == kind]
        right = [meaning.value == value for _, _, value, meaning in of_kind]
        wrong = [m.value not in (None, value) and m.certainty == "sure" for _, _, value, m in of_kind]
        shares = (f"{100 * statistics.mean(each):.1f}" for each in (right, wrong))
        table.add_row(kind, str(len(of_kind)), *shares)
    return table
