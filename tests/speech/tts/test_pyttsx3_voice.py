"""pyttsx3 fails now and then: some files come out empty or cut off, so each is checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.errors import AudioError
from voicebot.speech.tts import pyttsx3_speak
from voicebot.speech.tts.pyttsx3_voice import Pyttsx3

#: Counts its runs in a file beside itself; `{fault}` is what it does instead of speaking in the first runs.
SCRIPT = """
import pathlib, runpy, sys, wave
counter = pathlib.Path(__file__).with_suffix(".runs")
runs = int(counter.read_text()) + 1 if counter.exists() else 1
counter.write_text(str(runs))
if runs <= {faulty}:
    {fault}
else:
    runpy.run_path({real!r}, run_name="__main__")
"""
EMPTY = "pathlib.Path(sys.argv[2]).touch()"
NO_FILE = "pass"
DIES = "sys.exit(1)"
CUT_OFF = (
    "file = wave.open(sys.argv[2], 'wb'); file.setparams((1, 2, 22050, 0, 'NONE', '')); "
    "file.writeframes(b'ab' * 2000); file.close()"
)
WORDS = "Bonjour, je vous écoute."


def faulty(folder: Path, fault: str, times: int) -> Path:
    path = folder / "speak.py"
    path.write_text(SCRIPT.format(faulty=times, fault=fault, real=pyttsx3_speak.__file__), encoding="utf-8")
    return path


def runs(script: Path) -> int:
    return int(script.with_suffix(".runs").read_text())


@pytest.mark.parametrize("fault", [EMPTY, NO_FILE, DIES, CUT_OFF])
def test_it_tries_again_when_the_file_is_no_good(tmp_path: Path, fault: str) -> None:
    script = faulty(tmp_path, fault, times=2)
    pcm = Pyttsx3(script).speak(WORDS, "normal")
    assert len(pcm) > 8000
    assert runs(script) == 3


def test_it_gives_up_after_three_tries_without_quoting_the_words(tmp_path: Path) -> None:
    script = faulty(tmp_path, EMPTY, times=9)
    with pytest.raises(AudioError, match="3 tries") as failure:
        Pyttsx3(script).speak(WORDS, "normal")
    assert runs(script) == 3
    assert WORDS not in str(failure.value)


def test_it_speaks_wherever_it_is_started(
    pyttsx3: Pyttsx3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(pyttsx3.speak(WORDS, "normal")) > 8000
