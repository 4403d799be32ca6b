"""A scam told beside an answer is heard; answers and harmless codes are not taken for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.datafile import read
from voicebot.dialogue.meaning import Expecting
from voicebot.nlu import Understanding
from voicebot.nlu.danger import SCAM

FR = Path(__file__).parents[2] / "voicebot" / "nlu" / "fr"
MONEY = Expecting("choice", ("rien", "un_peu", "un_salaire"))
AGE = Expecting("age")


@pytest.mark.parametrize(
    ("text", "expecting"),
    [
        ("rien et en plus on m'a demandé de payer pour avoir le rsa", MONEY),
        ("j'ai trente ans et un homme m'a demandé mon code", AGE),
        ("c'est une arnaque ?", AGE),
        ("oui mais ils veulent mon code de carte", Expecting("yes_no")),
        ("oui et quelqu'un m'a appelé pour ma carte bleue", Expecting("yes_no")),
        ("je vous donne mon numéro de carte bleue", Expecting("more")),
    ],
)
def test_a_scam_beside_an_answer(understanding: Understanding, text: str, expecting: Expecting) -> None:
    meaning = understanding.interpret(text, expecting)
    assert (meaning.intent, meaning.certainty, meaning.value) == (SCAM, "sure", None)


@pytest.mark.parametrize(
    "text",
    [
        "oui mon code postal c'est le 93200",
        "oui on me demande la carte d'identité",
        "oui un monsieur m'a demandé ma carte vitale",
        "non c'est pas une arnaque",
    ],
)
def test_what_only_sounds_like_one(understanding: Understanding, text: str) -> None:
    assert understanding.interpret(text, Expecting("yes_no")).intent != SCAM


def test_no_answer_to_another_question_is_one(understanding: Understanding) -> None:
    phrases = {
        (value, phrase)
        for path in sorted((FR / "choices").glob("*.yaml"))
        for value, said in (read(path).data or {}).items()
        for phrase in said
    }
    assert len(phrases) > 1500
    taken = [
        phrase
        for value, phrase in phrases
        if understanding.interpret(phrase, Expecting("choice", (value,))).intent == SCAM
    ]
    assert taken == []


def test_a_choice_said_exactly_is_no_danger_because_of_how_it_sounds(understanding: Understanding) -> None:
    choices = ("rien_donne", "code_donne", "argent_paye", "papiers_donnes")
    assert understanding.interpret("j'ai payé", Expecting("choice", choices)).value == "argent_paye"
