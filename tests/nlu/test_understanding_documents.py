"""Whether somebody has a paper, in words that are not among those learned."""

from __future__ import annotations

import pytest

from voicebot.dialogue.documents import ANSWERS, HAVE, LACK, WHAT
from voicebot.dialogue.meaning import Expecting
from voicebot.nlu import Understanding
from voicebot.nlu.vocabulary import Vocabulary

ASKED = Expecting("choice", ANSWERS)
SAID = [
    ("oui je l'ai quelque part", HAVE),
    ("euh oui bien sûr je l'ai", HAVE),
    ("oui oui c'est dans mes papiers", HAVE),
    ("j'ai ça à la maison", HAVE),
    ("oui tout est là", HAVE),
    ("oui s'il vous plaît je l'ai", HAVE),
    ("ah non je l'ai pas du tout", LACK),
    ("ah zut je l'ai pas", LACK),
    ("ben non j'en ai pas", LACK),
    ("je crois que je l'ai perdu", LACK),
    ("alors là je le trouve plus", LACK),
    ("non on me l'a jamais donné", LACK),
    ("non mon patron il me l'a pas donné", LACK),
    ("attendez c'est quoi ce papier", WHAT),
    ("euh je sais pas ce que c'est moi", WHAT),
    ("ça ressemble à quoi ce papier", WHAT),
    ("je connais pas ce papier là", WHAT),
]
TEXTED = [
    ("oui jlai", HAVE),
    ("wi g sa", HAVE),
    ("nn jlai pa", LACK),
    ("non g pa sa", LACK),
    ("g perdu", LACK),
    ("c koi sa", WHAT),
    ("jsp ce ke c", WHAT),
]


@pytest.mark.parametrize(("text", "answer"), SAID)
def test_spoken(understanding: Understanding, text: str, answer: str) -> None:
    assert understanding.interpret(text, ASKED).value == answer


@pytest.mark.parametrize(("text", "answer"), TEXTED)
def test_texted(understanding: Understanding, text: str, answer: str) -> None:
    assert understanding.interpret(text, ASKED, "sms").value == answer


@pytest.mark.parametrize("text", ["je veux parler à quelqu'un", "plus lentement", "répétez", "retour"])
def test_commands_are_still_commands(understanding: Understanding, text: str) -> None:
    assert understanding.interpret(text, ASKED).value is None


def test_each_answer_is_known_in_many_wordings_that_mean_nothing_else(words: Vocabulary) -> None:
    said = {answer: set(words.choices[answer]) for answer in ANSWERS}
    assert min(map(len, said.values())) >= 25
    assert not (said[HAVE] & said[LACK]) | (said[HAVE] & said[WHAT]) | (said[LACK] & said[WHAT])
