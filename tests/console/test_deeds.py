"""The journal: repetitions on one line, nothing left out."""

from __future__ import annotations

from voicebot.console.deeds import folded
from voicebot.store.audit import Deed


def line(*deeds: Deed) -> list[tuple[str, str, int]]:
    return [(one.did, one.about, one.times) for one in folded(deeds)]


def test_what_is_looked_at_again_within_an_hour_is_one_line() -> None:
    seen = [Deed(9000.0 - 60 * number, "awa", "saw_ticket", "t1") for number in range(5)]
    noted = Deed(8950.0, "awa", "note", "t1")
    assert line(seen[0], noted, *seen[1:]) == [("saw_ticket", "t1", 5), ("note", "t1", 1)]
    (first, *_) = folded([seen[0], noted, *seen[1:]])
    assert (first.at, first.since) == (9000.0, 8760.0)


def test_others_other_things_and_other_hours_have_lines_of_their_own() -> None:
    deeds = (
        Deed(9000.0, "awa", "saw_ticket", "t1"),
        Deed(8990.0, "leo", "saw_ticket", "t1"),
        Deed(8980.0, "awa", "saw_ticket", "t2"),
        Deed(1000.0, "awa", "saw_ticket", "t1"),
    )
    assert [times for _, _, times in line(*deeds)] == [1, 1, 1, 1]


def test_deeds_of_consequence_fold_only_side_by_side() -> None:
    text = [Deed(9.0, "awa", "text", "t1"), Deed(8.0, "awa", "claim", "t1"), Deed(7.0, "awa", "text", "t1")]
    assert line(*text) == [("text", "t1", 1), ("claim", "t1", 1), ("text", "t1", 1)]
    assert line(text[0], text[2]) == [("text", "t1", 2)]
