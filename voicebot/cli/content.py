"""`voicebot flows` and `voicebot prompts`: look at, check and draw what people wrote."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from voicebot.app import FLOWS, LOOKUPS, PROMPTS, ROOT, studio, voice
from voicebot.cli import writing
from voicebot.cli.command import Commands, add
from voicebot.config import read_settings
from voicebot.content import check_all
from voicebot.datafile import Finding
from voicebot.dialogue.flow import Flows
from voicebot.errors import DataError, ModelError
from voicebot.flows import draw, schema, svg
from voicebot.flows.load import list_flows, load_flows, stale
from voicebot.prompts import Prompts, load
from voicebot.speech import voices


def add_commands(commands: Commands) -> None:
    """Add `flows` and `prompts`."""
    flows = add(commands, "flows", "the procedures").add_subparsers(required=True, metavar="COMMAND")
    add(flows, "list", "all procedures, and the facts that are out of date", _list)
    aged = add(flows, "stale", "facts that are out of date, and where to look them up", _stale)
    aged.add_argument("--on", type=date.fromisoformat, default=date.today(), metavar="YYYY-MM-DD")
    checked = add(flows, "check", "check all procedures: file, line and remedy of what is wrong", _check)
    checked.add_argument("--root", type=Path, default=ROOT, help="the folder with voicebot/ and prompts/")
    drawn = add(flows, "draw", "draw a procedure", _draw)
    drawn.add_argument("flow")
    drawn.add_argument("--svg", metavar="FILE", type=Path, help="write a picture instead of Mermaid text")
    writing.add_commands(flows)
    add(flows, "schema", "the JSON Schema of a procedure, for completion in editors", _schema)
    prompts = add(commands, "prompts", "the sentences").add_subparsers(required=True, metavar="COMMAND")
    spoken = add(prompts, "check", "check the language of all sentences", _check_prompts)
    spoken.add_argument("--root", type=Path, default=ROOT, help="the folder with voicebot/ and prompts/")
    add(
        prompts,
        "schema",
        "the JSON Schema of a procedure's sentences, for completion in editors",
        _prompts_schema,
    )
    add(prompts, "render", "speak every sentence ahead, so that speaking costs nothing in a call", _render)


def _list(options: argparse.Namespace) -> int:
    flows = load_flows(FLOWS)
    table = Table("procedure", "steps", "questions")
    for name, steps, questions in list_flows(flows):
        table.add_row(name, str(steps), str(questions))
    Console().print(table)
    _print_stale(flows, date.today())
    return 0


def _stale(options: argparse.Namespace) -> int:
    count = _print_stale(load_flows(FLOWS), options.on)
    print(f"{count} facts out of date" if count else "all facts are in date")
    return int(bool(count))


def _print_stale(flows: Flows, today: date) -> int:
    found = stale(flows, today)
    for fact in found:
        said = f"said without its figure at {', '.join(fact.steps)}" if fact.steps else "named by no step"
        print(
            f"{fact.flow}: {fact.about!r} expired on {fact.expired}, {said}: check {fact.source} and renew it"
        )
    return len(found)


def _check(options: argparse.Namespace) -> int:
    findings: Sequence[Finding] = check_all(options.root, LOOKUPS)
    for finding in findings:
        print(finding)
    print(f"{len(findings)} to put right" if findings else "all right")
    return int(bool(findings))


def _check_prompts(options: argparse.Namespace) -> int:
    """As `_check`; recordings of words that have changed are told and fail nothing: a synthesizer speaks."""
    failed = _check(options)
    if options.root == ROOT and not failed:
        for line in studio(read_settings(), Prompts.load(PROMPTS)).lines():
            if line.state == "stale":
                print(
                    f"{line.name}: changed since it was recorded, so a synthesizer says it: record it again"
                )
    return failed


def _draw(options: argparse.Namespace) -> int:
    flows, prompts = load_flows(FLOWS), Prompts.load(PROMPTS)
    flow = flows.by_name.get(options.flow)
    if flow is None:
        known = ", ".join(sorted(flows.by_name))
        raise DataError(f"expected a procedure, got {options.flow!r}; there are: {known}")
    if options.svg is None:
        print(draw.mermaid(flow, prompts.caption))
        return 0
    try:
        options.svg.write_text(svg.svg(flow, prompts.caption), encoding="utf-8")
    except OSError as error:
        raise DataError(f"{options.svg}: cannot be written ({error.strerror}); check the path") from error
    print(options.svg)
    return 0


def _schema(options: argparse.Namespace) -> int:
    _print_schema(schema.json_schema())
    return 0


def _prompts_schema(options: argparse.Namespace) -> int:
    _print_schema(load.json_schema())
    return 0


def _print_schema(found: Mapping[str, Any]) -> None:
    print(json.dumps(found, ensure_ascii=False, indent=2))


def _render(options: argparse.Namespace) -> int:
    texts, settings = list(Prompts.load(PROMPTS).static()), read_settings()
    synthesizer = voices.start(settings.voice_ahead, settings.var)
    if synthesizer is None:
        raise ModelError(
            f"the voice {settings.voice_ahead} is not installed: run `voicebot models install kokoro`, or "
            "choose another with VOICEBOT_VOICE_AHEAD"
        )
    with Progress() as progress:
        task = progress.add_task(f"{synthesizer.name}: {len(texts)} texts, two paces", total=len(texts))
        for _ in voice(settings).render_ahead(texts, synthesizer):
            progress.advance(task)
    return 0
