"""Editors complete and check what people write: the emitted schemas, in French, accept all we ship."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.content_copy import ROOT
from voicebot.cli import DONE, main
from voicebot.datafile import described
from voicebot.errors import DataError
from voicebot.flows import schema
from voicebot.flows.load import DOCUMENTS
from voicebot.prompts import load
from voicebot.prompts.load import JARGON, LONG_VALUES, TOPICS, WORDS

CHECKER = Path(sys.executable).with_name("check-jsonschema")
FLOWS, PROMPTS = ROOT / "voicebot" / "flows", ROOT / "prompts" / "fr"
FLOW_SCHEMA, PROMPTS_SCHEMA = FLOWS / "flow.schema.json", PROMPTS / "prompts.schema.json"
#: Each schema, the command that prints it, and the files it is not for.
SCHEMAS = {
    FLOW_SCHEMA: ("flows", {DOCUMENTS}),
    PROMPTS_SCHEMA: ("prompts", {TOPICS, WORDS, JARGON, LONG_VALUES}),
}


def refused(schema_file: Path, files: Sequence[Path]) -> str:
    """What another library finds wrong with the files; empty when nothing is."""
    command = [str(CHECKER), "--schemafile", str(schema_file), *map(str, files)]
    checked = subprocess.run(command, capture_output=True, text=True)
    return checked.stdout if checked.returncode else ""


@pytest.mark.parametrize("file", SCHEMAS, ids=lambda file: file.name)
def test_the_file_for_editors_is_what_the_command_prints(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command, _ = SCHEMAS[file]
    assert main([command, "schema"]) == DONE
    printed = capsys.readouterr().out
    told = f"run: voicebot {command} schema > {file.relative_to(ROOT)}"
    assert json.loads(file.read_text(encoding="utf-8")) == json.loads(printed), told


@pytest.mark.parametrize("file", SCHEMAS, ids=lambda file: file.name)
def test_every_shipped_file_is_accepted(file: Path) -> None:
    _, others = SCHEMAS[file]
    written = [path for path in file.parent.glob("*.yaml") if path.name not in others]
    assert len(written) > 20
    assert refused(file, written) == ""


WRONG_FLOWS = [
    "flow: a\nstart: b\nsteps:\n  b: {kind: say, too: c}\n",
    "flow: a\nstart: b\nsteps:\n  b: {kind: tell}\n",
    "flow: a\nstart: b\nsteps:\n  b: {kind: ask, slot: age, expects: shoe_size}\n",
    "flow: Été\nstart: b\nsteps:\n  b: {kind: end}\n",
    "flow: a\nsteps:\n  b: {kind: end}\n",
]


@pytest.mark.parametrize("text", WRONG_FLOWS)
def test_a_mistake_in_a_flow_is_seen_by_the_editor(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    assert "a.yaml" in refused(FLOW_SCHEMA, [tmp_path / "a.yaml"])


@pytest.mark.parametrize("text", ["b: {retry: Oui ?}\n", "b: {ask: Oui ?, aks: Non}\n", "b: 3\n"])
def test_a_mistake_in_a_prompt_is_seen_by_the_editor(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    assert "a.yaml" in refused(PROMPTS_SCHEMA, [tmp_path / "a.yaml"])


def parts(found: dict[str, Any]) -> list[dict[str, Any]]:
    shapes = [found, *found["$defs"].values()]
    return [*shapes, *(part for shape in shapes for part in shape.get("properties", {}).values())]


def test_everything_that_can_be_written_is_explained() -> None:
    for found in (schema.json_schema(), load.json_schema()):
        assert len(parts(found)) > 8
        assert all(len(part["description"]) > 10 for part in parts(found))


def test_a_field_without_an_explanation_is_named(tmp_path: Path) -> None:
    (tmp_path / "fields.yaml").write_text("shapes: {Flow: Une démarche.}\nfields: {start: Le début.}\n")
    found = {"title": "Flow", "properties": {"start": {}, "goal": {}}}
    with pytest.raises(DataError, match=r"fields\.yaml.*'goal'"):
        described(found, tmp_path / "fields.yaml")


def test_the_editor_is_told_which_schema_is_for_which_files() -> None:
    told = json.loads((ROOT / ".vscode" / "settings.json").read_text(encoding="utf-8"))["yaml.schemas"]
    assert {ROOT / name for name in told} == set(SCHEMAS)
    for name, patterns in told.items():
        folder, others = (ROOT / name).parent, SCHEMAS[ROOT / name][1]
        assert folder / "*.yaml" == ROOT / patterns[0]
        assert {(ROOT / pattern.removeprefix("!")).name for pattern in patterns[1:]} == others


def test_a_new_procedure_names_its_schema() -> None:
    header = (FLOWS / "fr" / "new" / "flow.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert header == f"# yaml-language-server: $$schema={FLOW_SCHEMA.name}"
