"""What the documents and the Makefile name exists: files, make targets, commands, options, settings."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from voicebot.cli import parser
from voicebot.config import Settings, name_of, read_settings
from voicebot.dialogue.flow import Flows
from voicebot.speech import models

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
DOCS = [*(ROOT / page for page in PAGES), *sorted((ROOT / "docs").rglob("*.md"))]
TYPED_IN = [*DOCS, ROOT / "Makefile"]
README = DOCS[0].read_text(encoding="utf-8")
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

#: A command as it is typed, in a code block or between backticks: `.venv/bin/voicebot flows list`.
PROGRAM = r"(?:\.venv/bin/)?voicebot"
COMMAND = re.compile(rf"^ {{4}}{PROGRAM} (.+)|`{PROGRAM} ([a-z][^`]*)`", re.MULTILINE)
#: docs/writing-procedures.md begins this procedure; tests/house/test_writing_doc.py tries its commands.
EXAMPLE = "carte_grise"
MAKE = re.compile(r"(?:`|^ {4})make ([a-z-]+)", re.MULTILINE)
BENCHMARK = re.compile(r"-m benchmarks\.(\w+)")


def commands(text: str) -> Iterator[list[str]]:
    """The arguments of each command that the text shows; `<name>` stands for any word."""
    for typed in COMMAND.findall(text.replace("\t$(BIN)/", "    ")):
        yield shlex.split("".join(typed).partition("  #")[0].replace("<", "").replace(">", ""))


def exit_code(words: list[str]) -> int:
    """What the parser says of a command; one that is only named, like `flows draw`, is asked for its help."""
    only_named = len(words) <= 2 and not any(word.startswith("-") for word in words)
    try:
        parser().parse_args([*words, *(["--help"] if only_named else [])])
    except SystemExit as stopped:
        return int(stopped.code or 0)
    return 0


def test_the_readme_shows_how_to_run_everything() -> None:
    assert len(list(commands(README))) >= 8
    assert len(list(commands(MAKEFILE))) >= 5
    assert {"demo", "test", "serve"} <= set(MAKE.findall(README))


def found_in(pages: list[Path], what: str | re.Pattern[str]) -> list[tuple[Path, str]]:
    """Every page with each of its places that fit."""
    return [(page, found) for page in pages for found in re.findall(what, page.read_text(encoding="utf-8"))]


def test_linked_files_exist() -> None:
    for page, target in found_in(DOCS, r"\]\((?!https?:|#)([^)#]+)"):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_named_files_exist() -> None:
    for page, name in found_in(DOCS, r"`((?:voicebot|tests|docs|prompts|benchmarks|\.ci)/[\w./]+)`"):
        assert (ROOT / name).exists() or EXAMPLE in name, f"{page.name}: {name}"


def test_make_targets_exist() -> None:
    for page, target in found_in(DOCS, MAKE):
        assert re.search(rf"^{target}:.*##", MAKEFILE, re.MULTILINE), f"{page.name}: make {target}"


def test_commands_are_understood() -> None:
    for page in TYPED_IN:
        for words in commands(page.read_text(encoding="utf-8")):
            assert exit_code(words) == 0, f"{page.name}: voicebot {shlex.join(words)}"


def test_named_models_and_procedures_exist(flows: Flows) -> None:
    procedures = {*flows.by_name, "name", EXAMPLE}
    known = {model.name for model in models.catalogue()}
    for page in TYPED_IN:
        for words in commands(page.read_text(encoding="utf-8")):
            if words[:2] == ["models", "install"]:
                assert set(words[2:]) <= known, page.name
            if words[:2] == ["flows", "draw"]:
                assert set(words[2:3]) <= procedures, page.name


def test_benchmarks_exist() -> None:
    for page, name in found_in(TYPED_IN, BENCHMARK):
        assert (ROOT / "benchmarks" / f"{name}.py").is_file(), f"{page.name}: {name}"


def test_the_example_shows_every_setting() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    images = {"PYTHON_IMAGE", "REDIS_IMAGE", "CADDY_IMAGE"}
    known = {*map(name_of, Settings.model_fields), "VOICEBOT_SITE", "REDIS_PASSWORD", *images}
    assert set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) == known


def test_the_example_is_a_whole_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in map(name_of, Settings.model_fields):
        monkeypatch.delenv(name, raising=False)
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    shown = re.sub(r"^#(?=[A-Z_]+=)", "", example, flags=re.MULTILINE)
    (tmp_path / ".env").write_text(shown, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    default, written = Settings(_env_file=None), read_settings()
    differing = {name for name in Settings.model_fields if getattr(default, name) != getattr(written, name)}
    assert differing == {"public_url", "redis_url"}


def as_written(value: object) -> str:
    value = value.get_secret_value() if isinstance(value, SecretStr) else value
    return "-".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)


def test_operating_explains_every_setting_and_no_other() -> None:
    text = OPERATING[OPERATING.index("\n## Settings\n") :]
    rows = {
        f"| `{name_of(name)}` | {as_written(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    }
    written = set(re.findall(r"^\| `.+$", text, re.MULTILINE))
    assert rows - written == set(), "add these rows to docs/operating.md"
    assert written - rows == set()


def test_the_costs_of_a_thousand_calls_add_up() -> None:
    table = OPERATING[OPERATING.index("| what | how many | price |") :].partition("\n\n")[0]
    rows = [[cell.strip(" *") for cell in row.split("|")[2:5]] for row in table.splitlines()[2:]]
    *lines, (_, _, together) = rows
    assert len(lines) >= 5
    costs = [round(float(count) * float(price), 2) for count, price, _ in lines]
    assert costs == [float(cost) for _, _, cost in lines]
    assert float(together) == pytest.approx(sum(costs))


def blocked(lines: int, erlang: float) -> float:
    """How many calls meet a busy machine. Source: Erlang B."""
    found = 1.0
    for line in range(1, lines + 1):
        found = erlang * found / (line + erlang * found)
    return found


def test_the_sizes_meet_one_busy_machine_in_a_hundred_calls() -> None:
    table = OPERATING[OPERATING.index("| simultaneous calls | cores |") :].partition("\n\n")[0]
    sizes = [[int(cell) for cell in re.findall(r"\d+", row)] for row in table.splitlines()[2:]]
    assert len(sizes) == 3
    for at_a_time, cores, _, an_hour in sizes:
        assert at_a_time == 8 * cores
        assert blocked(at_a_time, an_hour * 4 / 60) == pytest.approx(0.01, rel=0.05)


def test_the_decision_on_dependencies_shows_every_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / "docs/decisions/0010-dependencies.md").read_text(encoding="utf-8")
    extras = project["optional-dependencies"]
    for line in [*project["dependencies"], *extras["whisper"], *extras["voices"], *extras["test"]]:
        name = re.sub(r"-?(part)?\d$", "", re.split(r"[<>=]", line)[0])
        assert name in text, name


def test_the_lock_names_no_host_and_pins_every_package() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) > 50
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.+!-]+", line)] == []
