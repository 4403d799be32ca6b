"""An answer is not masked by what its words also name: a need, another procedure, an unlikely danger."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from voicebot.dialogue.flow import Flows
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.session import Place, Session
from voicebot.dialogue.waiting import waiting_for
from voicebot.nlu import Understanding

Hear = Callable[..., Meaning]


@pytest.fixture
def hear(understanding: Understanding, flows: Flows) -> Hear:
    """What is said at the question of a flow, a step and perhaps a paper."""

    def hear(text: str, *place: str) -> Meaning:
        at = Place(*place)
        session = Session("s1", "p1", status="open", place=at, topic=at.flow, channel="voice")
        return understanding.interpret(text, waiting_for(flows, session, 1_795_900_000.0))

    return hear


ADDRESS = ("banque", "papiers", "adresse")
RIB = ("rsa", "papiers", "rib")
PAY = ("prime_activite", "papiers", "fiches_paie")
FOR_WHOM = ("attestation_caf", "pour_qui")
LOST = ("carte_identite", "cas")


@pytest.mark.parametrize(
    ("text", "place", "value"),
    [
        ("oui, une facture d'eau", ADDRESS, "je_l_ai"),
        ("j'ai la facture d'eau", ADDRESS, "je_l_ai"),
        ("c'est pour la cantine du petit", FOR_WHOM, "cantine"),
        ("la cantine de mes filles", FOR_WHOM, "cantine"),
        ("on m'a volé mon sac au marché", LOST, "volee"),
        ("un RIB ?", RIB, "c_est_quoi"),
        ("le RIB ?", RIB, "c_est_quoi"),
        ("un RIB", RIB, "je_l_ai"),
        ("j'en ai que deux", PAY, "je_ne_l_ai_pas"),
        ("il m'en manque une", PAY, "je_ne_l_ai_pas"),
    ],
)
def test_the_answer_counts(hear: Hear, text: str, place: tuple[str, ...], value: str) -> None:
    meant = hear(text, *place)
    assert (meant.value, meant.danger, meant.aside) == (value, None, "")


@pytest.mark.parametrize("text", ["la trentaine", "une quarantaine d'années", "dans la soixantaine"])
def test_an_age_that_is_only_near_is_never_taken(hear: Hear, text: str) -> None:
    meant = hear(text, "rsa", "age")
    assert meant.value is None or meant.certainty == "unsure"


@pytest.mark.parametrize(
    "text",
    ["le compteur est en train de brûler", "la prise fait des étincelles", "le tableau électrique brûle"],
)
def test_a_fire_at_the_meter_is_a_fire(hear: Hear, text: str) -> None:
    meant = hear(text, "energie", "besoin")
    assert (meant.danger, meant.certainty) == ("incendie", "sure")


def test_the_police_may_be_asked_about(hear: Hear) -> None:
    meant = hear("vous allez le dire à la police ?", "rsa", "france")
    assert (meant.danger, meant.aside) == (None, "about.told")


@pytest.mark.parametrize("text", ["je suis à bout", "oui, je suis à bout", "plus envie de rien"])
def test_what_people_only_hint_at_is_asked_about_before_any_answer(hear: Hear, text: str) -> None:
    meant = hear(text, "rsa", "france")
    assert meant.danger == "suicide"


def test_somebody_who_wants_help_is_not_sent_to_an_office(hear: Hear) -> None:
    meant = hear("je veux qu'une personne le fasse avec moi", "carte_vitale", "declarer")
    assert (meant.intent, meant.value) == ("conseiller", None)


def test_two_things_are_no_guardianship(hear: Hear) -> None:
    assert hear("oui toutes les deux", "accueil", "question").aside == ""
