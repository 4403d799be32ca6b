"""Stories of single conversations with the core."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dialogue.flows import place
from tests.dialogue.talk import Talk
from voicebot.dialogue.action import (
    CallBack,
    ChangeChannel,
    End,
    Forget,
    HandOff,
    LookUp,
    OptOut,
    SendSummary,
)
from voicebot.dialogue.codec import to_dict
from voicebot.dialogue.event import ChannelChanged, Heard, HungUp, LookedUp, Started
from voicebot.dialogue.meaning import Candidate, Meaning
from voicebot.dialogue.session import Session


@pytest.fixture
def talk() -> Talk:
    talk = Talk()
    talk.start()
    return talk


def at_age(talk: Talk) -> Talk:
    talk.says_intent("rsa")
    return talk


def test_a_caller_is_welcomed_and_asked_openly(talk: Talk) -> None:
    assert talk.said == ["accueil.bonjour", "accueil.question"]
    assert talk.listens.expecting.kind == "intent"
    assert talk.says[-1].options == ()


def test_a_whole_procedure_depends_on_the_answers(talk: Talk) -> None:
    assert talk.says_intent("rsa") == ["rsa.age"]
    assert talk.says_value(22) == ["rsa.enfant"]
    assert talk.says_value("yes") == ["rsa.logement"]
    assert [o.key + o.value for o in talk.says[-1].options] == ["1loue", "2heberge", "3autre"]
    talk.says_value("loue")
    assert talk.actions[-1] == LookUp("caisse", talk.session.slots)
    found = LookedUp("l1", 9.0, "caisse", {"caisse": "CAF de Paris"})
    assert talk.send(found) == ["rsa.code"]
    assert talk.says_value("75018") == ["common.value_postal_code"]
    assert talk.says_value("yes") == ["rsa.papiers"]
    assert talk.listens.expecting.kind == "more"
    assert talk.says_intent("suite") == ["rsa.resume", "cloture.autre"]
    assert [a.notes for a in talk.actions if isinstance(a, SendSummary)] == [("rsa.note_papiers",)]
    assert talk.says_value("no") == ["cloture.fin"]
    assert talk.actions[-1] == End("done")
    assert talk.session.slots == {
        "textable": "no",
        "age": 22,
        "enfant": "yes",
        "logement": "loue",
        "caisse": "CAF de Paris",
        "code": "75018",
    }


def test_an_older_person_is_not_asked_about_children(talk: Talk) -> None:
    assert at_age(talk).says_value(60) == ["rsa.logement"]


def test_a_failed_lookup_goes_on_without_it(talk: Talk) -> None:
    at_age(talk).says_value(60)
    talk.says_value("loue")
    assert talk.send(LookedUp("l1", 9.0, "caisse", failed=True)) == ["common.lookup_failed", "rsa.papiers"]


def test_other_choice_has_its_own_way(talk: Talk) -> None:
    at_age(talk).says_value(60)
    assert talk.says_value("autre") == ["rsa.papiers"]


def test_no_match_tapers_to_a_person(talk: Talk) -> None:
    at_age(talk)
    assert talk.says_nothing_clear() == ["common.no_match", "rsa.age:retry"]
    assert talk.says_nothing_clear() == ["common.no_match", "rsa.age:keys", "common.keys_age"]
    assert talk.says_nothing_clear() == ["common.offer_human"]
    talk.says_nothing_clear(), talk.says_nothing_clear()
    assert talk.says_nothing_clear() == ["accueil.conseiller"]
    assert talk.actions[-2:] == (HandOff("CA1:8", "no_match", "normal", "rsa"), End("handed_off"))


def test_who_refuses_the_person_goes_on_at_the_same_step(talk: Talk) -> None:
    at_age(talk)
    for _ in range(3):
        talk.says_nothing_clear()
    assert talk.says_value("no") == ["rsa.age:retry"]
    assert talk.says_value(30) == ["rsa.logement"]


def test_silence_is_counted_apart_and_a_person_offered_before_goodbye(talk: Talk) -> None:
    at_age(talk).says_nothing_clear()
    assert talk.is_silent() == ["common.no_input", "rsa.age:retry"]
    assert talk.is_silent() == ["common.no_input", "rsa.age:keys", "common.keys_age"]
    assert talk.is_silent() == ["common.still_there", "common.offer_human"]
    assert talk.is_silent() == ["common.no_input", "common.offer_human:keys"]
    assert talk.is_silent() == ["common.silence_goodbye"]
    assert talk.actions[-1] == End("silence")
    assert talk.session.status == "suspended"


def test_an_unsure_topic_is_asked_back(talk: Talk) -> None:
    assert talk.says_intent("rsa", "unsure") == ["common.topic_confirm"]
    assert talk.says[-1].slots["topic"] == "rsa"
    assert talk.says_value("yes") == ["rsa.age"]


def test_a_wrong_guess_can_be_corrected_at_once(talk: Talk) -> None:
    talk.says_intent("carte_vitale", "unsure")
    assert talk.says_intent("rsa") == ["rsa.age"]


def test_two_close_topics_are_both_offered(talk: Talk) -> None:
    talk.says_intent("rsa", "unsure", Candidate("carte_vitale", 0.88))
    assert talk.said == ["common.topic_choice"]
    assert [o.label for o in talk.says[-1].options] == ["topics.rsa", "topics.carte_vitale"]
    assert talk.presses("1") == ["rsa.age"]


def test_a_topic_without_a_flow_gives_its_number(talk: Talk) -> None:
    assert talk.says_intent("retraite") == ["accueil.numero", "cloture.autre"]
    assert talk.says[0].slots["topic"] == "retraite"


def test_naming_another_procedure_midway_asks_first(talk: Talk) -> None:
    assert at_age(talk).says_intent("retraite") == ["common.switch_confirm"]
    assert talk.says_value("no") == ["rsa.age"]
    talk.says_intent("retraite")
    assert talk.says_value("yes") == ["accueil.numero", "cloture.autre"]


def test_what_was_said_while_naming_the_procedure_is_not_asked_again(talk: Talk) -> None:
    talk.start()
    assert talk.says_intent("energie", ahead="coupure") == ["common.answered_ahead", "energie.oui"]
    assert talk.session.slots["besoin"] == "coupure"
    assert talk.says_intent("retour") == ["energie.besoin"]
    assert "besoin" not in talk.session.slots


def test_what_was_said_ahead_is_kept_while_we_make_sure(talk: Talk) -> None:
    talk.start()
    talk.says_intent("energie", "unsure", ahead="coupure")
    assert talk.says_value("yes") == ["common.answered_ahead", "energie.oui"]


def test_an_answer_ahead_that_is_no_choice_there_is_not_taken(talk: Talk) -> None:
    talk.start()
    assert talk.says_intent("energie", ahead="loue") == ["energie.besoin"]


def test_an_unsure_value_is_read_back(talk: Talk) -> None:
    assert at_age(talk).says_value(60, "unsure") == ["common.value_age"]
    assert talk.says_value("no") == ["rsa.age:retry"]
    talk.says_value(60, "unsure")
    assert talk.says_value("yes") == ["rsa.logement"]
    assert talk.session.slots["age"] == 60


def test_what_was_heard_second_is_asked_about_when_the_first_is_refused(talk: Talk) -> None:
    assert at_age(talk).says_value(60, "unsure", second=70) == ["common.value_age"]
    assert talk.says_value("no") == ["common.value_age"]
    assert talk.says_value("yes") == ["rsa.logement"]
    assert talk.session.slots["age"] == 70


def test_when_both_are_refused_the_question_comes_again(talk: Talk) -> None:
    at_age(talk).says_value(60, "unsure", second=70)
    talk.says_value("no")
    assert talk.says_value("no") == ["rsa.age:retry"]


def test_danger_gives_the_number_then_a_person(talk: Talk) -> None:
    assert at_age(talk).says_danger("suicide") == ["urgence.suicide", "urgence.humain"]
    handed = [a for a in talk.actions if isinstance(a, HandOff)]
    assert [h.priority for h in handed] == ["danger"]


def test_an_unsure_no_is_said_back_before_a_right_is_lost(talk: Talk) -> None:
    at_age(talk).says_value(22)
    assert talk.says_value("no", "unsure") == ["common.value_yes_no"]
    assert talk.listens.expecting.said_back == "no"
    assert talk.listens.expecting.question == "rsa.enfant"
    talk.says_value("yes")
    assert talk.session.slots["enfant"] == "no"


def test_an_unsure_yes_to_an_offer_is_said_back_without_a_name(talk: Talk) -> None:
    at_age(talk).says_value(22)
    talk.says_value("no")
    assert talk.session.place == place("cloture.autre")
    assert talk.says_value("yes", "unsure") == ["common.value_reply"]


@pytest.mark.parametrize("age", [10, 3, 112])
def test_an_implausible_age_is_read_back_however_sure(talk: Talk, age: int) -> None:
    assert at_age(talk).says_value(age) == ["common.value_age"]


def test_an_implausible_age_is_read_back_when_typed(talk: Talk) -> None:
    assert at_age(talk).presses("10#") == ["common.value_age"]


def test_a_value_in_place_of_the_one_said_back_is_taken(talk: Talk) -> None:
    at_age(talk).says_value(45, "unsure")
    meaning = Meaning("non, cinquante-quatre", value="no", certainty="sure", instead=54)
    talk.send(Heard("correction", talk.at, meaning))
    assert talk.session.slots["age"] == 54


def test_unsure_danger_asks_once_gently(talk: Talk) -> None:
    assert at_age(talk).says_danger("suicide", "unsure") == ["common.danger_suicide"]
    assert talk.says_value("no") == ["rsa.age"]
    talk.says_danger("violence", "unsure")
    assert talk.says_value("yes") == ["urgence.danger", "urgence.humain"]


def test_repeat_says_the_same_words_without_our_remarks(talk: Talk) -> None:
    at_age(talk).says_nothing_clear()
    assert talk.says_intent("repeter") == ["rsa.age:retry"]


def test_slower_stays_slower(talk: Talk) -> None:
    usual = at_age(talk).listens.timeout_s
    assert talk.says_intent("plus_lentement") == ["common.slower", "rsa.age"]
    assert talk.session.pace == "slow"
    assert talk.listens.timeout_s > usual


def test_back_asks_the_last_question_again_and_forgets_its_answer(talk: Talk) -> None:
    at_age(talk).says_value(60)
    assert talk.says_intent("retour") == ["rsa.age"]
    assert "age" not in talk.session.slots
    assert talk.says_intent("retour") == ["common.back_none", "rsa.age"]


def test_an_earlier_answer_can_be_corrected(talk: Talk) -> None:
    at_age(talk).says_value(22)
    talk.says_value("yes")
    assert talk.says_intent("corriger") == ["common.correct_which"]
    assert [o.label for o in talk.says[-1].options] == ["rsa.enfant", "rsa.age"]
    assert talk.says_value("age") == ["rsa.age"]
    assert talk.session.slots == {"textable": "no"}


def test_nothing_to_correct_is_said(talk: Talk) -> None:
    assert at_age(talk).says_intent("corriger") == ["common.correct_none", "rsa.age"]


def test_i_do_not_know_takes_the_way_meant_for_it(talk: Talk) -> None:
    assert at_age(talk).says_intent("ne_sait_pas") == ["common.unknown_ok", "rsa.logement"]
    assert talk.says_intent("ne_sait_pas") == ["common.unknown_ok", "common.help", "rsa.logement:help"]
    assert talk.says_intent("ne_sait_pas") == ["common.unknown_ok", "common.offer_human"]


def test_help_explains_the_step(talk: Talk) -> None:
    assert at_age(talk).says_intent("aide") == ["common.help", "rsa.age:help"]


def test_menu_and_human_are_always_there(talk: Talk) -> None:
    assert at_age(talk).says_intent("menu") == ["accueil.question"]
    assert talk.says_intent("conseiller") == ["accueil.conseiller"]
    assert talk.session.status == "handed_off"


def test_a_doubtful_stop_does_not_end_the_call(talk: Talk) -> None:
    assert at_age(talk).says_intent("terminer", "unsure") == ["common.no_match", "rsa.age:retry"]
    assert talk.says_intent("terminer") == ["common.goodbye"]


def test_going_on_by_keypad_keeps_the_step(talk: Talk) -> None:
    assert at_age(talk).says_intent("clavier") == ["common.keypad_now", "rsa.age:keys", "common.keys_age"]
    assert ChangeChannel("keypad") in talk.actions
    assert talk.presses("30#") == ["rsa.logement"]


def test_a_lost_recognizer_moves_to_keys_at_the_same_step(talk: Talk) -> None:
    at_age(talk)
    assert talk.send(ChannelChanged("c1", 5.0, "keypad", "recognizer")) == ["rsa.age:keys", "common.keys_age"]


def test_being_forgotten_is_confirmed_and_leaves_nothing(talk: Talk) -> None:
    at_age(talk).says_value(60)
    assert talk.says_intent("oubli") == ["common.forget_confirm"]
    assert talk.says_value("yes") == ["common.forgotten"]
    assert Forget() in talk.actions
    assert (talk.session.slots, talk.session.trail, talk.session.topic) == ({}, (), None)


def test_a_summary_needs_a_phone_that_can_get_texts(talk: Talk) -> None:
    assert at_age(talk).says_intent("recap_sms") == ["common.sms_no_number", "rsa.age"]
    textable = Talk()
    textable.start(textable=True)
    at_age(textable)
    assert textable.says_intent("recap_sms") == ["common.sms_recorded", "rsa.age"]
    assert any(isinstance(action, SendSummary) for action in textable.actions)


def test_a_broken_call_is_resumed_at_the_same_step(talk: Talk) -> None:
    at_age(talk).says_value(60)
    talk.send(HungUp("h1", 7.0))
    again = Talk()
    assert again.start(previous=to_dict(talk.session)) == ["common.resume"]
    assert again.says_value("yes") == ["common.resumed", "rsa.logement"]
    assert again.session.slots["age"] == 60


def test_who_does_not_want_to_resume_starts_afresh(talk: Talk) -> None:
    at_age(talk).says_value(60)
    again = Talk()
    again.start(previous=to_dict(talk.session))
    assert again.says_value("no") == ["accueil.question"]
    assert "age" not in again.session.slots


def test_a_call_without_answers_is_not_offered_for_resuming(talk: Talk) -> None:
    assert Talk().start(previous=to_dict(talk.session)) == ["accueil.bonjour", "accueil.question"]


def test_the_same_event_twice_changes_nothing_and_says_the_question_again(talk: Talk) -> None:
    at_age(talk)
    event = Heard("once", 3.0, Meaning("…", value=60, certainty="sure"))
    first = talk.send(event)
    session = talk.session
    assert talk.send(event) == first == ["rsa.logement"]
    assert talk.session == session


def test_a_second_start_of_an_open_call_says_the_question_again(talk: Talk) -> None:
    at_age(talk)
    assert talk.send(Started("s2", 4.0, "voice")) == ["rsa.age"]


def test_after_the_end_there_is_only_the_end(talk: Talk) -> None:
    talk.says_intent("conseiller")
    talk.says_value(12)
    assert talk.actions == (End("goodbye"),)
    assert talk.session.place == place("accueil.conseiller")


def test_a_texter_asks_to_be_called_back_and_the_call_goes_on_there() -> None:
    texter = Talk()
    texter.start("sms")
    at_age(texter).says_value(60)
    assert texter.says_intent("rappel") == ["common.callback_soon"]
    assert [a.key for a in texter.actions if isinstance(a, CallBack)] == ["CA1:4"]
    call = Talk()
    assert call.start(previous=to_dict(texter.session), resumes=True) == [
        "common.calling_back",
        "rsa.logement",
    ]


def test_stop_by_text_opts_out(talk: Talk) -> None:
    texter = Talk()
    texter.start("sms")
    assert texter.says_intent("stop") == ["common.opted_out"]
    assert OptOut() in texter.actions
    assert talk.says_intent("stop") == ["common.goodbye"]


def test_a_question_answered_by_i_do_not_know_can_be_gone_back_to(talk: Talk) -> None:
    at_age(talk).says_intent("ne_sait_pas")
    assert talk.says_intent("retour") == ["rsa.age"]


def test_going_back_forgets_the_notes_of_the_path_left_behind(talk: Talk) -> None:
    at_age(talk).says_value(60)
    talk.says_value("autre")
    assert [note.key for note in talk.session.notes] == ["rsa.note_papiers"]
    talk.says_intent("retour")
    assert talk.session.notes == ()


def test_a_danger_named_when_asked_what_happens_is_taken_at_once(talk: Talk) -> None:
    talk.says_intent("urgence")
    assert talk.said == ["urgence.danger", "urgence.humain"]
    asked = Talk()
    asked.start()
    asked.session = replace(asked.session, topic="urgence")
    assert asked.says_danger("suicide", "unsure") == ["urgence.suicide", "urgence.humain"]


def test_a_scam_told_in_the_middle_is_warned_about_at_once_and_a_no_goes_on_where_they_were() -> None:
    talk = Talk()
    talk.start()
    talk.says_intent("rsa")
    assert talk.says_intent("arnaque") == ["common.never_give", "common.guard_confirm"]
    assert talk.says_value("no") == ["rsa.age"]
    assert talk.session.topic == "rsa"
    talk.says_intent("arnaque")
    assert talk.says_value("yes")[0] == "arnaque.jamais"
    assert talk.session.topic == "arnaque"


def test_a_scam_told_at_a_question_of_our_own_is_warned_about_too() -> None:
    talk = Talk()
    talk.start()
    talk.says_intent("rsa")
    talk.says_value(30, "unsure")
    assert talk.says_intent("arnaque") == ["common.never_give", "common.guard_confirm"]


def test_naming_the_scam_at_the_open_question_starts_its_procedure() -> None:
    talk = Talk()
    talk.start()
    assert talk.says_intent("arnaque")[0] == "arnaque.jamais"


def test_who_asks_for_a_person_in_danger_is_given_to_one_as_somebody_in_danger() -> None:
    talk = Talk()
    talk.start()
    talk.says_danger("other")
    assert talk.session.topic == "urgence"
    handed = [action for action in talk.actions if isinstance(action, HandOff)]
    assert [one.priority for one in handed] == ["danger"]


def test_in_the_questions_of_an_emergency_a_person_is_still_the_emergencys() -> None:
    talk = Talk(Session("CA1", "p1", status="open", topic="urgence", place=place("accueil.question")))
    assert talk.says_intent("conseiller") == ["urgence.humain"]


def test_in_an_emergency_nobody_is_warned_of_scams() -> None:
    talk = Talk(Session("CA1", "p1", status="open", topic="urgence", place=place("rsa.age")))
    assert "common.never_give" not in talk.says_intent("arnaque")


def test_who_is_worried_and_not_understood_is_offered_a_person_at_once(talk: Talk) -> None:
    talk.start()
    assert talk.says_nothing_clear(worried=True) == ["common.worried", "common.offer_human"]
    assert talk.says_value("no")[-1] == "accueil.question:retry"
    assert talk.says_nothing_clear() == ["common.no_match", "accueil.question:retry"], "and is not pressed"


def test_who_is_worried_is_understood_first_and_put_before_others_if_they_want_a_person(talk: Talk) -> None:
    talk.start()
    assert talk.says_intent("rsa", worried=True) == ["rsa.age"]
    talk.says_intent("conseiller")
    asked = next(action for action in talk.actions if isinstance(action, HandOff))
    assert (asked.reason, asked.priority) == ("worried", "high")
