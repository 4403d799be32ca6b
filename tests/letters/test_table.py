"""The table of letters: what follows from who wrote and from the words in bold."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from voicebot.app import FLOWS, PROMPTS
from voicebot.errors import DataError
from voicebot.flows.load import load_flows
from voicebot.letters import load_table
from voicebot.letters.table import TABLE, Deadline
from voicebot.prompts import Prompts


def deadline(**length: int) -> Deadline:
    return Deadline(words="…", source="…", seen=None, verified_on=None, **length)


def test_twenty_senders_and_ten_kinds_each_have_an_answer() -> None:
    table = load_table()
    assert (len(table.senders), len(table.kinds)) == (20, 10)
    assert len(list(table.rows())) == 200
    assert all(letter.who for _, _, letter in table.rows())


@pytest.mark.parametrize(
    ("sender", "kind", "urgency", "within", "leads"),
    [
        ("de_la_caf", "indu", "soon", "deux mois", "indu_caf"),
        ("de_la_caf", "attestation", "calm", None, "attestation_caf"),
        ("de_la_mdph", "rejet", "soon", "deux mois", "handicap"),
        ("de_la_prefecture", "rejet", "today", None, "titre_sejour"),
        ("de_l_amende", "relance", "soon", "trente jours", "permis_amendes"),
        ("du_huissier", "acte_huissier", "today", "un mois", "expulsion"),
        ("du_tribunal", "convocation", "today", None, ""),
        ("de_l_ecole", "accord", "calm", None, ""),
    ],
)
def test_a_letter_is_as_urgent_as_its_sender_makes_it(
    sender: str, kind: str, urgency: str, within: str | None, leads: str
) -> None:
    letter = load_table().letter(sender, kind)
    told = letter.deadline.words if letter.deadline else None
    assert (letter.urgency, told, letter.leads) == (urgency, within, leads)


def test_of_an_unknown_sender_only_the_kind_counts() -> None:
    letter = load_table().letter("", "mise_en_demeure")
    assert (letter.urgency, letter.deadline, letter.who) == ("today", None, "")


@pytest.mark.parametrize(
    ("length", "start", "end"),
    [
        ({"months": 2}, date(2026, 11, 28), date(2027, 1, 28)),
        ({"months": 1}, date(2027, 1, 31), date(2027, 2, 28)),
        ({"months": 2}, date(2026, 12, 31), date(2027, 2, 28)),
        ({"days": 45}, date(2026, 11, 28), date(2027, 1, 12)),
        ({"weeks": 6}, date(2026, 11, 28), date(2027, 1, 9)),
    ],
)
def test_a_deadline_ends_on_the_day_that_the_calendar_says(
    length: dict[str, int], start: date, end: date
) -> None:
    assert deadline(**length).end(start) == end


def test_every_choice_of_the_procedure_is_in_the_table_and_leads_somewhere() -> None:
    flow, table = load_flows(FLOWS).by_name["lettre"], load_table()
    kinds = {kind for name in ("genre", "pour_payer", "autres_mots") for kind in flow.steps[name].choices}
    offered = {
        sender for step in flow.steps.values() if step.slot == "lettre_expediteur" for sender in step.choices
    }
    assert set(flow.steps["expediteur"].unlisted) == set(table.senders)
    assert set(table.senders) <= offered, "the keypad reaches every sender"
    assert set(table.kinds) <= kinds, "the keypad reaches every kind"
    routes = {route.is_ for route in flow.steps["continuer"].routes}
    assert {letter.leads for _, _, letter in table.rows()} - {""} == routes
    assert routes <= set(Prompts.load(PROMPTS).topics)


def test_a_mistake_in_the_table_is_told_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "letters.yaml"
    path.write_text(
        TABLE.read_text(encoding="utf-8").replace("rejet: recours_handicap", "rejet: soon"), "utf-8"
    )
    with pytest.raises(DataError, match="de_la_mdph"):
        load_table(path)
    path.write_text(
        "deadlines: {one: {days: 3, months: 1, words: x, source: x, seen: null, verified_on: null}}", "utf-8"
    )
    with pytest.raises(DataError, match=r"letters\.yaml"):
        load_table(path)
