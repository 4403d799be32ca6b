"""`voicebot hear`: what an association learns of its own recordings."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import VAR
from tests.speech.room import ScriptedRecognizer, silence
from voicebot.cli import BAD_USAGE, DONE, hearing, main
from voicebot.speech.audio import write_wav
from voicebot.speech.tts.pico import Pico

KEYS = {"file", "text", "confidence", "value", "certainty", "ms", "recognizer"}


@pytest.fixture
def answer(tmp_path: Path) -> Path:
    """A recording of somebody who says something."""
    path = tmp_path / "answer.wav"
    write_wav(path, Pico().speak("non merci", "normal"), 8000)
    return path


def hears(monkeypatch: pytest.MonkeyPatch, *texts: str) -> ScriptedRecognizer:
    """A recognizer that hears `texts`, whatever the sound."""
    ear = ScriptedRecognizer(texts)
    monkeypatch.setattr(hearing, "recognizer", lambda settings: (ear, []))
    return ear


def complaint(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one sentence on standard error."""
    assert main(["hear", *map(str, arguments)]) == BAD_USAGE
    told = capsys.readouterr().err.strip()
    assert told.startswith("voicebot: ")
    assert len(told.splitlines()) == 1, told
    return told


def test_each_file_is_one_line(
    answer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ear = hears(monkeypatch, "30 ans", "")
    assert main(["hear", str(answer), str(answer), "--expect", "age", "--json"]) == DONE
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert set(first) == set(second) == KEYS
    assert (first["file"], first["text"], first["value"]) == (str(answer), "30 ans", 30)
    assert (first["certainty"], first["recognizer"]) == ("sure", "scripted")
    assert (second["text"], second["value"], second["certainty"]) == ("", None, "none")
    assert {one.kind for one in ear.expected} == {"age"}
    heard_s = sum(map(len, ear.streams[0].heard)) / 16000
    assert heard_s == pytest.approx(1.0 + len(Pico().speak("non merci", "normal")) / 8000, abs=0.1)


def test_without_json_it_is_told_to_people(
    answer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hears(monkeypatch, "oui", "")
    assert main(["hear", str(answer), str(answer), "--expect", "yes_no"]) == DONE
    first, second = capsys.readouterr().out.splitlines()
    assert "oui" in first
    assert "yes (sure)" in first
    assert "(nothing)" in second


def test_a_manifest_counts_wrong_words_and_right_values(
    answer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hears(monkeypatch, "30 ans", "oui", "je voudrais le RSA", "la météo")
    manifest = answer.with_name("all.tsv")
    rows = ["trente ans\tage", "non\tyes_no", "je voudrais le RSA", "la météo"]
    manifest.write_text("".join(f"answer.wav\t{row}\n" for row in rows), encoding="utf-8")
    assert main(["hear", "--manifest", str(manifest), "--json"]) == DONE
    *lines, total = map(json.loads, capsys.readouterr().out.splitlines())
    assert [line["file"] for line in lines] == ["answer.wav"] * 4
    assert (total["files"], total["values"], total["right"]) == (4, 3, 2)
    assert total["word_error"] == pytest.approx(1 / 9, abs=0.05)
    hears(monkeypatch, "30 ans")
    assert main(["hear", "--manifest", str(manifest)]) == DONE
    assert "of 3 values right" in capsys.readouterr().out.splitlines()[-1]


def test_what_is_no_recording_is_told_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "missing.wav" in complaint(capsys, tmp_path / "missing.wav")
    (tmp_path / "empty.wav").touch()
    assert "empty" in complaint(capsys, tmp_path / "empty.wav")
    (tmp_path / "words.wav").write_text("these are words")
    assert "expected a WAV file" in complaint(capsys, tmp_path / "words.wav")
    write_wav(tmp_path / "nothing.wav", np.zeros(0, np.int16), 8000)
    assert "holds none" in complaint(capsys, tmp_path / "nothing.wav")
    write_wav(tmp_path / "speech.wav", silence(40.0), 8000)
    assert "at most 28 s" in complaint(capsys, tmp_path / "speech.wav")
    assert "cannot be read" in complaint(capsys, tmp_path)


def test_a_wrong_line_of_a_manifest_is_told_with_its_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = tmp_path / "all.tsv"
    for wrong in ("a.wav", "a.wav\t", "a.wav\toui\tcolour", "a.wav\toui\tyes_no\tmore", "a.wav\t…"):
        manifest.write_text(f"\n{wrong}\n", encoding="utf-8")
        assert "all.tsv:2" in complaint(capsys, "--manifest", manifest)
    manifest.write_text("\n")
    assert "holds none" in complaint(capsys, "--manifest", manifest)
    assert "check the path" in complaint(capsys, "--manifest", tmp_path / "missing.tsv")


def test_files_or_a_manifest_are_needed_and_a_recognizer(
    answer: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "one of the two" in complaint(capsys)
    assert "one of the two" in complaint(capsys, answer, "--manifest", answer)
    monkeypatch.setattr(hearing, "recognizer", lambda settings: (None, ["whisper-base is not installed"]))
    assert "whisper-base is not installed" in complaint(capsys, answer)


@pytest.mark.slow
def test_the_real_recognizer_hears_a_real_answer(
    answer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VOICEBOT_VAR", str(VAR))
    assert main(["hear", str(answer), "--expect", "yes_no", "--json"]) == DONE
    row = json.loads(capsys.readouterr().out)
    assert row["value"] == "no"
    assert row["recognizer"].startswith("whisper:")
