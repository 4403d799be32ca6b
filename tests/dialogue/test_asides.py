"""Callers may ask, greet and swear: a short reply, then the question again, and no failed attempt."""

from __future__ import annotations

import pytest

from tests.dialogue.talk import Talk
from voicebot.dialogue.action import HandOff
from voicebot.dialogue.event import Heard
from voicebot.dialogue.meaning import Meaning


@pytest.fixture
def talk() -> Talk:
    talk = Talk()
    talk.start()
    talk.says_intent("rsa")
    return talk


def says(talk: Talk, aside: str) -> list[str]:
    return talk.send(Heard(f"aside {aside}", talk.at + 0.5, Meaning("…", certainty="sure", aside=aside)))


@pytest.mark.parametrize("aside", ["about.robot", "glossary.rib", "small.hello", "small.swearing"])
def test_a_reply_then_the_question_shorter(talk: Talk, aside: str) -> None:
    talk.says_nothing_clear()
    assert says(talk, aside) == [aside, "rsa.age:retry"]
    assert talk.session.no_match == 1


def test_why_is_answered_by_the_help_of_the_question(talk: Talk) -> None:
    assert says(talk, "help") == ["rsa.age:help", "rsa.age:retry"]
    assert talk.session.no_match == 0


def test_a_need_that_is_not_served_is_said_at_once_and_a_person_offered(talk: Talk) -> None:
    assert says(talk, "unserved.divorce") == ["unserved.divorce", "common.offer_human"]
    talk.says_value("no")
    assert talk.said == ["rsa.age:retry"]


def test_another_language_is_named_and_a_person_who_speaks_it_asked_for(talk: Talk) -> None:
    assert says(talk, "language.en")[0] == "language.en"
    tickets = [action for action in talk.actions if isinstance(action, HandOff)]
    assert [ticket.reason for ticket in tickets] == ["language_en"]


def test_danger_in_another_language_gets_the_number_first(talk: Talk) -> None:
    assert says(talk, "language.en_17")[0] == "language.en_17"
    assert talk.session.topic == "urgence"


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        ("recap_sms", "common.summary_confirm"),
        ("conseiller", "common.offer_human"),
        ("rappel", "common.callback_confirm"),
    ],
)
def test_what_reaches_out_is_asked_first_unless_said_in_so_many_words(
    talk: Talk, command: str, asked: str
) -> None:
    learned = Meaning("avec quelqu'un", command, 0.9, "sure")
    assert talk.send(Heard("learned", talk.at + 0.5, learned)) == [asked]
    talk.says_value("no")
    assert talk.said == ["rsa.age:retry"]


def test_a_person_asked_for_in_so_many_words_comes_at_once(talk: Talk) -> None:
    said = talk.send(Heard("person", 99.0, Meaning("un conseiller", "conseiller", 1.0, "sure")))
    assert said == ["accueil.conseiller"]


def test_the_next_is_no_answer_to_a_question(talk: Talk) -> None:
    assert talk.says_intent("suite") == ["small.answer_needed", "rsa.age:retry"]
    assert talk.says_intent("suite") == ["small.answer_needed", "rsa.age:keys", "common.keys_age"]
    assert talk.says_intent("suite") == ["common.offer_human"]
