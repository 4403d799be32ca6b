"""What callers said that went wrong, and two cousins of each: played at their questions, all are right."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.answers_understood import DAY, read_values, verdict
from tests.content_copy import ROOT
from voicebot.authoring.scoring.play import Scored, score
from voicebot.authoring.scoring.rows import read_rows
from voicebot.content.folders import shipped
from voicebot.dialogue.meaning import Expecting
from voicebot.flows.load import load_flows
from voicebot.nlu import Understanding

SAMPLES = ROOT / "tests" / "fr" / "samples"


async def played(file: Path, var: Path) -> list[Scored]:
    content, at = shipped(), datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC).timestamp()
    rows = read_rows(file, load_flows(*content.flows).by_name)
    return [each async for each in score(rows, content, var, var / "places", lambda: at)]


def test_every_answer_that_was_misread_is_understood_and_its_cousins_too(tmp_path: Path) -> None:
    scored = asyncio.run(played(SAMPLES / "answers.tsv", tmp_path))

    assert len(scored) >= 140
    assert [(each.row.answer, each.got) for each in scored if each.verdict != "right"] == []


def test_every_value_that_was_misread_is_read(understanding: Understanding) -> None:
    rows = read_values(SAMPLES / "values.tsv")
    read = [
        (row, understanding.interpret(row.text, Expecting(row.kind, today=DAY.isoformat()), row.channel))
        for row in rows
    ]

    assert len(rows) >= 100
    assert [
        (row.text, meaning.value) for row, meaning in read if verdict(row.wanted, meaning) != "right"
    ] == []
