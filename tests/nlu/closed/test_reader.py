"""How answers to closed questions are read as a whole: contrast, correction, denial, what they imply."""

from __future__ import annotations

import pytest

from voicebot.dialogue.meaning import Expecting
from voicebot.nlu import Understanding

COMMENT = ("telephone", "sur_place", "internet", "avec_aide")
PAPER = ("je_l_ai", "je_ne_l_ai_pas", "c_est_quoi")


@pytest.mark.parametrize(
    ("question", "said", "value"),
    [
        ("rsa.enfant", "non pas d'enfant mais je suis enceinte", "yes"),
        ("rsa.enfant", "pas encore, j'accouche en mars", "yes"),
        ("rsa.enfant", "non, mais ma femme attend un bébé", "yes"),
        ("rsa.enfant", "ni enfant ni enceinte", "no"),
        ("caf.agricole", "je fais les vendanges", "yes"),
        ("common.internet", "j'ai pas internet", "no"),
        ("common.internet", "ma fille peut le faire", "yes"),
        ("banque.encore_payer", "oui, enfin plus maintenant", "no"),
        ("impots.revenus", "oui, enfin non, c'était l'année d'avant", "no"),
        ("rsa.france", "d'accord, ce n'est pas ok", "no"),
        ("rsa.france", "oui c'est faux", "no"),
        ("rsa.france", "je quitte jamais la France", "yes"),
    ],
)
def test_the_whole_of_a_yes_or_no_counts(
    understanding: Understanding, question: str, said: str, value: str
) -> None:
    assert understanding.interpret(said, Expecting("yes_no", question=question)).value == value


@pytest.mark.parametrize("said", ["oui mais seulement l'hiver, l'été je vais au bled", "oui, sauf l'été"])
def test_a_limit_is_not_acted_upon_as_a_plain_yes(understanding: Understanding, said: str) -> None:
    meaning = understanding.interpret(said, Expecting("yes_no", question="aide_logement.locataire"))

    assert (meaning.value, meaning.certainty) != ("yes", "sure")


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("par téléphone, enfin non, par internet", "internet"),
        ("au guichet, non, je préfère téléphoner", "telephone"),
        ("il faut qu'on me montre", "avec_aide"),
        ("moi aller bureau caf", "sur_place"),
    ],
)
def test_what_is_taken_back_does_not_count(understanding: Understanding, said: str, value: str) -> None:
    assert understanding.interpret(said, _comment()).value == value


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("pas par internet", "internet"),
        ("surtout pas au téléphone", "telephone"),
        ("internet non merci", "internet"),
        ("je peux pas parler au téléphone, je bégaie", "telephone"),
    ],
)
def test_what_is_refused_is_not_chosen(understanding: Understanding, said: str, refused: str) -> None:
    assert understanding.interpret(said, _comment()).value != refused


def test_of_two_answers_the_one_not_refused_is_meant(understanding: Understanding) -> None:
    papers = ("la_carte_identite", "le_passeport", "autre")
    expecting = Expecting("choice", papers, question="carte_identite.papier")

    assert understanding.interpret("pas le passeport, l'autre", expecting).value == "la_carte_identite"


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("j'ai perdu mon portefeuille", "je_ne_l_ai_pas"),
        ("on me l'a volée avec mon sac", "je_ne_l_ai_pas"),
        ("pas sur moi mais à la maison oui", "je_l_ai"),
        ("j'ai pas compris", "c_est_quoi"),
        ("j'ai faim", None),
    ],
)
def test_a_paper_is_there_only_where_that_was_said(
    understanding: Understanding, said: str, value: str | None
) -> None:
    expecting = Expecting("choice", PAPER, question="documents.piece_identite")

    assert understanding.interpret(said, expecting).value == value


def _comment() -> Expecting:
    return Expecting("choice", COMMENT, question="attestation_caf.comment")
