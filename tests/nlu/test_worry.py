"""Who sounds worried or at a loss is noticed; fear of nothing, and a lost card, are not it."""

from __future__ import annotations

import pytest

from voicebot.dialogue.meaning import Expecting
from voicebot.nlu import Understanding


@pytest.mark.parametrize(
    "said",
    [
        "j'ai peur je sais plus quoi faire",
        "je comprends rien à ce qu'ils me demandent",
        "je suis à bout madame",
        "je suis perdue avec tous ces papiers",
        "aidez-moi je vous en supplie",
        "je panique ils vont me couper l'électricité",
        "jy compren rien",
        "je stresse je suis inquiète",
    ],
)
def test_worry_is_heard(understanding: Understanding, said: str) -> None:
    assert understanding.interpret(said, Expecting("intent")).worried


@pytest.mark.parametrize(
    "said",
    [
        "j'ai perdu ma carte vitale",
        "je voudrais le rsa",
        "je n'ai pas peur",
        "oui",
        "je sais pas",
        "je comprends",
    ],
)
def test_other_things_are_not(understanding: Understanding, said: str) -> None:
    assert not understanding.interpret(said, Expecting("intent")).worried
