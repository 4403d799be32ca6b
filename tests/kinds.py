"""What each test needs - sound, a browser, programs that run beside it - and in which order tests are run.

`make test-fast` leaves out whatever needs any of them. A test says nothing about itself: its module imports
what it works with, and its fixtures have names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Final

import pytest

#: By kind: fixtures, modules that are imported or imported from, and single names.
FIXTURES: Final = {
    "audio": {"running", "quiet_line", "caller", "engine", "recognizer", "vosk", "whisper"},
    "browser": {"tab"},
    "processes": {"deployment", "redis_server"},
}
MODULES: Final = {
    "audio": (
        "tests.calls",
        "tests.speech",
        "voicebot.speech.silero",
        "voicebot.speech.stt.vosk",
        "voicebot.speech.stt.whisper",
        "voicebot.speech.tts",
        "voicebot.speech.vad",
    ),
    "browser": ("playwright", "tests.webphone.browser", "tests.console.open_site"),
    "processes": ("subprocess", "tests.node_tools", "pty"),
}
NAMES: Final = {
    "audio": {"rehearse", "place_call", "CallerVoice", "Take"},
    "browser": {"chromium"},
    "processes": {"deployed", "fronted", "MortalRedis", "Process", "Workers"},
}
#: Groups share what is slow to start; the longest first, so that both workers end together.
LONGEST_FIRST: Final = (
    "audio", "failures", "voices", "whisper", "line", "browser", "vosk", "crashes",
)  # fmt: skip


def kinds(module: ModuleType, fixtures: Iterable[str]) -> Iterator[str]:
    """The marks of a test of `module` with these fixtures."""
    fixtures = set(fixtures)
    own = {name: value for name, value in vars(module).items() if not name.startswith("__")}
    homes = {
        value.__name__ if isinstance(value, ModuleType) else str(getattr(value, "__module__", ""))
        for value in own.values()
    } - {module.__name__}
    for kind in MODULES:
        prefixes = tuple(f"{one}{end}" for one in MODULES[kind] for end in "._")
        imported = any(home in MODULES[kind] or home.startswith(prefixes) for home in homes)
        if imported or FIXTURES[kind] & fixtures or NAMES[kind] & own.keys():
            yield kind


def mark(items: Iterable[pytest.Item]) -> None:
    """Give every test the marks of its kinds."""
    for item in items:
        if isinstance(item, pytest.Function):
            for kind in kinds(item.module, item.fixturenames):
                item.add_marker(kind)


def place(item: pytest.Item) -> int:
    """Where a test stands in the order: those in groups first. Tests of one place keep their order."""
    group = next((one.args[0] for one in item.iter_markers("xdist_group")), None)
    return LONGEST_FIRST.index(group) if group else len(LONGEST_FIRST)
