"""Texts that no person wrote to us, or that hold what must never be sent."""

from __future__ import annotations

import pytest

from voicebot.nlu.screening import Screening

TOLD_APART = {
    "automatic": [
        "Je suis en réunion, je vous rappelle plus tard.",
        "Je conduis, je vous rappelle dès que possible.",
        "Réponse automatique : je suis absente du bureau jusqu'au 3 décembre.",
        "Message non distribué.",
        "I'm driving and can't talk right now",
    ],
    "code": [
        "Votre code de vérification est 482913",
        "482913 est votre code de validation. Ne communiquez ce code à personne.",
        "Banque Postale : voici votre code 77120934",
    ],
    "link": [
        "CPAM: votre nouvelle carte vitale est disponible https://ameli-vitale.info",
        "Votre colis est en attente. Payez 1,99€ http://suivi-colis.example/x",
        "ANTAI: amende impayee, reglez sur amendes-gouv.site/payer",
    ],
    "secret": [
        "4970 1012 3456 7890 ma carte c'est 4539 1488 0343 6467",
        "mon numero de secu 2 85 05 78 006 084 91",
        "185057800608436",
    ],
}
FROM_PEOPLE = [
    "j'ai recu un message avec un code de verification 4829, c'est quoi",
    "un monsieur de la banque ma demandé mon code jlui ai donné",
    "mon numero est le 06 12 34 56 78",
    "93200",
    "je suis né le 12/03/1990",
    "je suis absent le 3 mais mon rendez-vous caf est le 4, comment faire",
    "demander le RSA",
    "j'ai 1250 euros par mois et 2 enfants",
    "je suis sur caf.fr mais je comprends rien",
    "rappelez-moi demain",
    "je vous appelle demain matin",
]


@pytest.fixture(scope="module")
def screening() -> Screening:
    return Screening.load()


def test_each_kind_is_told_apart(screening: Screening) -> None:
    found = {kind: [screening.kind(text) for text in texts] for kind, texts in TOLD_APART.items()}
    assert found == {kind: [kind] * len(texts) for kind, texts in TOLD_APART.items()}


def test_what_people_write_is_read(screening: Screening) -> None:
    assert {text: screening.kind(text) for text in FROM_PEOPLE} == dict.fromkeys(FROM_PEOPLE)
