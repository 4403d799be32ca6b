"""What was said back is confirmed by a yes, whatever a yes would answer to the question itself."""

from __future__ import annotations

import pytest

from voicebot.dialogue.meaning import Expecting, Value
from voicebot.nlu import Understanding

PAPER = Expecting(
    "yes_no",
    choices=("je_l_ai", "je_ne_l_ai_pas", "c_est_quoi"),
    question="documents.fiches_paie",
    said_back="je_ne_l_ai_pas",
    about="choice",
)


@pytest.mark.parametrize(
    ("said", "value", "instead"),
    [
        ("oui", "yes", None),
        ("oui c'est ça", "yes", None),
        ("oui voilà", "yes", None),
        ("oui c'est bien ça", "yes", None),
        ("tout à fait", "yes", None),
        ("c'est ça", "yes", None),
        ("exactement", "yes", None),
        ("d'accord", "yes", None),
        ("oui je l'ai pas", "yes", None),
        ("oui, il me manque mars", "yes", None),
        ("non, je l'ai pas", "yes", None),
        ("non", "no", None),
        ("non c'est pas ça", "no", None),
        ("non je l'ai", "no", "je_l_ai"),
        ("ah si je l'ai", "no", "je_l_ai"),
    ],
)
def test_a_paper_that_is_missing_is_confirmed(
    understanding: Understanding, said: str, value: str, instead: Value | None
) -> None:
    meaning = understanding.interpret(said, PAPER)

    assert (meaning.value, meaning.instead) == (value, instead)
