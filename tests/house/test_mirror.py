"""The tests mirror the source: whoever changes a module finds its tests under the same name."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

from tests.kinds import LONGEST_FIRST, kinds

ROOT = Path(__file__).parents[2]
TESTS, PACKAGE = ROOT / "tests", ROOT / "voicebot"

#: Rooms of tests that no single module answers for.
ROOMS_OF_THEIR_OWN = {
    "house": "the repository itself: layers, packages, documents, what runs it",
    "resilience": "what breaks, broken; people who mean it ill",
    "stories": "conversations through several rooms",
}


def sources(room: str) -> set[str]:
    """The names that a test in this room may begin with: modules and data below it, and its own."""
    folder = PACKAGE / room if (PACKAGE / room).is_dir() else ROOT / room  # training/ lies beside the package
    return {path.stem for path in folder.rglob("*") if "__pycache__" not in path.parts} | {folder.name}


def begins_with(name: str, source: str) -> bool:
    """Whether the test is named as its source, or with an aspect of it behind."""
    return name == source or name.startswith(f"{source}_")


def strays() -> list[str]:
    found = []
    for path in sorted(TESTS.rglob("test_*.py")):
        room = path.parent.relative_to(TESTS).as_posix()
        known = sources(room)
        if room not in ROOMS_OF_THEIR_OWN and not any(begins_with(path.stem[5:], one) for one in known):
            found.append(path.relative_to(ROOT).as_posix())
    return found


def test_every_test_is_named_as_what_it_tests() -> None:
    assert strays() == [], "name it test_<module>.py or test_<module>_<aspect>.py, in the room of that module"


def test_no_test_is_named_after_nothing() -> None:
    assert not any(begins_with("nothing_at_all", one) for one in sources("nlu"))
    assert all((TESTS / room).is_dir() for room in ROOMS_OF_THEIR_OWN)


def test_whoever_works_with_sound_browsers_or_processes_is_marked() -> None:
    """Samples of each kind; the marks come from what a module imports and the names of fixtures."""
    for name, kind in (
        ("tests.speech.stt.test_whisper", "audio"),
        ("tests.stories.test_calls_by_voice", "audio"),
        ("tests.webphone.test_pages_in_browser", "browser"),
        ("tests.cards.test_page", "browser"),
        ("tests.resilience.test_failures", "processes"),
        ("tests.outbox.test_sender_crashes", "processes"),
        ("tests.telephony.test_rest_contract", "processes"),
    ):
        assert kind in set(kinds(import_module(name), ())), name
    assert set(kinds(import_module("tests.dialogue.test_engine"), ("redis",))) == set()


def test_every_group_has_its_place_in_the_order() -> None:
    used = {
        group
        for path in TESTS.rglob("test_*.py")
        for group in re.findall(r'mark\.xdist_group\("(\w+)"\)', path.read_text(encoding="utf-8"))
    }
    assert used == set(LONGEST_FIRST)
