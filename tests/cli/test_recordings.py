"""`voicebot recordings`, and what the checks say of recordings whose text has changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.speech.test_take import in_room, read_aloud
from voicebot import doctor
from voicebot.app import PROMPTS, studio
from voicebot.cli import BAD_USAGE, DONE, NOT_AS_ASKED, main
from voicebot.config import Settings
from voicebot.prompts import Prompts
from voicebot.speech.audio import RECOGNIZER_HZ, Pcm, write_wav
from voicebot.speech.recordings import Recordings

NAME = "accueil.question.ask"
TEXT = "Que puis-je faire pour vous ?"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VOICEBOT_RECORDINGS", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    return Recordings(tmp_path / "var" / "recordings")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "from the theatre" / "day one"
    made.mkdir(parents=True)
    return made


def put(folder: Path, name: str, pcm: Pcm) -> None:
    write_wav(folder / name, pcm, RECOGNIZER_HZ)


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_every_text_is_listed_with_its_state(
    recordings: Recordings, capsys: pytest.CaptureFixture[str]
) -> None:
    recordings.keep(TEXT, [NAME], np.full(8000, 99, np.int16), 0.0)
    assert main(["recordings", "list"]) == DONE
    lines = dict(line.split("\t", 1) for line in told(capsys).splitlines())
    assert lines[NAME] == f"recorded\t{TEXT}"
    assert lines["topics.carte_vitale"] == "missing\tla carte Vitale"
    assert not any(name.startswith(("sms.", "studio.")) for name in lines), "nobody says these"
    assert main(["recordings", "list", "--state", "recorded"]) == DONE
    assert told(capsys) == f"{NAME}\trecorded\t{TEXT}\n"


def test_good_files_are_taken_in_and_the_others_told_with_a_reason(
    folder: Path, recordings: Recordings, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder, f"{NAME}.wav", in_room(read_aloud(TEXT)))
    put(folder, "accueil.bonjour.ask.WAV", in_room(read_aloud("Bonjour")))
    put(folder, "rien.wav", in_room(read_aloud(TEXT)))
    (folder / "accueil.libre.ask.wav").write_text("no sound")
    (folder / "notes.txt").write_text("not looked at")
    assert main(["recordings", "import", str(folder.parent)]) == NOT_AS_ASKED
    said = told(capsys)
    assert "accueil.bonjour.ask.WAV: it is too short" in said
    assert "rien.wav: no text has this name" in said
    assert "accueil.libre.ask.wav: expected a WAV file" in said
    assert said.endswith("1 kept, 3 refused\n")
    assert [note.text for note in recordings.notes()] == [TEXT]
    assert main(["recordings", "list", "--state", "recorded"]) == DONE
    assert NAME in told(capsys)


def test_only_good_files_is_done(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(folder, f"{NAME}.wav", in_room(read_aloud(TEXT)))
    assert main(["recordings", "import", str(folder)]) == DONE
    assert told(capsys) == "1 kept, 0 refused\n"


def test_a_folder_without_files_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for where in (folder, folder / "nowhere"):
        assert main(["recordings", "import", str(where)]) == BAD_USAGE
        assert capsys.readouterr().err.startswith(f"voicebot: {where}: expected a folder with WAV files")


def test_a_folder_that_cannot_be_written_to_is_told(
    folder: Path, recordings: Recordings, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder, f"{NAME}.wav", in_room(read_aloud(TEXT)))
    recordings.folder.parent.mkdir()
    recordings.folder.write_text("no folder")
    assert main(["recordings", "import", str(folder)]) == BAD_USAGE
    assert "cannot be kept" in capsys.readouterr().err


async def test_a_text_that_changed_since_is_told_and_fails_nothing(
    recordings: Recordings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recordings.keep("Que voulez-vous ?", [NAME], np.full(8000, 99, np.int16), 0.0)
    assert main(["prompts", "check"]) == DONE
    assert f"{NAME} : la phrase a changé depuis son enregistrement" in told(capsys)
    settings = Settings(recognizer="none")
    (looked,) = [one for one in await doctor.examine(settings) if one.what == "recordings"]
    assert looked.fine
    assert "0 of" in looked.remedy
    assert "1 changed since" in looked.remedy


def test_recordings_stand_beside_the_rest_or_where_they_are_asked_for(tmp_path: Path) -> None:
    prompts = Prompts.load(PROMPTS)
    assert studio(Settings(), prompts).recordings.folder == Path("var", "recordings")
    assert studio(Settings(recordings=tmp_path), prompts).recordings.folder == tmp_path
