"""`flows replay` holds the written conversations again and tells where one goes another way."""

from __future__ import annotations

from pathlib import Path
from shutil import copy

import pytest

from tests.content_copy import ROOT, content_copy
from voicebot.authoring.replay import read
from voicebot.cli import BAD_USAGE, DONE, NOT_AS_ASKED, main
from voicebot.errors import DataError

CONVERSATIONS = Path("tests", "fr", "conversations")
FILE = "carte_vitale.straight.yaml"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return content_copy(tmp_path_factory.mktemp("content"))


@pytest.fixture
def file(root: Path) -> Path:
    """One conversation of a procedure, by voice, keypad and SMS."""
    (root / CONVERSATIONS).mkdir(parents=True, exist_ok=True)
    copy(ROOT / CONVERSATIONS / FILE, root / CONVERSATIONS / FILE)
    return root / CONVERSATIONS / FILE


def test_conversations_that_go_as_written_are_all_right(
    root: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["flows", "replay", "carte_vitale", "--root", str(root)]) == DONE
    told = capsys.readouterr().out
    assert [line.split()[0] for line in told.splitlines()[:-1]] == ["bien"] * 2
    assert "touches" in told


WRONG = [
    ("hear: carte_vitale.soins", "hear: carte_vitale.delai", "réponse 7 : attendu carte_vitale.delai"),
    ("ticket: false", "ticket: true", "à la fin : attendu ticket True"),
    ("step: fin", "step: autre", "à la fin : attendu step autre, obtenu fin"),
    ("probleme: perdue", "probleme: volee", "à la fin : attendu slots"),
    ("reason: done", "reason: silence", "à la fin : attendu reason silence, obtenu done"),
    ("sms: true}", "sms: false}", "à la fin : attendu sms False, obtenu True"),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG)
def test_a_conversation_that_goes_another_way_is_told_with_the_turn(
    root: Path, file: Path, old: str, new: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    assert main(["flows", "replay", "--root", str(root)]) == NOT_AS_ASKED
    told = capsys.readouterr().out
    assert told.count(said) == 2  # by voice and by keypad
    assert "2 conversations" in told


def test_a_procedure_without_conversations_is_told(
    root: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["flows", "replay", "rsa", "--root", str(root)]) == BAD_USAGE
    assert "rsa" in capsys.readouterr().err


BROKEN = [
    ("name: a\nflow: a\nchannels: [pigeon]\nturns: []\n", 3, "« pigeon » n'est pas possible"),
    ("name: a\nflow: a\nchannels: [voice]\nturns:\n  - {say: oui}\n", 5, "il manque « hear »"),
    ("name: a\nflow: a\nchannels: [voice]\nturns: []\nend: {}\n", 5, "« end » n'est pas connu"),
    ("name: [\n", 2, "ne peut pas être lu"),
    ("", 1, "doit être suivi de lignes"),
]


@pytest.mark.parametrize(("text", "line", "said"), BROKEN)
def test_a_broken_file_is_told_by_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    (tmp_path / "a.b.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as refused:
        read(tmp_path / "a.b.yaml")
    assert f"a.b.yaml:{line}: " in str(refused.value)
    assert said in str(refused.value)
