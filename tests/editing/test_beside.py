"""What is said beside a field while somebody types is what `flows check` and `prompts check` would say."""

from __future__ import annotations

import pytest

from tests.console.author import READER
from voicebot.editing import beside

LONG = "Dites-moi donc quel âge vous avez en ce moment précis de votre longue vie, s'il vous plaît ?"


@pytest.mark.parametrize(
    ("step", "part", "text", "said"),
    [
        ("age", "ask", LONG, "une phrase de"),
        ("age", "ask", "Un. Deux. Trois.", "3 phrases"),
        ("a_la_caf", "ask", "Vous demanderez le RSA à la CAF : 3230.", "n'est dit qu'une fois"),
        ("age", "label", "l'âge que vous avez au moment où vous appelez", "c'est trop long"),
        ("besoin", "option", "je voudrais bien savoir pourquoi il a baissé depuis", "c'est trop long"),
        ("age", "sms", "Quel âge avez-vous ? " * 20, "SMS"),
        ("age", "help", "Cliquez ici.", "n'est pas un mot simple"),
    ],
)
def test_a_rule_that_is_broken_is_told_at_once(step: str, part: str, text: str, said: str) -> None:
    look = beside.look(READER.read({}), "rsa", step, part, text)
    assert any(said in one.text for one in look.findings), look


def test_a_good_sentence_has_only_its_measures() -> None:
    look = beside.look(READER.read({}), "rsa", "age", "ask", "Vous avez quel âge ?")
    assert look.findings == ()
    assert look.measures
    assert (look.measures.segments, look.measures.words) == (1, 4)
    assert 0.5 < look.measures.seconds < 4


def test_what_is_between_braces_must_be_a_name() -> None:
    assert beside.look(READER.read({}), "rsa", "age", "ask", "Vous avez {quel âge ?").misfilled
    assert not beside.look(READER.read({}), "rsa", "age", "ask", "Vous avez {age} ans ?").misfilled


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("guide", None),
        ("guid", "guide"),
        ("cloture.ofre_sms", "cloture.offre_sms"),
        ("xyzzy", ""),
        ("", None),
    ],
)
def test_a_name_that_is_nearly_right_is_guessed(typed: str, meant: str | None) -> None:
    assert beside.meant(READER.read({}), "rsa", typed) == meant
