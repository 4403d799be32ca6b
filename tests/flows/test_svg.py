"""Pictures need a package of an extra; whoever lacks it reads one sentence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from voicebot.cli import BAD_USAGE, DONE, main
from voicebot.console.drawing import without_style
from voicebot.flows.load import load_flows
from voicebot.packaged import FLOWS


@pytest.fixture(autouse=True)
def without_graphlay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "graphlay", None)


def test_without_the_extra_the_command_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["flows", "draw", "rsa", "--svg", str(tmp_path / "rsa.svg")]) == BAD_USAGE
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1
    assert "pip install 'voicebot[authoring]'" in told
    assert main(["flows", "draw", "rsa"]) == DONE, "Mermaid text needs no package"


def test_a_mediator_sees_the_rest_of_the_page() -> None:
    flow = load_flows(FLOWS).by_name["rsa"]
    assert without_style(flow, str, None) == ""
