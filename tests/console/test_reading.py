"""A conversation read by somebody with little time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from voicebot.app import FLOWS
from voicebot.console.drawing import page_of, without_style
from voicebot.console.pages import since, spaced_number, words
from voicebot.console.reading import Answer, Reading
from voicebot.console.report import Activity, filled, written
from voicebot.dialogue.flow import Flows
from voicebot.dialogue.meaning import Value
from voicebot.dialogue.session import Place
from voicebot.flows.load import load_flows
from voicebot.handoff.ticket import Ticket
from voicebot.prompts import Prompts
from voicebot.records import TurnRecord


@pytest.fixture
def reading(flows: Flows, prompts: Prompts) -> Reading:
    return Reading(prompts, flows)


def turn(heard: str = "", **fields: Any) -> TurnRecord:
    """A turn record as it was written before places had their flow."""
    usual = {
        "turn": 1,
        "channel": "voice",
        "status": "open",
        "at": 0.0,
        "event": "Heard",
        "heard": heard,
        "intent": "aucun",
        "value": None,
        "certainty": "sure",
        "asked": None,
        "flow": "rsa",
        "step": "age",
        "text": "Quel âge avez-vous ?",
    }
    return TurnRecord.of({**usual, **fields})


def asked(topic: str | None, reason: str = "asked", **slots: Value) -> Ticket:
    return Ticket("t1", "someone", "voice", "CA1", 0.0, reason, topic, slots=slots)


def test_what_the_service_keeps_for_itself_is_no_answer(reading: Reading) -> None:
    slots = {"age": 61, "permanence": "call_back", "rappel": "this_morning", "rappel_at": 1.0, "moments": "x"}
    assert [answer.text for answer in reading.answers(slots, "rsa")] == ["61"]


def test_what_the_machine_understood_stands_under_what_was_said(reading: Reading) -> None:
    turns = reading.turns(
        [
            turn("", event="Started", certainty="none", flow="accueil", step="question", text="Bonjour."),
            turn("le RSA", intent="rsa"),
            turn("soixante et un", value="61", asked="age", step="france"),
            turn("ouais", value="yes", asked="france", certainty="unsure", step="nationalite"),
            turn("je suis français", value="francais", asked="nationalite", step="ressources"),
            turn("gné", certainty="none", asked="ressources", step="ressources"),
            turn("quelqu'un", intent="conseiller", flow="accueil", step="attente"),
        ]
    )
    understood = [(one.person, one.certainty, one.meaning) for one in turns if one.understood]
    assert understood == [
        ("le RSA", "sure", "Le RSA"),
        ("soixante et un", "sure", "61"),
        ("ouais", "unsure", "oui"),
        ("je suis français", "sure", "française"),
        ("gné", "none", ""),
        ("quelqu'un", "sure", "demande une personne"),
    ]
    assert not turns[0].understood, "a greeting is no misunderstanding"


def test_answers_in_words(reading: Reading) -> None:
    slots = {"age": 61, "france": "no", "nationalite": "etranger", "textable": "yes", "code_postal": "93200"}
    assert reading.answers(slots, "rsa") == (
        Answer("votre âge", "61"),
        Answer("la vie en France", "non"),
        Answer("la nationalité", "d'un autre pays"),
        Answer("le code postal", "93200"),
    )


def test_papers_are_named_with_whether_the_person_has_them(reading: Reading) -> None:
    slots = {"document_rib": "je_ne_l_ai_pas", "document_bail": "je_l_ai", "consent": "open"}
    assert reading.answers(slots, "aide_logement") == (
        Answer("le RIB", "je ne l'ai pas"),
        Answer("le bail", "je l'ai"),
    )
    (told,) = reading.turns([turn("non", value="je_ne_l_ai_pas", asked="papiers")])
    assert told.meaning == "je ne l'ai pas"


def test_three_lines_are_enough(reading: Reading) -> None:
    records = [turn("le RSA", intent="rsa"), turn("euh", certainty="none", step="nationalite")]
    records += [turn("quelqu'un", intent="conseiller", flow="accueil", step="attente")]
    assert reading.summary(asked("rsa", "no_match", age=61), records, "demain à 10 h") == (
        "Pas comprise trois fois, à propos de : le RSA.",
        "A déjà répondu : votre âge : 61.",
        "S’est arrêtée à : la nationalité. Une réponse n’a pas été comprise. "
        "Souhaite être rappelée : demain à 10 h.",
    )


def test_who_said_nothing_yet(reading: Reading) -> None:
    assert reading.summary(asked(None), [], "") == (
        "A demandé une personne.",
        "N’a répondu à aucune question.",
        "N’avait pas commencé de démarche.",
    )


def test_where_the_procedure_was_left_even_if_it_is_called_otherwise_today(reading: Reading) -> None:
    records = [turn(step="france"), turn(step="renamed_since"), turn(flow="accueil", step="attente")]
    assert reading.stopped_at(asked("rsa"), records) == Place("rsa", "france")
    assert reading.stopped_at(asked("impots"), records) is None
    told = replace(asked("rsa"), place=Place("rsa", "papiers"))
    assert reading.stopped_at(told, []) == Place("rsa", "papiers"), "the conversation is erased after a day"


def activity(**fields: Any) -> Activity:
    usual = {
        "at": 1_780_000_000.0,
        "topic": "rsa",
        "subject": "Le RSA",
        "reason": "asked",
        "channel": "voice",
        "place": "Saint-Denis (93)",
        "outcome": "helped",
        "answers": (Answer("votre âge", "61"),),
    }
    return Activity(**{**usual, **fields})


def test_the_report_of_a_danger(reading: Reading) -> None:
    report = filled(activity(reason="danger", topic="urgence"))
    assert (report.autonomy, report.equipment) == ("", frozenset()), "nobody has said so"
    assert report.orientation == {"emergency"}
    assert report.anonymous


def test_the_report_as_text() -> None:
    assert written(activity(), filled(activity())).splitlines() == [
        "Compte rendu d’activité du 28 mai 2026",
        "Canal : Téléphone",
        "Thèmes : Social et santé",
        "Sujet : Le RSA",
        "Matériel : à préciser",
        "Autonomie : à préciser",
        "Orientation : à préciser",
        "Suite donnée : La personne a eu sa réponse",
    ]


def test_themes_are_given_to_topics_that_exist(prompts: Prompts) -> None:
    themes = words()["report"]["topics"]
    assert len(themes) >= 20
    assert set(themes) <= set(prompts.topics)
    assert set(themes.values()) <= set(words()["report"]["themes"])


@pytest.mark.parametrize("name", sorted(load_flows(FLOWS).by_name))
def test_every_procedure_is_drawn_without_a_style_of_its_own(
    flows: Flows, prompts: Prompts, name: str
) -> None:
    flow = flows.by_name[name]
    drawn = without_style(flow, prompts.caption, flow.start)
    tags = {element.tag.rpartition("}")[2] for element in ET.fromstring(drawn).iter()}
    assert not tags & {"style", "script", "image", "foreignObject"}
    assert " style=" not in drawn
    assert drawn.count('class="current"') == 1


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("caf.fr, RSA", "https://www.caf.fr"),
        ("impots.gouv.fr, contact", "https://www.impots.gouv.fr"),
        (
            "administration-etrangers-en-france.interieur.gouv.fr (ANEF)",
            "https://administration-etrangers-en-france.interieur.gouv.fr",
        ),
        ("ANEF", None),
    ],
)
def test_the_page_behind_a_fact(source: str, page: str | None) -> None:
    assert page_of(source) == page


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(-5, "moins d’une minute"), (0, "moins d’une minute"), (61, "1 min"), (3600, "1 h 00"), (90_000, "1 j")],
)
def test_how_long_somebody_waits(seconds: float, told: str) -> None:
    assert since(seconds) == told


def test_numbers_as_they_are_read() -> None:
    assert spaced_number("+33612345678") == "06 12 34 56 78"
    assert spaced_number("+262692123456") == "+262692123456"
    assert spaced_number("") == ""
