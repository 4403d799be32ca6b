"""`voicebot flows score`: a table of answers, each played at its question."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from time import time as now

from rich.console import Console
from rich.table import Table

from voicebot.authoring.scoring.play import VERDICTS, Scored, score
from voicebot.authoring.scoring.rows import HEADER, Row, read_rows
from voicebot.cli.command import Commands, add
from voicebot.cli.root import add_root, chosen_content
from voicebot.config import read_settings
from voicebot.flows.load import load_flows
from voicebot.observability.logs import quiet

_ABOUT = f"""\
The file is a table with tabs and the header: {" ".join(HEADER)}.
before: the answers that lead from the beginning of the procedure to the question, joined by " | ".
wanted: slot=value, ask, help, topic:NAME, human, danger:NUMBER, language, unserved; several joined by " or ".
A value is written as it is kept: the choice's name, yes or no, digits, a date as YYYY-MM-DD; "unknown" where
somebody may go on without knowing. A question without a slot has the name of its step.
docs/benchmarks.md tells what counts as right, asked, wrong and unreached.
"""


def add_command(flows: Commands) -> None:
    """Add `score` to `flows`."""
    scored = add(flows, "score", "play answers at their questions and count which are read rightly", _score)
    scored.formatter_class = argparse.RawDescriptionHelpFormatter
    scored.epilog = _ABOUT
    scored.add_argument("file", metavar="FILE", type=Path, help="the table of answers")
    scored.add_argument(
        "--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day it is meant to be"
    )
    scored.add_argument("--json", action="store_true", help="one line of JSON for each row, then the totals")
    add_root(scored)


def _score(options: argparse.Namespace) -> int:
    quiet()
    rows = read_rows(options.file, load_flows(*chosen_content(options).flows).by_name)
    scored = asyncio.run(_played(rows, options))
    if options.json:
        print(json.dumps(_totals(scored)))
    else:
        Console().print(by_kind(scored))
    return 0


async def _played(rows: Sequence[Row], options: argparse.Namespace) -> list[Scored]:
    at = options.on and datetime.combine(options.on, time(12), UTC).timestamp()
    clock = (lambda: float(at)) if at else now
    scored = []
    settings = read_settings()
    content, places = chosen_content(options), settings.places_folder
    async for each in score(rows, content, settings.var, places, clock):
        scored.append(each)
        if options.json:
            print(json.dumps(_plain(each), ensure_ascii=False), flush=True)
    return scored


def _plain(scored: Scored) -> dict[str, object]:
    wanted = " or ".join(scored.row.wanted)
    return {"row": scored.row.number, "wanted": wanted, "got": scored.got, "verdict": scored.verdict}


def _totals(scored: Sequence[Scored]) -> dict[str, int]:
    count = Counter(each.verdict for each in scored)
    return {"right": count["right"], "asked": count["asked"], "wrong": count["wrong"], "rows": len(scored)}


def by_kind(scored: Sequence[Scored], title: str | None = None) -> Table:
    """How many rows of each kind got which verdict, and the share of right and of wrong ones, in percent."""
    table = Table("kind", "rows", *VERDICTS, "right %", "wrong %", title=title)
    kinds = sorted({each.row.kind for each in scored})
    for kind in kinds:
        table.add_row(kind, *_counted([each for each in scored if each.row.kind == kind]))
    table.add_section()
    table.add_row("all", *_counted(scored))
    return table


def _counted(scored: Sequence[Scored]) -> tuple[str, ...]:
    count = Counter(each.verdict for each in scored)
    shares = (f"{100 * count[verdict] / max(1, len(scored)):.1f}" for verdict in ("right", "wrong"))
    return (str(len(scored)), *(str(count[verdict]) for verdict in VERDICTS), *shares)
