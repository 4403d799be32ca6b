"""What the documents name exists: files, make targets, commands and settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from voicebot.cli import parser
from voicebot.config import Settings

ROOT = Path(__file__).parent.parent
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", DOCS, ids=ids)
def test_linked_files_exist(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", DOCS, ids=ids)
def test_named_files_exist(path: Path) -> None:
    named = r"`((?:voicebot|tests|docs|prompts|benchmarks|\.ci)/[\w./]+)`"
    for name in re.findall(named, path.read_text(encoding="utf-8")):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("path", DOCS, ids=ids)
def test_make_targets_exist(path: Path) -> None:
    for target in re.findall(r"(?:`|^ {4})make ([a-z]+)", path.read_text(encoding="utf-8"), re.MULTILINE):
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target


@pytest.mark.parametrize("path", DOCS, ids=ids)
def test_commands_exist(path: Path) -> None:
    lines = re.findall(r"(?:`|\.venv/bin/)voicebot ([a-z][^`\n<]*)", path.read_text(encoding="utf-8"))
    help_text = {words.split()[0] for words in lines}
    known = parser().format_help()
    assert all(re.search(rf"^\s+{name}\b", known, re.MULTILINE) for name in help_text), help_text


@pytest.mark.parametrize("path", DOCS, ids=ids)
def test_benchmarks_exist(path: Path) -> None:
    for name in re.findall(r"-m benchmarks\.(\w+)", path.read_text(encoding="utf-8")):
        assert (ROOT / "benchmarks" / f"{name}.py").is_file(), name


def test_every_setting_of_the_example_is_one() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    known = {f"VOICEBOT_{name.upper()}" for name in Settings.model_fields} | {"REDIS_URL"}
    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) <= known
