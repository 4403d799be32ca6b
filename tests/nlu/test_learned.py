"""What was learned is kept in a file, and learned anew when anything it depends on has changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from voicebot.nlu.learned import Solution, solution


class Teacher:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> Solution:
        self.asked += 1
        return np.full((3, 2), self.asked, np.float32), np.zeros(2, np.float32)


def test_the_second_time_nothing_is_learned(tmp_path: Path) -> None:
    teacher = Teacher()
    first, again = (solution(tmp_path / "cache", "abc", teacher) for _ in range(2))
    assert teacher.asked == 1
    assert np.array_equal(first[0], again[0])


def test_other_sentences_are_learned_anew(tmp_path: Path) -> None:
    teacher = Teacher()
    solution(tmp_path, "abc", teacher)
    solution(tmp_path, "abd", teacher)
    assert teacher.asked == 2


def test_a_broken_file_only_costs_time(tmp_path: Path) -> None:
    teacher = Teacher()
    solution(tmp_path, "abc", teacher)
    (tmp_path / "intents-abc.npz").write_bytes(b"PK half a file")
    solution(tmp_path, "abc", teacher)
    solution(tmp_path, "abc", teacher)
    assert teacher.asked == 2


def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    in_the_way = tmp_path / "cache"
    in_the_way.write_text("not a folder")
    assert solution(in_the_way, "abc", Teacher())[0].shape == (3, 2)


def test_old_solutions_are_removed(tmp_path: Path) -> None:
    for name in "abcdefgh":
        solution(tmp_path, name, Teacher())
    assert len(list(tmp_path.glob("intents-*.npz"))) == 4
