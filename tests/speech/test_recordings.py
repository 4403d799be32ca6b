"""Recordings are kept by their text, whole, and found by whoever looks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voicebot.errors import AudioError
from voicebot.speech.audio import Pcm
from voicebot.speech.recordings import RATE_HZ, RecordingNote, Recordings, fingerprint

TEXT = "Quel âge avez-vous ?"


def sound(value: int = 1000, seconds: float = 1.0) -> Pcm:
    return np.full(int(seconds * RATE_HZ), value, np.int16)


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    return Recordings(tmp_path / "var" / "recordings")


def test_what_is_kept_is_found_under_its_text_with_a_note(recordings: Recordings) -> None:
    recordings.keep(TEXT, ["rsa.age.ask"], sound(), 42.0)
    pcm, rate_hz = Recordings(recordings.folder).sound(TEXT)
    assert (rate_hz, len(pcm)) == (RATE_HZ, RATE_HZ)
    assert recordings.texts() == {fingerprint(TEXT)}
    assert list(recordings.notes()) == [RecordingNote(TEXT, ("rsa.age.ask",), 42.0, 1.0)]


def test_a_text_that_changed_by_one_sign_has_no_recording(recordings: Recordings) -> None:
    recordings.keep(TEXT, ["rsa.age.ask"], sound(), 0.0)
    assert recordings.version(TEXT) is not None
    assert recordings.version(TEXT.replace("?", "!")) is None


def test_each_recording_of_a_text_is_another_version(recordings: Recordings) -> None:
    versions = set()
    for value in (1000, 2000):
        recordings.keep(TEXT, ["rsa.age.ask"], sound(value), 0.0)
        versions.add(recordings.version(TEXT))
        assert recordings.sound(TEXT)[0][0] == value
    assert len(versions) == 2


def test_removing_tells_whether_there_was_one(recordings: Recordings) -> None:
    recordings.keep(TEXT, ["rsa.age.ask"], sound(), 0.0)
    assert recordings.remove(TEXT)
    assert not recordings.remove(TEXT)
    assert recordings.version(TEXT) is None
    assert (recordings.texts(), list(recordings.notes())) == (frozenset(), [])


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"text": 1}', "\x00"])
def test_a_damaged_note_is_passed_over_and_the_recording_is_still_there(
    recordings: Recordings, note: str
) -> None:
    recordings.keep(TEXT, ["rsa.age.ask"], sound(), 0.0)
    (written,) = recordings.folder.glob("*.json")
    written.write_text(note, encoding="utf-8")
    assert list(recordings.notes()) == []
    assert recordings.texts() == {fingerprint(TEXT)}


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    recordings = Recordings(tmp_path / "file" / "recordings")
    with pytest.raises(AudioError, match="recordings"):
        recordings.keep(TEXT, ["rsa.age.ask"], sound(), 0.0)


def test_an_empty_or_missing_folder_holds_nothing(recordings: Recordings) -> None:
    assert (recordings.texts(), list(recordings.notes())) == (frozenset(), [])
    with pytest.raises(AudioError):
        recordings.sound(TEXT)
