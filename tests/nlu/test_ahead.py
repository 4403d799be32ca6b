"""What somebody says while naming a procedure is not asked again; the bare name says nothing."""

from __future__ import annotations

import pytest

from voicebot.nlu import Understanding

CARD = ("perdue", "volee", "ne_marche_pas", "premiere_carte")
PENSION = ("partir_retraite", "petite_retraite", "conjoint_mort", "annees_manquent")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("bonjour j'ai perdu ma carte vitale", "perdue"),
        ("on m'a volé mon sac avec ma carte vitale", "volee"),
        ("ma carte vitale elle est cassée", "ne_marche_pas"),
        ("c'est pour ma carte vitale", None),
        ("la carte vitale", None),
        ("je n'ai pas perdu ma carte vitale", None),
    ],
)
def test_card(understanding: Understanding, said: str, answer: str | None) -> None:
    assert understanding.answered_ahead(said, "carte_vitale", CARD) == answer


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("c'est pour la retraite", None),
        ("je voudrais la pension de réversion de mon mari", "conjoint_mort"),
        ("j'ai une petite retraite", "petite_retraite"),
    ],
)
def test_a_bare_name_is_no_answer(understanding: Understanding, said: str, answer: str | None) -> None:
    assert understanding.answered_ahead(said, "retraite", PENSION) == answer


def test_a_long_story_is_asked_about(understanding: Understanding) -> None:
    story = "j'étais au marché samedi et quelqu'un a perdu son chien alors moi je viens pour ma carte vitale"
    assert understanding.answered_ahead(story, "carte_vitale", CARD) is None


def test_a_place_in_a_list_is_no_answer(understanding: Understanding) -> None:
    assert understanding.answered_ahead("la troisième fois que j'appelle", "carte_vitale", CARD) is None
