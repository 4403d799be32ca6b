"""Flow files become flows, and what is wrong in them is told in French with file, line and remedy."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from voicebot.dialogue.flow import Route
from voicebot.dialogue.session import Place
from voicebot.errors import DataError
from voicebot.flows.load import Stale, list_flows, load_flows, read_flows, stale
from voicebot.flows.schema import STEP_KINDS, json_schema

RSA = """\
flow: rsa
start: age
facts:
  - {name: age, about: "âge", source: service-public.fr, seen: 2025, verified_on: null, expires: 2026-03-31}
  - {about: "où demander", source: caf.fr, seen: 2025, verified_on: 2026-01-10}
steps:
  age:
    kind: ask
    expects: age
    slot: age
    fact: age
    sensitive: true
    routes:
      - when: {slot: age, below: 25}
        to: enfant
    unknown: urgence.debut
    to: fin
  enfant: {kind: confirm, slot: enfant, to: fin, no: fin}
  fin: {kind: end, prompt: cloture.au_revoir}
"""


def test_a_file_becomes_a_flow_of_the_core(tmp_path: Path) -> None:
    (tmp_path / "rsa.yaml").write_text(RSA)
    flow = load_flows(tmp_path).by_name["rsa"]
    age = flow.steps["age"]
    assert (flow.start, list(flow.steps)) == ("age", ["age", "enfant", "fin"])
    assert (age.prompt, age.slot, age.expects, age.sensitive) == ("rsa.age", "age", "age", True)
    assert age.routes == (Route(Place("rsa", "enfant"), "age", below=25),)
    assert (age.to, age.unknown) == (Place("rsa", "fin"), Place("urgence", "debut"))
    assert flow.steps["fin"].prompt == "cloture.au_revoir"


def test_flows_are_listed_with_their_steps_and_questions(tmp_path: Path) -> None:
    (tmp_path / "rsa.yaml").write_text(RSA)
    assert list_flows(load_flows(tmp_path)) == [("rsa", 3, 2)]


def test_a_fact_is_stale_from_the_day_after_it_expires(tmp_path: Path) -> None:
    (tmp_path / "rsa.yaml").write_text(RSA)
    flows = load_flows(tmp_path)
    assert stale(flows, date(2026, 3, 31)) == []
    assert stale(flows, date(2026, 4, 1)) == [
        Stale(date(2026, 3, 31), "rsa", "âge", "service-public.fr", ("age",))
    ]


def test_a_step_tells_a_fact_until_the_end_of_its_last_day_in_paris(tmp_path: Path) -> None:
    (tmp_path / "rsa.yaml").write_text(RSA)
    steps = load_flows(tmp_path).by_name["rsa"].steps
    midnight = datetime(2026, 4, 1, tzinfo=ZoneInfo("Europe/Paris")).timestamp()
    assert (steps["age"].valid_until, steps["enfant"].valid_until) == (midnight, None)


def test_papers_are_read_from_a_file_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "rsa.yaml").write_text(RSA)
    (tmp_path / "documents.yaml").write_text(
        "documents:\n  rib: [{about: banque, source: s, seen: 2025, verified_on: null}]\n"
    )
    written = read_flows(tmp_path)
    assert (set(written.flows.by_name), written.documents, written.findings) == ({"rsa"}, {"rib"}, ())


def test_a_paper_without_its_source_is_told(tmp_path: Path) -> None:
    (tmp_path / "documents.yaml").write_text("documents:\n  rib:\n    - {about: banque, seen: 2025}\n")
    told = {(finding.line, finding.text) for finding in read_flows(tmp_path).findings}
    assert told == {(3, "il manque « source »"), (3, "il manque « verified_on »")}


def step(body: str) -> str:
    return f"flow: rsa\nstart: a\nsteps:\n  a:\n    {body}\n"


BROKEN = [
    ("flow: [rsa\nstart: a\n", 2, "ne peut pas être lu"),
    ("flow: rsa\nflow: rsa\n", 2, "déjà utilisé"),
    ("", 1, "doit être suivi de lignes"),
    ("flow: rsa\nsteps:\n  a: {kind: end}\n", 1, "il manque « start »"),
    ("flow: rsa\nstart: a\nsteps: {}\n", 3, "il n'y a rien dans « steps »"),
    ("flow: rsa\nstart: a\nsteps:\n  a: {kind: end}\ncolour: red\n", 5, "« colour » n'est pas connu"),
    ("flow: rsa\nstart: a\nsteps:\n  A b: {kind: end}\n", 4, "« A b » n'est pas un nom valable"),
    ("flow: autre\nstart: a\nsteps:\n  a: {kind: end}\n", 1, "s'appelle « autre »"),
    (step("kind: sing"), 5, "une étape « sing » n'existe pas"),
    (step("to: b"), 4, "il manque « kind »"),
    (step("kind: confirm\n    to: b"), 4, "il manque « no »"),
    (step("kind: say\n    too: b"), 6, "« too » n'est pas connu"),
    (step("kind: ask\n    slot: x\n    expects: colour"), 7, "« colour » n'est pas possible"),
    (step("kind: say\n    to: Étape 2"), 6, "n'est pas un nom valable"),
    (step("kind: say\n    to: 12"), 6, "« to » doit être un texte"),
    (step("kind: say\n    more: oui"), 6, "« more » doit être true ou false"),
    (step("kind: say\n    routes:\n      - when: {slot: x}\n        to: b"), 7, "comparer d'une seule façon"),
    (step("kind: say\n    routes:\n      - to: b"), 7, "il manque « when »"),
    (
        "flow: rsa\nstart: a\nfacts:\n  - {about: x, seen: 1, verified_on: null}\nsteps: {a: {kind: end}}\n",
        4,
        "il manque « source »",
    ),
]


@pytest.mark.parametrize(("text", "line", "said"), BROKEN)
def test_a_broken_file_is_told_by_file_line_and_remedy(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    (tmp_path / "rsa.yaml").write_text(text)
    found = read_flows(tmp_path).findings
    matching = [each for each in found if said in each.text]
    assert [each.line for each in matching] == [line], found
    assert matching[0].file.endswith("/rsa.yaml")
    assert matching[0].remedy


def test_an_impossible_value_is_told_with_the_possible_ones(tmp_path: Path) -> None:
    (tmp_path / "rsa.yaml").write_text(step("kind: ask\n    slot: x\n    expects: colour"))
    assert "yes_no, number, age, amount" in read_flows(tmp_path).findings[0].remedy


def test_loading_refuses_a_folder_with_errors_and_tells_each_on_a_line(tmp_path: Path) -> None:
    (tmp_path / "apl.yaml").write_text(step("kind: sing"))
    (tmp_path / "rsa.yaml").write_text(step("kind: say\n    too: b\n    more: oui"))
    with pytest.raises(DataError) as told:
        load_flows(tmp_path)
    lines = str(told.value).splitlines()
    assert [line.split("/")[-1].split(" ")[0] for line in lines] == [
        "apl.yaml:5:",
        "rsa.yaml:6:",
        "rsa.yaml:7:",
    ]
    assert all(" — " in line for line in lines)


def test_the_schema_for_editors_names_every_kind_of_step() -> None:
    kinds = json_schema()["properties"]["steps"]["patternProperties"]["^[a-z][a-z0-9_]*$"]["discriminator"]
    assert set(kinds["mapping"]) == set(STEP_KINDS)
