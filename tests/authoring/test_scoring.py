"""`flows score` plays rows of answers at their questions and tells what came of them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.answers_understood import VALUES, read_values, verdict
from tests.content_copy import ROOT
from voicebot.authoring.scoring.outcome import Outcome, outcome, question, written
from voicebot.authoring.scoring.play import verdict as verdict_of_row
from voicebot.authoring.scoring.rows import HEADER, read_rows
from voicebot.cli import BAD_USAGE, DONE, main
from voicebot.dialogue.action import HandOff, Listen, Say
from voicebot.dialogue.meaning import ENTITY_KINDS, Expecting, Meaning
from voicebot.dialogue.replace import replace
from voicebot.dialogue.session import Pending, Place, Session
from voicebot.flows.load import load_flows
from voicebot.packaged import FLOWS, PROMPTS
from voicebot.prompts import Prompts
from voicebot.turns.runner import Reply

DEVELOPMENT = ROOT / "tests" / "fr" / "development" / "answers.tsv"
EVALUATION = ROOT / "tests" / "fr" / "evaluation" / "answers.tsv"
#: At "Vivez-vous en France toute l'année ?" of the RSA.
TO_FRANCE = "demander | 45 ans"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is set and nothing is kept."""
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("VOICEBOT_VAR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)


def table(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> Path:
    file = Path("answers.tsv")
    file.write_text("\n".join("\t".join(row) for row in (header, *rows)) + "\n", encoding="utf-8")
    return file


def at_france(answer: str, wanted: str, channel: str = "voice") -> tuple[str, ...]:
    return (channel, "rsa", TO_FRANCE, answer, wanted, "plain")


def scored(capsys: pytest.CaptureFixture[str], file: Path, *more: str) -> list[dict[str, Any]]:
    assert main(["flows", "score", str(file), "--on", "2026-11-28", "--json", *more]) == DONE
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_row_gets_a_verdict_and_the_last_line_counts_them(capsys: pytest.CaptureFixture[str]) -> None:
    file = table(
        at_france("oui", "france=yes"),
        at_france("brzl grmpf", "france=yes"),
        at_france("brzl grmpf", "ask"),
        at_france("non", "france=yes"),
        at_france("oui", "nationalite=francais"),
        ("voice", "rsa", "demander | 45 ans | non | non | non | non", "oui", "france=yes", "plain"),
    )
    *rows, totals = scored(capsys, file)
    assert [row["verdict"] for row in rows] == ["right", "asked", "right", "wrong", "unreached", "unreached"]
    assert rows[3] == {"row": 4, "wanted": "france=yes", "got": "france=no", "verdict": "wrong"}
    assert totals == {"right": 2, "asked": 1, "wrong": 1, "rows": 6}


def test_several_outcomes_may_be_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    *rows, _ = scored(
        capsys, table(at_france("oui", "ask or france=yes"), at_france("non", "ask or france=yes"))
    )
    assert [row["verdict"] for row in rows] == ["right", "wrong"]


def test_a_person_danger_and_a_procedure_are_outcomes(capsys: pytest.CaptureFixture[str]) -> None:
    file = table(
        at_france("un conseiller", "human"),
        at_france("je veux me suicider", "danger:3114"),
        at_france("je veux me suicider", "human"),
        ("voice", "accueil", "", "je voudrais le RSA", "topic:rsa", "plain"),
        ("sms", "accueil", "", "RSA", "topic:rsa", "plain"),
        ("keypad", "accueil", "", "2", "topic:carte_vitale", "plain"),
    )
    *rows, _ = scored(capsys, file)
    assert [row["verdict"] for row in rows] == ["right", "right", "wrong", "right", "right", "right"]


def test_a_paper_that_is_explained_is_help_and_its_question_stays_open(
    capsys: pytest.CaptureFixture[str],
) -> None:
    to_paper = ("voice", "carte_vitale", "perdue | par téléphone | suite")
    file = table(
        (*to_paper, "je ne sais pas ce que c'est", "help", "question"),
        (*to_paper, "je ne sais pas ce que c'est", "document_photo=je_l_ai", "question"),
        (*to_paper, "je l'ai", "document_photo=je_l_ai", "plain"),
    )
    *rows, _ = scored(capsys, file)
    assert [row["verdict"] for row in rows] == ["right", "asked", "right"]


def test_a_value_that_is_always_said_back_is_right_when_it_is_said_back_rightly(
    capsys: pytest.CaptureFixture[str],
) -> None:
    to_code = ("voice", "point_aide", "manger", "69003")
    *rows, _ = scored(
        capsys,
        table((*to_code, "code_postal=69003", "plain"), (*to_code, "code_postal=69004", "plain")),
    )
    assert [row["verdict"] for row in rows] == ["right", "asked"]


def test_a_question_without_a_slot_has_the_name_of_its_step(capsys: pytest.CaptureFixture[str]) -> None:
    file = table(
        ("voice", "cloture", "", "oui", "sms=yes", "plain"),
        ("voice", "rsa", "faire la déclaration", "suite", "trois_mois=next", "plain"),
    )
    *rows, _ = scored(capsys, file)
    assert [row["verdict"] for row in rows] == ["right", "right"]


def test_the_moments_of_a_call_back_can_be_answered(capsys: pytest.CaptureFixture[str]) -> None:
    file = table(("voice", "rappel", "", "lundi matin", "rappel=monday_morning", "plain"))
    row, _ = scored(capsys, file)  # 2026-11-28 is a Saturday
    assert row["verdict"] == "right"


def test_what_does_not_know_is_told_from_a_value(capsys: pytest.CaptureFixture[str]) -> None:
    file = table(at_france("je ne sais pas", "france=unknown"), at_france("je ne sais pas", "france=yes"))
    *rows, _ = scored(capsys, file)
    assert [row["verdict"] for row in rows] == ["right", "wrong"]


def test_the_table_is_told_by_kind(capsys: pytest.CaptureFixture[str]) -> None:
    file = table(at_france("oui", "france=yes"), (*at_france("non", "france=yes")[:5], "contrast"))
    assert main(["flows", "score", str(file)]) == DONE
    told = capsys.readouterr().out
    assert "contrast" in told
    assert "plain" in told
    assert told.index("contrast") < told.index("plain") < told.index("all")


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (("voice", "rsa", "", "oui"), "6 fields"),
        (("radio", "rsa", "", "oui", "ask", "plain"), "channel"),
        (("voice", "jardinage", "", "oui", "ask", "plain"), "jardinage"),
        (("voice", "rsa", "", "oui", "yes", "plain"), "wanted"),
        (("voice", "rsa", "", "oui", "", "plain"), "wanted"),
        (("voice", "rsa", "", "oui", "ask", ""), "kind"),
    ],
)
def test_a_bad_line_is_named_in_one_sentence(
    row: tuple[str, ...], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = table(at_france("oui", "ask"), row)
    assert main(["flows", "score", str(file)]) == BAD_USAGE
    told = capsys.readouterr().err.strip()
    assert len(told.splitlines()) == 1
    assert "answers.tsv:3:" in told
    assert named in told


def test_a_file_without_the_header_or_without_a_file_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "score", str(table(header=("channel", "answer")))]) == BAD_USAGE
    assert "answers.tsv:1:" in capsys.readouterr().err
    assert main(["flows", "score", "none.tsv"]) == BAD_USAGE
    assert "none.tsv" in capsys.readouterr().err


def test_empty_lines_are_left_out() -> None:
    file = table(at_france("oui", "ask"), ("",), at_france("non", "ask"))
    assert [(row.number, row.answer) for row in read_rows(file, {"rsa"})] == [(1, "oui"), (2, "non")]


# What the core says of itself, told from the keys of its prompts.

PLACE = Place("rsa", "france")
BEFORE = Session("s", "p", status="open", place=PLACE, topic="rsa", trail=(Place("rsa", "age"),))


@pytest.fixture(scope="module")
def came() -> Any:
    flows, prompts = load_flows(FLOWS), Prompts.load(PROMPTS)

    def of(*says: Say, after: Session = BEFORE, more: tuple[Any, ...] = ()) -> Outcome:
        asked = question(flows, BEFORE)
        assert asked
        listen = Listen(Expecting("yes_no"), 7.0)
        return outcome(flows, prompts, asked, BEFORE, Reply(after, (*says, *more, listen)))

    return of


def test_what_was_not_understood_is_asked(came: Any) -> None:
    assert came(Say("common.no_match"), Say("rsa.france")) == Outcome(("ask",), acted=False)


def test_what_is_not_ours_is_acted_upon(came: Any) -> None:
    assert came(Say("common.unserved_divorce"), Say("rsa.france")) == Outcome(("unserved",), acted=True)


def test_a_named_language_is_acted_upon(came: Any) -> None:
    assert came(Say("common.language_english"), Say("rsa.france")) == Outcome(("language",), acted=True)


def test_another_language_may_be_given_to_a_person_at_once() -> None:
    given = Outcome(("human",), acted=True)
    assert verdict_of_row(["language"], given) == "right"
    assert verdict_of_row(["ask"], given) == "wrong"


def test_an_explanation_leaves_the_question_open(came: Any) -> None:
    assert came(Say("common.glossary_rib"), Say("rsa.france", "retry")).labels == ("ask", "help")
    assert came(Say("common.help"), Say("rsa.france", "help")) == Outcome(("ask", "help"), acted=False)


def test_the_person_offered_is_asked_and_the_one_called_is_acted_upon(came: Any) -> None:
    offered = replace(BEFORE, pending=Pending("human", "common.offer_human", Expecting("yes_no")))
    assert came(Say("common.offer_human"), after=offered) == Outcome(("ask",), acted=False)
    called = replace(BEFORE, status="handed_off")
    assert came(Say("accueil.demande"), after=called, more=(HandOff("k", "asked", "normal"),)).labels == (
        "human",
    )


def test_what_is_said_back_is_offered_and_not_acted_upon(came: Any) -> None:
    pending = Pending("value", "common.value_yes_no", Expecting("yes_no"), data={"value": "no"})
    told = came(Say("common.value_choice"), after=replace(BEFORE, pending=pending))
    assert (told.labels, told.acted, told.offered) == (("ask",), False, "france=no")
    assert str(told) == "ask (france=no)"


def test_the_number_of_another_question_is_no_danger(came: Any) -> None:
    assert came(Say("urgence.suicide"), Say("rsa.france")).labels == ("danger:3114",)
    assert came(Say("common.no_match"), Say("rsa.france")).acted is False


def test_going_back_is_acted_upon_and_told_by_its_place(came: Any) -> None:
    back = replace(BEFORE, place=Place("rsa", "age"), trail=())
    assert came(Say("rsa.age"), after=back) == Outcome(("at rsa.age",), acted=True)


@pytest.mark.parametrize(("value", "text"), [(45, "45"), (45.0, "45"), (12.5, "12.5"), ("yes", "yes")])
def test_values_are_written_as_the_tables_write_them(value: Any, text: str) -> None:
    assert written(value) == text


# The development set.


def test_the_development_set_is_large_and_asks_every_procedure() -> None:
    flows = load_flows(FLOWS).by_name
    rows = read_rows(DEVELOPMENT, flows)
    assert len(rows) >= 600
    through_others = {"caf", "cloture", "documents"}
    assert set(flows) - {row.flow for row in rows} <= through_others
    assert {"voice", "sms"} <= {row.channel for row in rows}


def test_nothing_that_is_learned_from_is_scored_on() -> None:
    flows = load_flows(FLOWS).by_name
    learned, held_out = ({row.answer for row in read_rows(file, flows)} for file in (DEVELOPMENT, EVALUATION))
    assert len(held_out) >= 300
    assert learned & held_out == set()


@pytest.mark.slow
def test_the_development_set_still_reaches_its_questions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with DEVELOPMENT.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    ways = {(line[1], line[2], line[4].partition("=")[0]): line for line in lines[1:]}
    *rows, _ = scored(capsys, table(*map(tuple, ways.values())))
    assert [row for row in rows if row["verdict"] == "unreached"] == []


# Values alone, for benchmarks.answers_understood.


@pytest.mark.parametrize(
    ("meaning", "wanted", "told"),
    [
        (Meaning("45", value=45, certainty="sure"), "45", "right"),
        (Meaning("45", value=45, certainty="unsure"), "45", "right"),
        (Meaning("45", value=54, certainty="sure"), "45", "wrong"),
        (Meaning("45", value=54, certainty="unsure"), "45", "asked"),
        (Meaning("euh"), "45", "asked"),
        (Meaning("euh"), "none", "right"),
        (Meaning("moins de 30", value=30, certainty="sure"), "none", "wrong"),
        (Meaning("moins de 30", value=30, certainty="unsure"), "none", "right"),
        (Meaning("15", danger="medical", certainty="sure"), "15", "wrong"),
    ],
)
def test_a_value_gets_a_verdict(meaning: Meaning, wanted: str, told: str) -> None:
    assert verdict([wanted], meaning) == told


def test_the_values_are_of_kinds_that_can_be_expected() -> None:
    rows = read_values(VALUES)
    assert len(rows) >= 250
    assert {row.kind for row in rows} <= set(ENTITY_KINDS)
    assert {row.channel for row in rows} == {"voice", "sms"}
