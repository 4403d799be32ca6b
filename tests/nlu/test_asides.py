"""What is said at a question without answering it."""

from __future__ import annotations

import pytest

from voicebot.dialogue.meaning import Expecting
from voicebot.nlu import Understanding


@pytest.mark.parametrize(
    ("said", "aside"),
    [
        ("pourquoi mon âge ?", "help"),
        ("vous êtes un robot ?", "about.robot"),
        ("c'est payant ?", "about.price"),
        ("qui êtes-vous ?", "about.who"),
        ("qu'est-ce que vous savez faire ?", "about.what"),
        ("ça prend combien de temps ?", "about.duration"),
        ("et si je ne réponds pas ?", "about.silence"),
        ("c'est quoi un RIB ?", "glossary.rib"),
        ("c'est quoi la réversion ?", "glossary.reversion"),
        ("allô", "small.here"),
        ("je vous entends mal", "small.hear_badly"),
        ("bonjour", "small.hello"),
    ],
)
def test_callers_may_ask_at_a_question(understanding: Understanding, said: str, aside: str) -> None:
    meaning = understanding.interpret(said, Expecting("age", question="rsa.age"))

    assert (meaning.aside, meaning.value) == (aside, None)


@pytest.mark.parametrize(
    ("said", "aside"),
    [
        ("je voudrais divorcer", "unserved.divorce"),
        ("je veux vendre ma voiture", "unserved.car_papers"),
        ("je cherche une place en crèche", "unserved.childcare"),
        ("je cherche un avocat", "unserved.lawyer"),
        ("mon patron ne me paye pas mes heures", "unserved.unpaid_wages"),
    ],
)
def test_needs_that_are_not_served_are_told_apart(
    understanding: Understanding, said: str, aside: str
) -> None:
    assert understanding.interpret(said, Expecting()).aside == aside


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("j'ai reçu une amende", "permis_amendes"),
        ("il me faut un acte de naissance", "etat_civil"),
        ("la CAF me réclame deux mille euros", "indu_caf"),
        ("mon propriétaire veut m'expulser", "expulsion"),
        ("je dois de l'argent à la cantine", "cantine"),
        ("j'ai reçu une lettre de la CAF", "lettre"),
        ("à quoi ai-je droit", "droits"),
        ("je voudrais une domiciliation", "domiciliation"),
        ("je cherche un écrivain public", "ecrivain_public"),
        ("je suis sans papiers et je suis malade", "ame"),
    ],
)
def test_needs_that_are_served_now_lead_into_their_procedure(
    understanding: Understanding, said: str, intent: str
) -> None:
    meaning = understanding.interpret(said, Expecting())

    assert (meaning.intent, meaning.aside) == (intent, "")
