"""How French is understood: the development set as a whole, then what single sentences mean."""

from __future__ import annotations

import statistics

import pytest

from benchmarks import sentences
from benchmarks.answers import answers
from benchmarks.engines import ours
from benchmarks.understanding import MeasuredSentence, measure, share
from voicebot.dialogue.meaning import NO_INTENT, Expecting, Meaning
from voicebot.nlu import Understanding
from voicebot.nlu.hints import hints


@pytest.fixture(scope="module")
def said(understanding: Understanding) -> list[MeasuredSentence]:
    everything = measure(ours(understanding), sentences.development())
    assert len(everything) > 1000
    return everything


def of_style(said: list[MeasuredSentence], style: str) -> list[MeasuredSentence]:
    return [each for each in said if each.sentence.style == style]


def hear(understanding: Understanding, text: str, kind: str = "intent", channel: str = "voice") -> Meaning:
    return understanding.interpret(text, Expecting(kind), channel)


@pytest.mark.parametrize(
    ("style", "right", "at_once"),
    [
        # 0.96 and 0.92 before ten more procedures were served, for which a request can be taken now.
        ("voice", 0.95, 0.85),
        ("sms", 0.95, 0.91),
        (sentences.COMMANDS, 0.96, 0.9),
    ],
)
def test_requests_and_commands_are_found(
    said: list[MeasuredSentence], style: str, right: float, at_once: float
) -> None:
    chosen = of_style(said, style)

    assert share(chosen, lambda each: each.right) >= right
    assert share(chosen, lambda each: each.guess.sure) >= at_once
    assert share(chosen, lambda each: each.wrong) <= 0.02


def test_what_we_do_not_do_is_not_taken_for_a_request(said: list[MeasuredSentence]) -> None:
    strange = of_style(said, sentences.OUT_OF_DOMAIN)

    assert len(strange) > 100
    assert share(strange, lambda each: each.guess.sure) <= 0.03


def test_what_noise_swallowed_is_asked_back_and_not_acted_upon(said: list[MeasuredSentence]) -> None:
    heard, strange = of_style(said, sentences.HEARD), of_style(said, sentences.HEARD_OUT_OF_DOMAIN)

    assert len(heard) > 150
    assert share(heard, lambda each: each.right) >= 0.5
    assert share(heard, lambda each: each.wrong) <= 0.01
    assert share(strange, lambda each: each.guess.sure) <= 0.05


def test_two_needs_are_asked_about(said: list[MeasuredSentence]) -> None:
    mixed = of_style(said, sentences.MIXED)

    assert len(mixed) == 25
    assert share(mixed, lambda each: each.offered) >= 0.7


def test_expected_answers_are_read(understanding: Understanding) -> None:
    rows = answers(understanding)
    for kind in {kind for kind, *_ in rows}:
        of_kind = [(value, meaning) for of, _, value, meaning in rows if of == kind]
        right = sum(meaning.value == value for value, meaning in of_kind)
        assert right >= 0.95 * len(of_kind), kind
    surely_wrong = [t for _, t, v, m in rows if m.value not in (None, v) and m.certainty == "sure"]
    assert not surely_wrong


def test_understanding_takes_a_moment_only(said: list[MeasuredSentence]) -> None:
    # Milliseconds, on a machine that has other things to do; alone it takes half of that.
    assert statistics.median(each.took for each in said) < 8


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
        ("c'est une urgence", "voice", "urgence"),
        ("112", "voice", "urgence"),
        ("112", "sms", "urgence"),
        ("je cherche le numéro d'urgence", "voice", "urgence"),
        ("mon dossier", "voice", "mon_dossier"),
        ("je voudrais m'entraîner", "voice", "entrainement"),
        ("je ne sais pas me servir d'internet, faites le point", "voice", "bilan_numerique"),
        ("on me demande le code de ma carte", "voice", "arnaque"),
        ("je ne travaille pas", "voice", NO_INTENT),
        ("je sais plus où je l'ai mise", "voice", NO_INTENT),
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


def test_a_lost_job_and_an_unpaid_rent_are_two_needs(understanding: Understanding) -> None:
    meaning = hear(understanding, "j'ai perdu mon travail et je peux plus payer le loyer")

    assert meaning.certainty == "unsure"
    assert {candidate.intent for candidate in meaning.alternatives} == {
        "france_travail_inscription",
        "aide_logement",
    }


@pytest.mark.parametrize("text", ["7", "12", "e", "mm", "k", "a a", "3 4", "h", "et"])
def test_a_digit_or_a_letter_of_noise_means_nothing(understanding: Understanding, text: str) -> None:
    assert hear(understanding, text).certainty == "none"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("je crois que oui", "yes_no", "yes"),
        ("je crois que non", "yes_no", "no"),
        ("je crois que", "yes_no", None),
        ("je crois que c'est en mars", "month", 3),
        ("je crois que j'ai 62 ans", "age", 62),
    ],
)
def test_i_think_is_only_a_filler(
    understanding: Understanding, text: str, kind: str, value: str | int | None
) -> None:
    assert hear(understanding, text, kind).value == value


def test_not_knowing_where_it_is_means_it_is_lost(understanding: Understanding) -> None:
    lost = Expecting("choice", ("perdue", "volee", "ne_marche_pas", "premiere_carte"))

    assert understanding.interpret("je sais plus où je l'ai mise", lost).value == "perdue"


def test_not_working_is_an_answer_not_a_doubt(understanding: Understanding) -> None:
    work = Expecting("choice", ("salarie", "sans_emploi", "retraite"))

    assert understanding.interpret("je ne travaille pas", work).value == "sans_emploi"


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


@pytest.mark.parametrize(
    ("said", "age"),
    [
        ("j'ai trente ans et je voudrais le rsa", 30),
        ("g 63 ans jpeu partir kan", 63),
        ("ma fille a douze ans", None),
        ("je suis là depuis vingt ans", None),
        ("j'ai vingt ans de travail", None),
        ("j'ai deux cents ans", None),
    ],
)
def test_an_age_is_the_speakers_own_only_when_said_so(
    understanding: Understanding, said: str, age: int | None
) -> None:
    assert hear(understanding, said).own.get("age") == age


def test_a_recognizer_is_told_the_answers_and_the_commands(understanding: Understanding) -> None:
    phrases = understanding.phrases(Expecting("choice", ("caf", "msa")))

    assert {"la caf", "la msa", "répéter", "conseiller"} <= set(phrases)
    assert phrases.index("la caf") < phrases.index("répéter")
    assert {"oui", "non"} <= set(understanding.phrases(Expecting("yes_no")))
    assert {"zéro", "soixante"} <= set(understanding.phrases(Expecting("postal_code")))


def test_at_a_month_a_recognizer_is_told_the_months_and_nothing_else(understanding: Understanding) -> None:
    months = hints(understanding, Expecting("month"))

    assert len(months) == 12
    assert (months[0], months[-1]) == ("janvier", "décembre")


def test_two_hearings_that_agree_are_acted_upon(understanding: Understanding) -> None:
    agreed = understanding.interpret(
        "je voudrais demander le rsa", Expecting(), "voice", ("je voudrais deux mandes le rsa",)
    )

    assert (agreed.intent, agreed.certainty) == ("rsa", "sure")


def test_what_only_one_hearing_holds_is_asked_back(understanding: Understanding) -> None:
    echo = understanding.interpret("les impôts, les impôts", Expecting(), "voice", ("il fait beau à midi",))
    command = understanding.interpret("un conseiller", Expecting(), "voice", ("un cendrier",))

    assert (echo.intent, echo.certainty) == ("impots", "unsure")
    assert (command.intent, command.certainty) == ("conseiller", "unsure")


def test_a_second_hearing_can_tell_what_the_first_lost(understanding: Understanding) -> None:
    lost = "je voudrais la crise de l'équité"
    assert hear(understanding, lost).intent != "prime_activite"

    found = understanding.interpret(lost, Expecting(), "voice", ("je voudrais la prime d'activité",))

    assert (found.intent, found.certainty) == ("prime_activite", "unsure")
