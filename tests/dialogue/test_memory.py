"""Said once: offered again in the same call, and by consent in later ones."""

from __future__ import annotations

from tests.dialogue.talk import Talk
from voicebot.dialogue.action import Remember
from voicebot.dialogue.documents import HAVE


def remembered(talk: Talk) -> list[Remember]:
    return [action for action in talk.actions if isinstance(action, Remember)]


def to_the_end(talk: Talk) -> list[str]:
    """From the question who lives there to the end of the procedure."""
    talk.says_value("seul")
    talk.says_value(HAVE)
    talk.says_value(HAVE)
    return talk.says_value("next")


def first_call(**more: object) -> Talk:
    talk = Talk()
    talk.start(**more)
    talk.says_intent("apl")
    talk.presses("93200")
    return talk


def test_who_agrees_is_asked_once_and_remembered() -> None:
    talk = first_call()
    assert remembered(talk) == []
    assert to_the_end(talk) == ["apl.resume", "cloture.souvenir"]
    assert talk.says_value("yes") == ["cloture.autre"]
    assert remembered(talk) == [Remember(True, {"code_postal": "93200", "qui": "seul"})]


def test_who_refuses_is_not_remembered_and_not_asked_again() -> None:
    talk = first_call()
    to_the_end(talk)
    talk.says_value("no")
    assert remembered(talk) == [Remember(False, {})]
    again = first_call(consent="no")
    assert to_the_end(again) == ["apl.resume", "cloture.autre"]
    assert remembered(again) == []


def test_not_knowing_whether_to_agree_is_a_no() -> None:
    talk = first_call()
    to_the_end(talk)
    talk.says_intent("ne_sait_pas")
    assert remembered(talk) == [Remember(False, {})]


def test_who_cannot_be_recognized_is_never_asked() -> None:
    talk = first_call(consent="unrecognized")
    assert to_the_end(talk) == ["apl.resume", "cloture.autre"]
    assert remembered(talk) == []


def test_a_remembered_answer_is_offered_and_a_yes_takes_it() -> None:
    talk = Talk()
    talk.start(consent="yes", remembered={"code_postal": "93200", "qui": "couple"})
    assert talk.says_intent("apl") == ["common.known_postal_code"]
    assert talk.says[-1].slots["value"] == "93200"
    assert talk.says_value("yes") == ["common.known_choice"]
    assert talk.says[-1].slots["value"] == "apl.qui.couple"
    talk.says_value("yes")
    assert (talk.session.slots["code_postal"], talk.session.slots["qui"]) == ("93200", "couple")


def test_a_remembered_answer_that_is_no_longer_true_is_asked_and_replaced() -> None:
    talk = Talk()
    talk.start(consent="yes", remembered={"code_postal": "93200"})
    talk.says_intent("apl")
    assert talk.says_value("no") == ["apl.code"]
    assert remembered(talk) == [Remember(True, {})]
    talk.presses("75018")
    assert remembered(talk) == [Remember(True, {"code_postal": "75018"})]


def test_an_answer_that_the_question_no_longer_offers_is_not_offered() -> None:
    talk = Talk()
    talk.start(consent="yes", remembered={"code_postal": "93200", "qui": "colocation"})
    talk.says_intent("apl")
    assert talk.says_value("yes") == ["apl.qui"]


def test_without_consent_it_is_offered_again_in_the_same_call_only() -> None:
    talk = first_call()
    to_the_end(talk)
    talk.says_value("no")
    talk.says_intent("menu")
    assert talk.says_intent("apl") == ["common.known_postal_code"]
    assert first_call().session.remembered == {"code_postal": "93200"}


def test_going_back_asks_instead_of_offering_what_was_just_said() -> None:
    talk = first_call()
    assert talk.says_intent("retour") == ["apl.code"]


def test_being_forgotten_forgets_it_in_this_call_too() -> None:
    talk = Talk()
    talk.start(consent="yes", remembered={"code_postal": "93200"})
    talk.says_intent("oubli")
    talk.says_value("yes")
    assert dict(talk.session.remembered) == {}
    assert remembered(talk) == []


def test_what_somebody_says_of_themselves_while_asking_is_offered_not_asked() -> None:
    talk = Talk()
    talk.start()
    assert talk.says_intent("apl", own={"postal_code": "93200"}) == ["common.known_postal_code"]
    assert talk.says_value("no") == ["apl.code"], "and asked when it is not that"


def test_what_is_said_in_an_answer_is_no_such_thing() -> None:
    talk = first_call()
    talk.says_intent("apl", own={"postal_code": "75018"})
    assert talk.session.slots["code_postal"] == "93200"
