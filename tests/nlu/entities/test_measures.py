"""Answers that are more or less: how long ago, how soon, what age."""

from __future__ import annotations

import pytest

from voicebot.dialogue.meaning import Expecting
from voicebot.nlu import Understanding

TODAY = "2026-11-28"


@pytest.mark.parametrize(
    ("question", "said", "value"),
    [
        ("complementaire_sante.deux_mois", "ça fait sept semaines", "no"),
        ("complementaire_sante.deux_mois", "depuis septembre", "yes"),
        ("complementaire_sante.trois_mois", "ça fera cinq ans en décembre", "yes"),
        ("complementaire_sante.fin_proche", "dans trois semaines", "yes"),
        ("handicap.six_mois", "à peu près cinq mois", "yes"),
        ("retraite.six_mois", "l'année prochaine, en décembre", "no"),
        ("rsa.sejour", "trois ans", "no"),
        ("prime_activite.majeur", "bientôt dix-huit ans", "no"),
        ("prime_activite.majeur", "je suis né en 1990", "yes"),
        ("carte_vitale.seize_ans", "elle a quatorze ans", "no"),
        ("france_travail_actualisation.quinze_passe", "on est le 12", "no"),
        ("france_travail_actualisation.quinze_passe", "on est le 16", "yes"),
    ],
)
def test_more_or_less_is_answered(understanding: Understanding, question: str, said: str, value: str) -> None:
    expecting = Expecting("yes_no", question=question, today=TODAY)

    assert understanding.interpret(said, expecting).value == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("60 et 11 ans.", 71),
        ("80-12 ans", 92),
        ("4-20 ans", 80),
        ("c'est pas 45 c'est 54", 54),
        ("quarante-cinq, non cinquante-quatre", 54),
        ("pas encore 65, j'en ai 64", 64),
        ("61 ans et j'habite avec mon fils à Roubaix", 61),
        ("moins de 25 ans", None),
        ("entre 20 et 30 ans", None),
        ("60 ou 61", None),
        ("je suis marocain, j'ai une carte de dix ans", None),
    ],
)
def test_an_age_is_one_number_that_is_the_speakers(
    understanding: Understanding, said: str, value: int | None
) -> None:
    assert understanding.interpret(said, Expecting("age", question="rsa.age", today=TODAY)).value == value


def test_a_year_of_birth_is_said_back_as_an_age(understanding: Understanding) -> None:
    meaning = understanding.interpret("je suis né en 48", Expecting("age", today=TODAY))

    assert (meaning.value, meaning.certainty) == (78, "unsure")


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("1 250,50 euros", 1250.5),
        ("1.250,50", 1250.5),
        ("une centaine d'euros", 100),
        ("1k5", 1500),
        ("treize euros et quarante-cinq cents", 13.45),
        ("entre huit cents et neuf cents euros", None),
        ("cinquante mille francs CFA", None),
    ],
)
def test_amounts(understanding: Understanding, said: str, value: float | None) -> None:
    assert understanding.interpret(said, Expecting("amount")).value == value
