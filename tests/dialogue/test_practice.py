"""Practice: the same questions, and nothing of it kept or sent. Danger and people stay real."""

from __future__ import annotations

import pytest

from tests.dialogue.talk import Talk
from voicebot.dialogue.action import CallBack, End, HandOff, Remember, SendSummary
from voicebot.dialogue.codec import to_dict
from voicebot.dialogue.documents import LACK
from voicebot.dialogue.event import HungUp, Started

EFFECTS = (HandOff, SendSummary, CallBack, Remember)


def practising(channel: str = "voice", **more: object) -> Talk:
    """A call in the middle of a rehearsed procedure."""
    talk = Talk()
    talk.start(channel, **more)
    assert talk.says_intent("entrainement") == ["entrainement.debut", "entrainement.demarche"]
    assert talk.says_intent("apl") == ["apl.code"]
    talk.presses("75018")
    return talk


def effects(talk: Talk) -> list[object]:
    return [action for action in talk.actions if isinstance(action, EFFECTS)]


def test_a_rehearsal_ends_where_the_closing_begins_and_sends_nothing() -> None:
    talk = practising()
    talk.says_value("seul")
    talk.says_value(LACK)
    talk.says_value(LACK)
    talk.says_value("next")
    assert talk.says_value("next") == ["apl.resume", "common.practice_over", "cloture.autre"]
    assert effects(talk) == []
    assert (talk.session.practice, talk.session.notes, talk.session.topic) == (False, (), None)
    assert dict(talk.session.slots) == {"textable": "no"}


def test_menu_leaves_practice_and_says_so() -> None:
    assert practising().says_intent("menu") == ["common.practice_over", "accueil.question"]


def test_another_procedure_in_the_middle_is_rehearsed_too() -> None:
    talk = practising()
    talk.says_intent("rsa")
    assert talk.says_value("yes") == ["rsa.age"]
    assert talk.session.practice


def test_a_danger_gets_real_help_without_a_word_about_practice() -> None:
    talk = practising()
    assert talk.says_danger("suicide") == ["urgence.suicide", "urgence.humain"]
    (ticket,) = [action for action in talk.actions if isinstance(action, HandOff)]
    assert ticket.priority == "danger"
    assert "code_postal" not in talk.session.slots


def test_asking_for_a_person_gives_a_real_one() -> None:
    talk = practising()
    assert talk.says_intent("conseiller") == ["common.practice_over", "accueil.conseiller"]
    assert [type(effect) for effect in effects(talk)] == [HandOff]


def test_a_summary_is_not_sent_and_the_question_stays() -> None:
    talk = practising(textable=True)
    assert talk.says_intent("recap_sms") == ["common.practice_unsent", "apl.qui"]
    assert effects(talk) == []


def test_a_call_asked_for_by_text_is_real() -> None:
    talk = practising("sms")
    said = talk.says_intent("rappel")
    assert said == ["common.practice_over", "common.callback_soon", "accueil.question"]
    assert [type(effect) for effect in effects(talk)] == [CallBack]
    assert talk.says_intent("repeter") == ["accueil.question"]


@pytest.mark.parametrize("goodbye", ["terminer", "silence"])
def test_the_end_of_a_call_ends_the_practice_and_says_so(goodbye: str) -> None:
    talk = practising()
    if goodbye == "terminer":
        talk.says_intent(goodbye)
    else:
        for _ in range(5):
            talk.is_silent()
    assert "common.practice_over" in talk.said
    assert isinstance(talk.actions[-1], End)
    assert not talk.session.practice


def test_an_interrupted_practice_is_not_offered_for_resuming() -> None:
    talk = practising()
    dropped = to_dict(talk.session)
    talk.send(HungUp("hang-up", 50.0))
    assert (talk.session.practice, talk.session.trail) == (False, ())
    assert "code_postal" not in talk.session.slots
    for left in (dropped, to_dict(talk.session)):
        again = Talk()
        assert again.send(Started("e1", 60.0, "voice", previous=left)) == [
            "accueil.bonjour",
            "accueil.question",
        ]


def test_what_is_known_of_a_person_is_not_used_in_practice() -> None:
    talk = Talk()
    talk.start(consent="yes", remembered={"code_postal": "93200"})
    talk.says_intent("entrainement")
    assert talk.says_intent("apl") == ["apl.code"]
    talk.presses("75018")
    talk.says_intent("menu")
    assert effects(talk) == []
    assert talk.session.remembered == {"code_postal": "93200"}
