"""How an answer is named when it is said back."""

from __future__ import annotations

import pytest

from tests.dialogue.flows import FLOWS, place
from voicebot.dialogue.asking import named


@pytest.mark.parametrize(
    ("at", "value", "said"),
    [
        ("rsa.enfant", "yes", "common.oui"),
        ("rsa.logement", "loue", "rsa.logement.loue"),
        ("rsa.age", 30, 30),
        ("rsa.enfant", "seul", "seul"),  # once, an answer that the question does not know raised ValueError
    ],
)
def test_an_answer_is_named_by_its_label_or_as_it_is(at: str, value: str | int, said: str | int) -> None:
    assert named(FLOWS.step(place(at)), value)["value"] == said
