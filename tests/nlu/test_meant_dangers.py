"""Danger that no pattern hears is asked about, by what it means; what only sounds like danger is not."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.dialogue.meaning import Expecting
from voicebot.nlu import Understanding
from voicebot.nlu.meant_dangers import load, softmax
from voicebot.packaged import NLU

NEED = Expecting()


#: Nobody learned from these, and no pattern fits most of them.
FRIGHTENED = [
    "la corde est accrochée, je voulais seulement dire au revoir à quelqu'un",
    "le petit a léché le bidon de white spirit et il vomit",
    "je suis planquée sous le lit, ils retournent toute la chambre",
    "la bouche de papa est de travers et il raconte n'importe quoi",
    "mon mari m'a cassé deux dents et il dort à côté",
    "on m'a suivie depuis le tram et il m'a plaquée contre un mur",
    "la casserole d'huile flambe et les rideaux aussi",
    "y a une odeur bizarre près de la chaudière et on a tous mal à la tête",
    "il dit qu'il viendra ce soir avec son fusil pour moi et les enfants",
    "la voisine enferme son gamin sur le balcon toute la journée sans manger",
    "on est assis sur un banc avec les valises, ils ont changé la serrure",
    "je me suis coupé le poignet, je veux partir",
]


def test_most_dangers_in_other_words_are_told_or_asked_about(understanding: Understanding) -> None:
    meanings = [understanding.interpret(said, NEED, "sms") for said in FRIGHTENED]

    heard = [meaning.danger is not None or meaning.intent == "hebergement_urgence" for meaning in meanings]
    assert sum(heard) >= 10, [said for said, told in zip(FRIGHTENED, heard, strict=True) if not told]


@pytest.mark.parametrize(
    "said",
    [
        "ok merci, j'ai compris",
        "mon neveu passe le dimanche et lui il sait faire",
        "je sais où c'est, à côté de la gare",
        "je ferai la photo demain",
        "je voudrais l'adresse de la CAF",
        "mon dossier est bloqué depuis trois mois",
    ],
)
@pytest.mark.parametrize("kind", ["intent", "more", "yes_no"])
def test_everyday_words_raise_no_alarm(understanding: Understanding, said: str, kind: str) -> None:
    assert understanding.interpret(said, Expecting(kind)).danger is None


def test_a_yes_at_a_question_is_not_weighed() -> None:
    plain = Understanding.load(NLU, second_opinion=False)

    assert plain.alarms.meant_dangers is None
    assert plain.interpret("oui", Expecting("yes_no")).value == "yes"


def test_without_a_sentence_model_nothing_is_loaded() -> None:
    assert load(NLU, None) is None


def test_shares_add_up_to_one() -> None:
    shares = softmax(np.array([[1.0, 2.0, 1000.0], [-5.0, 0.0, 5.0]], np.float32))

    assert np.allclose(shares.sum(axis=1), 1)
