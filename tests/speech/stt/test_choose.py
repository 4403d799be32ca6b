"""The best recognizer that is installed is taken, and what is missing is said in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from tests.speech.room import ScriptedRecognizer
from tests.speech.stt.tiny_transducers import write_streaming
from tests.speech.telephone import said
from voicebot.errors import RecognizerLost
from voicebot.speech.stt.choose import ByQuestion, recognizers
from voicebot.speech.stt.recognizer import Expected

CLOSED, OPEN = Expected(("oui", "non"), closed=True), Expected()


@dataclass
class Lost(ScriptedRecognizer):
    def start(self, expected: Expected) -> NoReturn:
        raise RecognizerLost("gone")


def test_without_models_the_service_goes_by_keypad_and_says_why(tmp_path: Path) -> None:
    found, notes = recognizers(tmp_path, "vosk")
    assert found == []
    assert [note.split(":")[0] for note in notes] == [
        "vosk-small-fr is not installed",
        "vosk-large-fr is not installed",
    ]


def test_a_damaged_model_is_passed_over_with_a_note(tmp_path: Path) -> None:
    (tmp_path / "vosk-small-fr").mkdir()
    found, notes = recognizers(tmp_path, "vosk")
    assert found == []
    assert "install it again" in notes[0]


def test_a_model_can_be_chosen_by_its_name(tmp_path: Path) -> None:
    write_streaming(tmp_path / "kroko-fr")
    (found,), notes = recognizers(tmp_path, "kroko-fr")
    assert (found.name, notes) == ("sherpa:kroko-fr", [])


def test_a_streaming_model_is_no_whole_one(tmp_path: Path) -> None:
    write_streaming(tmp_path / "parakeet-v3")
    _, notes = recognizers(tmp_path, "parakeet-v3")
    assert "damaged" in notes[0]


@pytest.mark.slow
@pytest.mark.xdist_group("whisper")
def test_what_is_found_stands_in_for_a_model_that_is_missing(models_folder: Path) -> None:
    (found,), notes = recognizers(models_folder, "parakeet-v3")
    assert found.name == "whisper:whisper-phone"
    assert notes[0].startswith("parakeet-v3 is not installed")
    found.close()


@pytest.mark.slow
@pytest.mark.xdist_group("whisper")
def test_whisper_stands_in_until_a_french_vosk_model_is_installed(models_folder: Path) -> None:
    found, notes = recognizers(models_folder)
    assert [each.name for each in found] == ["whisper:whisper-phone"]
    assert len(notes) == 2
    found[0].close()


@pytest.mark.slow
@pytest.mark.xdist_group("whisper")
def test_the_published_whisper_hears_where_the_learned_one_is_damaged(
    models_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "whisper-base").symlink_to(models_folder / "whisper-base")
    (tmp_path / "whisper-phone").mkdir()
    for file in (models_folder / "whisper-phone").iterdir():
        (tmp_path / "whisper-phone" / file.name).write_bytes(file.read_bytes()[:1000])
    (found,), notes = recognizers(tmp_path, "whisper")
    assert found.name == "whisper:whisper-base"
    assert "whisper-phone, it is damaged; install it again" in notes[0]
    found.close()


@pytest.mark.slow
@pytest.mark.xdist_group("vosk")
def test_vosk_takes_the_closed_questions_once_it_is_installed(
    models_folder: Path, korean: Path, tmp_path: Path
) -> None:
    (tmp_path / "vosk-small-fr").symlink_to(korean)
    (tmp_path / "whisper-phone").symlink_to(models_folder / "whisper-phone")
    (found,), _ = recognizers(tmp_path)
    assert found.name == "vosk:vosk-small-fr+whisper:whisper-phone"
    stream = found.start(OPEN)
    stream.accept(said("j'ai perdu ma carte vitale"))
    assert "carte" in stream.finish().text
    found.close()


def test_each_question_goes_to_its_recognizer() -> None:
    closed, open_ = ScriptedRecognizer(["oui"]), ScriptedRecognizer(["bonjour"])
    both = ByQuestion(closed, open_)
    assert both.start(CLOSED).finish().text == "oui"
    assert both.start(OPEN).finish().text == "bonjour"


def test_each_stands_in_for_the_other() -> None:
    works = ScriptedRecognizer(["bonjour"])
    assert ByQuestion(Lost([]), works).start(CLOSED).finish().text == "bonjour"
    assert ByQuestion(works, Lost([])).start(OPEN).finish().text == "bonjour"
    with pytest.raises(RecognizerLost):
        ByQuestion(Lost([]), Lost([])).start(OPEN)
