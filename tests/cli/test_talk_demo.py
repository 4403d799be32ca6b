"""The demonstration ends at a terminal with the telephone in the browser, elsewhere by itself."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from voicebot.cli import DONE, main, talk

ADDRESS = re.compile(r"open (http://\S+/essai) in a browser")


def until_address(terminal: int) -> str:
    """Read what the demonstration prints until it tells where the page is."""
    told = ""
    while not (found := ADDRESS.search(told)):
        told += os.read(terminal, 4096).decode(errors="replace")
    return found[1]


@pytest.mark.slow
@pytest.mark.xdist_group("audio")
def test_at_a_terminal_the_page_is_served_until_ctrl_c(root: Path) -> None:
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-m", "voicebot", "demo"]
    demo = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=root, start_new_session=True
    )
    os.close(theirs)
    try:
        address = until_address(terminal)
        page = httpx.get(address)
        assert page.status_code == 200
        assert "Appeler" in page.text
        demo.send_signal(signal.SIGINT)
        assert demo.wait(60) == DONE
    finally:
        demo.kill()
        os.close(terminal)


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A demonstration whose call is over at once; what was waited for."""
    waited: list[str] = []

    def place(options: object, turns: object, afterwards: Callable[[object], None]) -> int:
        afterwards(SimpleNamespace(url="http://127.0.0.1:8000"))
        return DONE

    monkeypatch.setattr(talk, "_place", place)
    monkeypatch.setattr(talk, "_wait", lambda: waited.append("ctrl-c"))
    monkeypatch.setenv("VOICEBOT_VAR", str(tmp_path / "var"))
    monkeypatch.delenv(talk.ONCE, raising=False)
    return waited


@pytest.mark.parametrize(
    ("terminal", "once", "stays"), [(True, "", True), (True, "1", False), (False, "", False)]
)
def test_without_a_terminal_or_when_asked_to_it_stops(
    called: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    terminal: bool,
    once: str,
    stays: bool,
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: terminal))
    monkeypatch.setenv(talk.ONCE, once)
    assert main(["demo"]) == DONE
    assert called == (["ctrl-c"] if stays else [])
    assert bool(ADDRESS.search(capsys.readouterr().out)) == stays
