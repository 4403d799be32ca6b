"""`voicebot flows` and `voicebot prompts`: listing, checking and drawing written content."""

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

from voicebot.app import LOOKUPS, content_of, studio, voice
from voicebot.cli import writing
from voicebot.cli.command import Commands, add
from voicebot.cli.french import words_of
from voicebot.cli.root import add_root, chosen_content
from voicebot.config import read_settings
from voicebot.content.check import check_all
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
    add(flows, "list", "list all procedures and the facts that are out of date", _list)
    aged = add(flows, "stale", "list facts that are out of date and where to look them up", _stale)
    aged.add_argument("--on", type=date.fromisoformat, default=date.today(), metavar="YYYY-MM-DD")
    checked = add(flows, "check", "check all procedures: file, line and remedy of every mistake", _check)
    add_root(checked)
    drawn = add(flows, "draw", "draw a procedure", _draw)
    drawn.add_argument("flow")
    drawn.add_argument("--svg", metavar="FILE", type=Path, help="write a picture instead of Mermaid text")
    writing.add_commands(flows)
    add(flows, "schema", "the JSON Schema of a procedure, for completion in editors", _schema)
    prompts = add(commands, "prompts", "the sentences").add_subparsers(required=True, metavar="COMMAND")
    spoken = add(prompts, "check", "check the language of all sentences", _check_prompts)
    add_root(spoken)
    add(
        prompts,
        "schema",
        "the JSON Schema of a procedure's sentences, for completion in editors",
        _prompts_schema,
    )
    add(prompts, "render", "render every sentence in advance, so that calls need no synthesis", _render)


def _list(options: argparse.Namespace) -> int:
    flows = load_flows(*content_of(read_settings()).flows)
    table = Table("procedure", "steps", "questions")
    for name, steps, questions in list_flows(flows):
        table.add_row(name, str(steps), str(questions))
    Console().print(table)
    _print_stale(flows, date.today())
    return 0


def _stale(options: argparse.Namespace) -> int:
    count = _print_stale(load_flows(*content_of(read_settings()).flows), options.on)
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
    findings: Sequence[Finding] = check_all(chosen_content(options), LOOKUPS)
    words = words_of("check")
    for finding in findings:
        print(finding)
    print(words["wrong"].format(count=len(findings)) if findings else words["right"])
    return int(bool(findings))


def _check_prompts(options: argparse.Namespace) -> int:
    """Like `_check`, but recordings whose words have changed are no failure: a synthesizer speaks them."""
    failed = _check(options)
    if options.root is None and not failed:
        settings = read_settings()
        for line in studio(settings, Prompts.load(*content_of(settings).prompts)).lines():
            if line.state == "stale":
                print(words_of("check")["stale"].format(name=line.name))
    return failed


def _draw(options: argparse.Namespace) -> int:
    content = content_of(read_settings())
    flows, prompts = load_flows(*content.flows), Prompts.load(*content.prompts)
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
    settings = read_settings()
    texts = list(Prompts.load(*content_of(settings).prompts).static())
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
