"""Where something was told, whoever shows that they heard it goes on; who did not, does not."""

from __future__ import annotations

import pytest

from voicebot.dialogue.meaning import NEXT, Expecting
from voicebot.nlu import Understanding

TOLD = Expecting("more", question="rsa.apres", topic="rsa")


@pytest.mark.parametrize(
    "said",
    [
        "d'accord, tous les trois mois",
        "j'irai, promis",
        "oui, je connais, c'est rue de la gare",
        "très bien, je note",
        "trente-six quarante-six, c'est noté",
        "bon, d'accord, je vais lui demander",
        "ok madame, compris",
        "j'ai compris",
        "ah tant mieux",
        "entendu, j'irai chercher ça demain",
        "parfait",
        "oui oui, c'est bon",
    ],
)
def test_an_acknowledgement_goes_on(understanding: Understanding, said: str) -> None:
    assert understanding.interpret(said, TOLD).value == NEXT


@pytest.mark.parametrize(
    "said",
    [
        "j'ai pas compris",
        "je n'ai pas bien compris",
        "vous pouvez répéter ?",
        "je suis pas d'accord",
        "d'accord mais je veux parler à quelqu'un",
        "et pour ma carte vitale que j'ai perdue ?",
        "mon fils a avalé des cachets",
        "c'est quoi la CAF ?",
    ],
)
def test_what_asks_for_something_else_does_not(understanding: Understanding, said: str) -> None:
    assert understanding.interpret(said, TOLD).value != NEXT
