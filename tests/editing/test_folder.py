"""The folder changes as a whole or not at all, whenever the process ends and whoever else is at it."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from voicebot.editing.folder import ContentFolder, Overtaken, fingerprint, is_ours, stamp
from voicebot.errors import DataError

PATHS = ("flows/rsa.yaml", "prompts/rsa.yaml", "nlu/choices/rsa.yaml")


class PowerCutError(BaseException):
    """The process ends here."""


@contextmanager
def power_cut(after: int) -> Iterator[None]:
    """The process ends before the call with this number that makes something last."""
    calls = 0

    def counted(real):
        def call(*given, **named):
            nonlocal calls
            calls += 1
            if calls > after:
                raise PowerCutError
            return real(*given, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in ("fsync", "replace", "unlink"):
            patch.setattr(os, name, counted(getattr(os, name)))
        with suppress(PowerCutError):
            yield


class Folder(RuleBasedStateMachine):
    """Changes, some of which a power cut ends: what is read is always one of two whole states."""

    @initialize()
    def begin(self) -> None:
        self.place = TemporaryDirectory()
        self.folder = ContentFolder(Path(self.place.name))
        self.possible: list[dict[str, str]] = [{}]

    @rule(
        texts=st.dictionaries(st.sampled_from(PATHS), st.sampled_from([None, "un", "deux"]), min_size=1),
        ends_after=st.integers(0, 16),
    )
    def change(self, texts: dict[str, str | None], ends_after: int) -> None:
        before = self.read()
        after = {path: text for path, text in {**before, **texts}.items() if text is not None}
        with power_cut(ends_after), self.folder.changing() as held:
            held.change(texts, {}, {"drafts/rsa.json": "{}"})
        self.possible = [before, after]

    def read(self) -> dict[str, str]:
        return dict(self.folder.read())

    @invariant()
    def whole(self) -> None:
        now = self.read()
        assert now in self.possible
        assert self.read() == now
        self.possible = [now]

    def teardown(self) -> None:
        self.place.cleanup()


TestFolder = Folder.TestCase
TestFolder.settings = settings(max_examples=40, stateful_step_count=8, deadline=None)


def test_a_reader_finishes_what_somebody_else_began(tmp_path: Path) -> None:
    folder = ContentFolder(tmp_path)
    with power_cut(6), folder.changing() as held:
        held.change(dict.fromkeys(PATHS, "neuf"), {}, {"history/1.json": "{}"})
    assert set(folder.read()) == set(PATHS)
    with folder.reading() as held:
        assert held.kept("history") == {"1.json": "{}"}


def test_what_somebody_else_changed_is_not_overwritten(tmp_path: Path) -> None:
    folder = ContentFolder(tmp_path)
    with folder.changing() as held:
        held.change({"flows/rsa.yaml": "un"}, {"flows/rsa.yaml": ""}, {})
    (tmp_path / "flows/rsa.yaml").write_text("à la main", encoding="utf-8")
    with pytest.raises(Overtaken, match="flows/rsa"), folder.changing() as held:
        held.change({"flows/rsa.yaml": "deux"}, {"flows/rsa.yaml": fingerprint("un")}, {})
    assert folder.read() == {"flows/rsa.yaml": "à la main"}


@pytest.mark.parametrize(
    "path",
    ["../x.yaml", "flows/../../x.yaml", "/etc/x.yaml", "flows/.x.yaml", "flows/a/b.yaml", "x.py"],
)
def test_nothing_is_written_anywhere_else(path: str, tmp_path: Path) -> None:
    assert not is_ours(path)
    with pytest.raises(DataError, match="expected a YAML file"), ContentFolder(tmp_path).changing() as held:
        held.change({path: "x"}, {}, {})


def _add_a_line(root: str, times: int) -> None:
    folder = ContentFolder(Path(root))
    for _ in range(times):
        with folder.changing() as held:
            held.change({"flows/rsa.yaml": held.files().get("flows/rsa.yaml", "") + "x"}, {}, {})


def test_two_processes_lose_nothing_of_each_other(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    both = [context.Process(target=_add_a_line, args=(str(tmp_path), 20)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert ContentFolder(tmp_path).read() == {"flows/rsa.yaml": "x" * 40}


def test_the_stamp_is_of_names_and_texts() -> None:
    assert stamp({}) == ""
    assert stamp({"flows/a.yaml": "bc"}) != stamp({"flows/ab.yaml": "c"})
    two = {"flows/a.yaml": "x", "flows/b.yaml": "y"}
    assert stamp(two) == stamp(dict(reversed(two.items())))
