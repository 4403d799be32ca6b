"""The person's own words: what they said that tells something."""

from __future__ import annotations

from typing import Any

import pytest

from voicebot.handoff.words import own_words, shortened
from voicebot.records import TurnRecord


def turn(heard: str, **fields: Any) -> TurnRecord:
    return TurnRecord(1, 1.0, "Heard", "voice", "open", heard, **fields)


FEAR = turn("j'ai peur mon mari me frappe", danger="violence")
CUT = turn("on m'a coupé l'électricité ce matin", intent="energie")
YES, SOMEBODY, LOST = (
    turn("oui", value="yes"),
    turn("un conseiller", intent="conseiller"),
    turn("euh la lettre"),
)


@pytest.mark.parametrize(
    ("said", "danger", "words"),
    [
        ((CUT, YES, SOMEBODY), False, CUT.heard),
        ((FEAR, YES, CUT), True, FEAR.heard),
        ((FEAR, CUT), False, CUT.heard),
        ((CUT, LOST), False, LOST.heard),
        ((YES, SOMEBODY), False, SOMEBODY.heard),
        ((YES,), True, "oui"),
        ((turn(""),), False, ""),
        ((), True, ""),
    ],
)
def test_what_tells_something(said: tuple[TurnRecord, ...], danger: bool, words: str) -> None:
    assert own_words(said, danger) == words


def test_long_words_are_cut_between_two() -> None:
    cut = shortened("bonjour " * 80)
    assert len(cut) < 210
    assert cut.endswith("bonjour …")
    assert shortened("deux\nlignes  ici") == "deux lignes ici"
