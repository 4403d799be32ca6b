"""What is recorded, what has changed since, and takes that are kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.prompts.folder import write
from tests.speech.test_take import in_room, read_aloud
from voicebot.prompts import Prompts
from voicebot.prompts.recordable import Recordable, recordables
from voicebot.speech.audio import RECOGNIZER_HZ
from voicebot.speech.recordings import Recordings
from voicebot.studio import Studio, StudioLine, counted

OLD, NEW = "Quel âge avez-vous ?", "Vous avez quel âge ?"


def studio(folder: Path, recordings: Path, **files: str) -> Studio:
    folder.mkdir(exist_ok=True)
    texts = recordables(Prompts.load(write(folder, **files)))
    return Studio(Recordings(recordings), texts, lambda: 1_780_000_000.0)


def line(studio: Studio, name: str) -> StudioLine:
    what = studio.find(name)
    assert what, name
    return studio.line(what)


def record(studio: Studio, name: str) -> None:
    what = studio.find(name)
    assert what, name
    take = studio.judge(what, in_room(read_aloud(what.text)), RECOGNIZER_HZ)
    assert take.fault is None
    studio.keep(what, take)


@pytest.fixture
def before(tmp_path: Path) -> Studio:
    """The age is recorded."""
    made = studio(tmp_path / "before", tmp_path / "recordings", rsa=f'age: {{ask: "{OLD}"}}\n')
    record(made, "rsa.age.ask")
    return made


def test_a_good_take_is_kept_with_its_length(before: Studio) -> None:
    found = line(before, "rsa.age.ask")
    assert found.state == "recorded"
    assert found.seconds == pytest.approx(1.2, abs=0.4)
    counts = counted(before.lines())
    assert (counts["recorded"], counts["stale"]) == (1, 0)
    assert counts["missing"] == len(before.texts) - 1


def test_a_text_that_changed_since_is_told_with_what_was_said(before: Studio, tmp_path: Path) -> None:
    after = studio(tmp_path / "after", before.recordings.folder, rsa=f'age: {{ask: "{NEW}"}}\n')
    changed = line(after, "rsa.age.ask")
    assert (changed.state, changed.before) == ("stale", OLD)
    record(after, "rsa.age.ask")
    assert line(after, "rsa.age.ask").state == "recorded"
    assert line(before, "rsa.age.ask").state == "recorded", "the old words are still recorded, if they return"


def test_a_text_that_moved_or_was_copied_needs_no_new_recording(before: Studio, tmp_path: Path) -> None:
    files = {"rsa": 'bonjour: "Bonjour."\n', "impots": f'age: {{ask: "{OLD}"}}\n'}
    moved = studio(tmp_path / "after", before.recordings.folder, **files)
    assert line(moved, "impots.age.ask").state == "recorded"


def test_the_latest_of_several_older_recordings_is_told(before: Studio, tmp_path: Path) -> None:
    what = before.find("rsa.age.ask")
    assert what
    recordings = before.recordings
    sound = np.full(8000, 500, np.int16)
    for at, text in enumerate(("Premier ?", "Deuxième ?"), start=2_000_000_000):
        recordings.keep(text, what.keys, sound, float(at))
    after = studio(tmp_path / "after", recordings.folder, rsa=f'age: {{ask: "{NEW}"}}\n')
    assert line(after, "rsa.age.ask").before == "Deuxième ?"


def test_a_note_whose_sound_is_gone_tells_nothing(before: Studio) -> None:
    for sound in before.recordings.folder.glob("*.wav"):
        sound.unlink()
    assert line(before, "rsa.age.ask").state == "missing"


def test_removing_gives_the_text_back_to_the_synthesizer(before: Studio) -> None:
    what = before.find("rsa.age.ask")
    assert what
    assert before.remove(what)
    assert not before.remove(what)
    assert line(before, "rsa.age.ask").state == "missing"


def test_a_text_is_found_at_every_place_where_it_is_said(before: Studio) -> None:
    shared = Recordable("Oui ?", ("a.b.ask", "c.d.ask"), "a")
    made = replace(before, texts=(shared,))
    assert made.find("a.b.ask") == made.find("c.d.ask") == shared
    assert made.find("a.b") is None
