"""A stack of needs: what was left or named beside is offered again, and "retour" leads back to it."""

from __future__ import annotations

import pytest

from tests.dialogue.flows import place
from tests.dialogue.talk import Talk
from voicebot.dialogue.event import Heard
from voicebot.dialogue.meaning import Candidate, Meaning


@pytest.fixture
def talk() -> Talk:
    talk = Talk()
    talk.start()
    return talk


def both(talk: Talk, first: str, second: str) -> list[str]:
    alternatives = (Candidate(first, 0.5), Candidate(second, 0.5))
    meaning = Meaning("les deux", first, 0.5, "unsure", alternatives, both=True)
    return talk.send(Heard("both", talk.at + 0.5, meaning))


def test_of_two_needs_in_one_sentence_the_second_is_offered_after_the_first(talk: Talk) -> None:
    assert both(talk, "rsa", "apl") == ["common.topic_both"]
    assert talk.says_intent("rsa") != []
    assert talk.session.topic == "rsa"


def test_the_second_need_waits_until_the_first_is_done(talk: Talk) -> None:
    both(talk, "apl", "rsa")
    talk.says_value("apl")
    assert talk.session.topic == "apl"
    assert [each.topic for each in talk.session.interrupted] == ["rsa"]


def test_two_meanings_of_one_word_are_no_two_needs(talk: Talk) -> None:
    assert talk.says_intent("rsa", "unsure", Candidate("apl", 0.88)) == ["common.topic_choice"]
    talk.says_value("rsa")
    assert not talk.session.interrupted


def test_back_leads_to_the_procedure_that_was_left(talk: Talk) -> None:
    talk.says_intent("rsa")
    talk.says_value(40)
    talk.says_intent("apl", requested=True)
    assert talk.session.topic == "apl"
    assert talk.session.interrupted[-1].topic == "rsa"
    talk.says_intent("retour")
    assert talk.session.topic == "rsa"
    assert talk.session.place == place("rsa.logement")
    assert talk.session.slots["age"] == 40
    assert not talk.session.interrupted


def test_back_without_anything_left_says_so(talk: Talk) -> None:
    talk.says_intent("rsa")
    assert talk.says_intent("retour")[0] == "common.back_none"


def test_no_need_is_kept_from_practice(talk: Talk) -> None:
    talk.says_intent("rsa")
    assert not talk.session.interrupted
