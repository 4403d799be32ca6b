"""Speech that was made before is found again, in files and in memory, and damage is noticed."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from voicebot.errors import AudioError
from voicebot.speech.audio import Pcm, write_wav
from voicebot.speech.tts.audio_cache import AudioCache, AudioMemory

SOUND: Pcm = np.arange(-800, 800, dtype=np.int16)
OTHER: Pcm = np.arange(0, 1600, dtype=np.int16)


def sound_of(amplitude: int, samples: int = 100) -> Pcm:
    return np.full(samples, amplitude, np.int16)


def written(folder: Path) -> Path:
    AudioCache(folder, AudioMemory()).write("oui", "anne", "normal", SOUND)
    (path,) = folder.rglob("*.wav")
    return path


def test_another_process_finds_what_was_written(tmp_path: Path) -> None:
    written(tmp_path)
    found = AudioCache(tmp_path, AudioMemory()).get("oui", "anne", "normal")
    assert found is not None
    assert (found == SOUND).all()


def test_other_words_voices_and_paces_are_other_speech(tmp_path: Path) -> None:
    written(tmp_path)
    kept = AudioCache(tmp_path, AudioMemory())
    assert kept.get("non", "anne", "normal") is None
    assert kept.get("oui", "paul", "normal") is None
    assert kept.get("oui", "anne", "slow") is None


def test_nothing_half_written_is_left_behind(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("keep", [0, 6, 44, 1000])
def test_a_file_that_ends_too_soon_counts_as_none(tmp_path: Path, keep: int) -> None:
    os.truncate(written(tmp_path), keep)
    assert AudioCache(tmp_path, AudioMemory()).get("oui", "anne", "normal") is None


def test_a_file_of_zeros_counts_as_none(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_bytes(bytes(path.stat().st_size))
    assert AudioCache(tmp_path, AudioMemory()).get("oui", "anne", "normal") is None


def test_a_file_at_another_rate_counts_as_none(tmp_path: Path) -> None:
    write_wav(written(tmp_path), SOUND, 16000)
    assert AudioCache(tmp_path, AudioMemory()).get("oui", "anne", "normal") is None


def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    written(tmp_path).write_bytes(b"")
    kept = AudioCache(tmp_path, AudioMemory())
    kept.write("oui", "anne", "normal", OTHER)
    found = kept.get("oui", "anne", "normal")
    assert found is not None
    assert (found == OTHER).all()


def test_what_is_only_remembered_is_in_no_file(tmp_path: Path) -> None:
    kept = AudioCache(tmp_path, AudioMemory())
    kept.remember("oui", "anne", "normal", SOUND.copy())
    assert kept.get("oui", "anne", "normal") is not None
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.touch()
    with pytest.raises(AudioError, match="a file"):
        AudioCache(blocked, AudioMemory()).write("oui", "anne", "normal", SOUND)


def test_memory_forgets_what_was_not_used_for_longest() -> None:
    memory = AudioMemory(most_bytes=3 * 200)
    for name in "abc":
        memory.put(name, sound_of(1))
    assert memory.get("a") is not None
    memory.put("d", sound_of(1))
    assert memory.get("b") is None
    assert all(memory.get(name) is not None for name in "acd")


def test_memory_counts_a_sound_that_is_put_again_once() -> None:
    memory = AudioMemory(most_bytes=2 * 200)
    for _ in range(10):
        memory.put("a", sound_of(1))
    memory.put("b", sound_of(1))
    assert memory.get("a") is not None


def test_a_sound_too_long_for_memory_is_still_handed_over() -> None:
    memory = AudioMemory(most_bytes=100)
    assert len(memory.put("a", sound_of(1))) == 100
    assert memory.get("a") is None


def test_nobody_can_write_into_a_shared_sound() -> None:
    with pytest.raises(ValueError, match="read-only"):
        AudioMemory().put("a", sound_of(1))[0] = 5
