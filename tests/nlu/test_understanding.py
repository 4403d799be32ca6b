"""How well French is understood: asserted a little under what `benchmarks/understanding.py` measures."""

from __future__ import annotations

import statistics

import pytest

from benchmarks.answers import answers
from benchmarks.engines import ours
from benchmarks.sentences import COMMANDS, OUT_OF_DOMAIN, development, held_out
from benchmarks.understanding import Measured, measure, share
from voicebot.dialogue.meaning import NO_INTENT, Expecting, Meaning
from voicebot.nlu import Understanding

#: Of the held-out sets that are whole already.
STYLES = ("plain", "complaint", "learner", "sms")


@pytest.fixture(scope="module")
def said(understanding: Understanding) -> list[Measured]:
    everything = measure(ours(understanding), development())
    assert len(everything) > 600
    return everything


@pytest.fixture(scope="module")
def never_looked_at(understanding: Understanding) -> list[Measured]:
    return measure(ours(understanding), held_out())


def hear(understanding: Understanding, text: str, kind: str = "intent", channel: str = "voice") -> Meaning:
    return understanding.interpret(text, Expecting(kind), channel)


def of(measured: list[Measured], *styles: str) -> list[Measured]:
    found = [each for each in measured if each.sentence.style in styles]
    assert len(found) >= 30
    return found


def right(measured: list[Measured]) -> float:
    return share(measured, lambda each: each.right)


def wrongly_acted_upon(measured: list[Measured]) -> float:
    return share(measured, lambda each: each.wrong)


@pytest.mark.parametrize("channel", ["voice", "sms"])
def test_procedures_are_found(said: list[Measured], channel: str) -> None:
    assert right(of(said, channel)) >= 0.95


@pytest.mark.parametrize("style", STYLES)
def test_sentences_that_were_never_looked_at(never_looked_at: list[Measured], style: str) -> None:
    assert right(of(never_looked_at, style)) >= 0.7
    assert wrongly_acted_upon(of(never_looked_at, style)) <= 0.12


def test_commands_are_found(said: list[Measured]) -> None:
    assert right(of(said, COMMANDS)) >= 0.96


def test_what_we_do_not_do_is_not_taken_for_a_request(
    said: list[Measured], never_looked_at: list[Measured]
) -> None:
    assert wrongly_acted_upon(of(said, OUT_OF_DOMAIN)) <= 0.03
    assert wrongly_acted_upon(of(never_looked_at, OUT_OF_DOMAIN)) <= 0.1


def test_expected_answers_are_read(understanding: Understanding) -> None:
    rows = answers(understanding)
    kinds = {kind for kind, *_ in rows}
    for kind in kinds:
        of_kind = [(value, meaning) for of, _, value, meaning in rows if of == kind]
        read = sum(meaning.value == value for value, meaning in of_kind)
        assert read >= 0.95 * len(of_kind), kind
    surely_wrong = [t for _, t, v, m in rows if m.value not in (None, v) and m.certainty == "sure"]
    assert not surely_wrong


def test_understanding_takes_a_moment_only(said: list[Measured]) -> None:
    assert statistics.median(each.took for each in said) < 3


@pytest.mark.parametrize(
    ("text", "channel", "intent"),
    [
        ("j'ai besoin d'aide pour payer mon loyer", "voice", "aide_logement"),
        ("j'ai terminé mon contrat", "voice", "france_travail_inscription"),
        ("terminer", "voice", "terminer"),
        ("stop", "voice", "terminer"),
        ("STOP", "sms", "stop"),
        ("rappel", "sms", "rappel"),
        ("je suis en arrêt maladie", "sms", NO_INTENT),
        ("aide", "voice", "aide"),
        ("je sais pas", "voice", "ne_sait_pas"),
        ("je sais pas où dormir", "voice", "hebergement_urgence"),
    ],
)
def test_a_command_does_not_swallow_a_sentence(
    understanding: Understanding, text: str, channel: str, intent: str
) -> None:
    meaning = hear(understanding, text, channel=channel)

    assert meaning.intent == intent
    assert meaning.certainty == ("none" if intent == NO_INTENT else "sure")


def test_an_office_alone_is_asked_back_with_what_it_can_mean(understanding: Understanding) -> None:
    meaning = hear(understanding, "jveu koman fer pr la caf", channel="sms")

    assert meaning.certainty == "unsure"
    assert [candidate.intent for candidate in meaning.alternatives] == [
        "rsa",
        "aide_logement",
        "prime_activite",
    ]


def test_two_requests_in_one_breath_are_both_offered(understanding: Understanding) -> None:
    meaning = hear(understanding, "mon rsa et mon apl sont coupés")

    assert meaning.certainty == "unsure"
    assert {candidate.intent for candidate in meaning.alternatives} == {"rsa", "aide_logement"}


def test_the_answer_wins_when_it_is_short_and_another_request_when_it_is_long(
    understanding: Understanding,
) -> None:
    short = hear(understanding, "non pas encore", "yes_no")
    long = hear(
        understanding,
        "non je voulais parler de ma carte vitale que j'ai perdue la semaine dernière",
        "yes_no",
    )

    assert (short.value, short.intent, short.certainty) == ("no", NO_INTENT, "sure")
    assert (long.value, long.intent) == (None, "carte_vitale")


def test_a_command_is_heard_at_a_closed_question(understanding: Understanding) -> None:
    assert hear(understanding, "oui mais je veux parler à quelqu'un", "yes_no").intent == "conseiller"
    assert hear(understanding, "répétez", "town").intent == "repeter"
    assert hear(understanding, "oui envoyez un sms", "yes_no").value == "yes"


@pytest.mark.parametrize("text", ["suite", "oui", "d'accord", "et après", "continuez", "1"])
def test_more_goes_on_with_any_yes(understanding: Understanding, text: str) -> None:
    assert hear(understanding, text, "more").value == "next"


def test_one_of_the_topics_just_offered_can_be_named_by_its_place(understanding: Understanding) -> None:
    offered = Expecting("intent", ("rsa", "aide_logement"))

    assert understanding.interpret("le deuxième", offered).intent == "aide_logement"
    assert understanding.interpret("1", offered, "sms").intent == "rsa"


def test_what_else_is_stated_is_noted(understanding: Understanding) -> None:
    meaning = hear(understanding, "j'habite à lyon 69003 et je touche 450 euros de rsa")

    assert meaning.intent == "rsa"
    assert meaning.entities == {"postal_code": "69003", "amount": 450}


def test_a_recognizer_is_told_the_answers_and_the_commands(understanding: Understanding) -> None:
    phrases = understanding.phrases(Expecting("choice", ("caf", "msa")))

    assert {"la caf", "la msa", "répéter", "conseiller"} <= set(phrases)
    assert phrases.index("la caf") < phrases.index("répéter")
    assert {"oui", "non"} <= set(understanding.phrases(Expecting("yes_no")))
    assert {"zéro", "soixante"} <= set(understanding.phrases(Expecting("postal_code")))
