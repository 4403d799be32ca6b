"""docs/writing-procedures.md can be followed: its commands are run in order, its tables are true."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
from ruamel.yaml import YAML

from tests.content_copy import ROOT
from voicebot.content.sms_length_rule import MOST_SEGMENTS
from voicebot.flows.schema import SHAPE, STEP_KINDS
from voicebot.prompts import plain

DOC = (ROOT / "docs" / "writing-procedures.md").read_text(encoding="utf-8")
COMMANDS = [shlex.split(line) for line in re.findall(r"^ {4}voicebot (.+)$", DOC, re.MULTILINE)]
PROMPTS = Path("prompts", "fr", "carte_grise.yaml")


@dataclass(frozen=True)
class Project:
    """A copy of the project, in which commands are run as they are typed."""

    folder: Path

    def run(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "voicebot", *arguments]
        return subprocess.run(command, cwd=self.folder, input=typed, capture_output=True, text=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("project")
    for name in ("voicebot", "prompts"):
        copytree(ROOT / name, folder / name, ignore=ignore_patterns("__pycache__"))
    return Project(folder)


@pytest.fixture(scope="module")
def followed(project: Project) -> list[subprocess.CompletedProcess[str]]:
    """What each command of the page did, in their order."""
    return [project.run(*command) for command in COMMANDS]


@pytest.mark.slow
def test_every_command_does_what_the_page_says(
    project: Project, followed: list[subprocess.CompletedProcess[str]]
) -> None:
    assert len(COMMANDS) >= 10
    for command, done in zip(COMMANDS, followed, strict=True):
        # Facts expire with time, and then the list of them is not empty.
        fine = {0, 1} if command[:2] == ["flows", "stale"] else {0}
        assert done.returncode in fine, f"{command}: {done.stderr or done.stdout}"
        assert "Traceback" not in done.stderr
    told = {" ".join(command[:2]): done.stdout for command, done in zip(COMMANDS, followed, strict=True)}
    assert told["flows check"] == told["prompts check"] == "Tout va bien.\n"
    assert "Fin de l'appel" in told["flows try"]
    assert "carte_grise" in told["understand ma carte grise elle est toujours pas arrivée"]
    assert "vont comme elles sont écrites" in told["flows replay"]
    assert (project.folder / "carte_grise.svg").is_file()
    assert (project.folder / "fiches" / "carte_grise.pdf").is_file()


@pytest.mark.slow
def test_every_file_that_the_page_names_was_written(
    project: Project, followed: list[subprocess.CompletedProcess[str]]
) -> None:
    table = re.findall(r"^\| `(\w+/[\w/.…]+)` \|", DOC, re.MULTILINE)
    assert len(table) == 6
    for name in table:
        assert list(project.folder.glob(name.replace("…", "*"))), name


@pytest.mark.slow
def test_a_mistake_is_told_as_the_page_shows(
    project: Project, followed: list[subprocess.CompletedProcess[str]]
) -> None:
    (shown,) = re.findall(r"^ {4}(prompts/fr/carte_grise\.yaml:\d+: .+)$", DOC, re.MULTILINE)
    path = project.folder / PROMPTS
    text = path.read_text(encoding="utf-8")
    long = "Pour la carte grise, que voulez-vous faire " + "vite " * 11 + "?"
    path.write_text(text.replace("Pour la carte grise, que voulez-vous faire ?", long), encoding="utf-8")
    done = project.run("prompts", "check")
    path.write_text(text, encoding="utf-8")
    assert done.returncode == 1
    assert shown in done.stdout.splitlines()


def rows(first: str) -> Iterator[tuple[str, str]]:
    """The rows of the table whose head begins with `first`."""
    table = DOC[DOC.index(f"| {first} |") :].partition("\n\n")[0].splitlines()[2:]
    for row in table:
        _, name, text, _ = (cell.strip() for cell in row.split("|"))
        yield name, text


def test_the_rules_of_the_page_are_those_that_are_checked() -> None:
    numbers = [int(found[0]) for _, limit in rows("règle") if (found := re.findall(r"\d+", limit))]
    assert numbers == [
        plain.MOST_SENTENCES,
        plain.MOST_WORDS,
        plain.MOST_SECONDS,
        plain.MOST_WORDS_OF_A_NAME,
        plain.LEAST_READABLE,
        MOST_SEGMENTS,
    ]
    assert f"d'au moins {plain.FEWEST_WORDS} mots" in DOC


def test_the_page_tells_every_kind_of_step_and_no_other() -> None:
    assert {name.strip("`") for name, _ in rows("kind")} == set(STEP_KINDS)


def test_the_examples_can_be_used_as_they_are() -> None:
    step, facts = re.findall(r"```yaml\n(.*?)```", DOC, re.DOTALL)
    yaml = YAML(typ="safe")
    written = {"flow": "a", "start": "lettre", **yaml.load(facts), "steps": yaml.load(step)}
    assert SHAPE.validate_python(written).facts[0].name == "prix"
