"""Papers, facts that expire and shared answers: what is written wrongly is told by file, line and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.flows.test_check import CLOTURE, Said
from voicebot.datafile import Finding
from voicebot.dialogue.documents import ANSWERS
from voicebot.flows.check import Known, check
from voicebot.flows.load import read_flows

SOURCED = "source: le site, seen: 2025, verified_on: null"
DOCUMENTS = f"documents:\n  rib:\n    - {{about: à la banque, {SOURCED}}}\n"
PAPER_PROMPTS = {
    "documents.debut": Said(),
    "documents.reponse": Said(options=dict.fromkeys(ANSWERS, "…")),
    "documents.complet": Said(),
    "documents.manque": Said(),
    "documents.rib": Said(),
    "documents.rib_explication": Said(),
    "documents.rib_obtenir": Said(),
    "documents.rib_note": Said(),
}
FACTS = f"facts:\n  - {{name: prix, about: le prix, {SOURCED}, expires: 2026-12-31}}\n"


def findings(folder: Path, text: str, prompts: Mapping[str, Said]) -> list[Finding]:
    """What is found in the flow file `text`; the steps' own prompts are supplied."""
    (folder / "cloture.yaml").write_text(CLOTURE)
    (folder / "documents.yaml").write_text(DOCUMENTS)
    (folder / "rsa.yaml").write_text(text)
    written = read_flows(folder)
    assert not written.findings, written.findings
    steps = {f"{name}.{step}" for name, each in written.flows.by_name.items() for step in each.steps}
    known = Known(choices={*ANSWERS, "seul", "couple"}, topics={"rsa"})
    return check(written, {key: Said() for key in steps} | dict(prompts), known)


def flow(steps: str, facts: str = "") -> str:
    start = steps.split(":")[0].strip()
    return f"flow: rsa\nstart: {start}\n{facts}steps:\n{steps}\n"


def told(found: list[Finding]) -> list[tuple[int, str]]:
    return [(each.line, each.text) for each in found if not each.file.startswith("fr/")]


PAPERS = "  papiers: {kind: documents, documents: [rib], to: cloture.fin}"


def test_papers_that_are_written_whole_have_no_finding(tmp_path: Path) -> None:
    prompts = {**PAPER_PROMPTS, "rsa.papiers": Said()}
    assert findings(tmp_path, flow(PAPERS), prompts) == []


@pytest.mark.parametrize("left_out", sorted(set(PAPER_PROMPTS) - {"documents.complet", "documents.manque"}))
def test_a_paper_without_one_of_its_texts_is_told(tmp_path: Path, left_out: str) -> None:
    prompts = {key: said for key, said in PAPER_PROMPTS.items() if key != left_out}
    found = findings(tmp_path, flow(PAPERS), prompts)
    assert found
    assert {each.line for each in found if each.file.endswith("rsa.yaml")} == {4}
    assert all(each.remedy for each in found)


def test_a_paper_that_nobody_described_is_told_with_those_that_are(tmp_path: Path) -> None:
    found = findings(
        tmp_path, flow("  papiers: {kind: documents, documents: [bail], to: cloture.fin}"), PAPER_PROMPTS
    )
    (line, text), *_ = told(found)
    assert (line, "« bail » n'existe pas" in text) == (4, True)
    assert any("rib" in each.remedy for each in found)


def test_a_paper_asked_for_twice_is_told(tmp_path: Path) -> None:
    steps = "  papiers:\n    kind: documents\n    documents:\n      - rib\n      - rib\n    to: cloture.fin"
    assert told(findings(tmp_path, flow(steps), PAPER_PROMPTS)) == [
        (8, "le papier « rib » est demandé deux fois")
    ]


def test_a_way_may_depend_on_whether_somebody_has_a_paper(tmp_path: Path) -> None:
    route = "routes: [{when: {slot: document_rib, is: %s}, to: merci}]"
    steps = f"  papiers: {{kind: documents, documents: [rib], {route}, to: cloture.fin}}\n"
    steps += "  merci: {kind: say, to: cloture.fin}"
    assert told(findings(tmp_path, flow(steps % "je_l_ai"), PAPER_PROMPTS)) == []
    ((_, text),) = told(findings(tmp_path, flow(steps % "oui"), PAPER_PROMPTS))
    assert "ne vaut jamais « oui »" in text


def test_texts_of_papers_that_no_procedure_asks_for_are_told(tmp_path: Path) -> None:
    prompts = {**PAPER_PROMPTS, "documents.bail": Said(line=9, file="fr/documents.yaml")}
    found = findings(tmp_path, flow(PAPERS), prompts)
    assert [(each.file, each.line) for each in found] == [("fr/documents.yaml", 9)]


PRICE = "  prix: {kind: say, fact: prix, note: rsa.note_prix, to: cloture.fin}"
SAFE = {"rsa.note_prix": Said(), "rsa.prix_sans_chiffre": Said(), "rsa.note_prix_sans_chiffre": Said()}


def test_a_fact_that_expires_with_words_for_afterwards_has_no_finding(tmp_path: Path) -> None:
    assert findings(tmp_path, flow(PRICE, FACTS), SAFE) == []


@pytest.mark.parametrize("left_out", ["rsa.prix_sans_chiffre", "rsa.note_prix_sans_chiffre"])
def test_a_fact_that_expires_without_words_for_afterwards_is_told(tmp_path: Path, left_out: str) -> None:
    prompts = {key: said for key, said in SAFE.items() if key != left_out}
    ((line, text),) = told(findings(tmp_path, flow(PRICE, FACTS), prompts))
    assert (line, left_out in text) == (6, True)


def test_a_fact_that_expires_and_is_named_by_no_step_is_told(tmp_path: Path) -> None:
    ((line, text),) = told(findings(tmp_path, flow("  prix: {kind: say, to: cloture.fin}", FACTS), {}))
    assert (line, "on ne sait pas quelles étapes le disent" in text) == (4, True)


def test_a_fact_that_does_not_exist_is_told_with_those_that_do(tmp_path: Path) -> None:
    steps = "  autre: {kind: say, fact: tarif, to: prix}\n" + PRICE
    (each,) = findings(tmp_path, flow(steps, FACTS), SAFE)
    assert (each.line, "« tarif »" in each.text, "prix" in each.remedy) == (6, True, True)


ASKED = """\
  qui: {kind: choose, slot: qui, shared: true, choices: [seul, couple], to: encore}
  encore: {kind: choose, slot: qui, shared: true, choices: [%s], to: cloture.fin}"""


def test_a_shared_answer_fits_every_question_that_shares_it(tmp_path: Path) -> None:
    named = {
        f"rsa.{step}": Said(options={"seul": "…", "couple": "…"} if step == "qui" else {"couple": "…"})
        for step in ("qui", "encore")
    }
    found = told(findings(tmp_path, flow(ASKED % "couple"), named))
    assert [(line, "pas les mêmes réponses" in text) for line, text in found] == [(4, True), (5, True)]


def test_a_shared_answer_is_kept(tmp_path: Path) -> None:
    steps = "  oui: {kind: confirm, shared: true, to: cloture.fin, no: cloture.fin}"
    ((line, text),) = told(findings(tmp_path, flow(steps), {}))
    assert (line, "retenue nulle part" in text) == (4, True)


def test_not_knowing_counts_as_an_answer_of_the_question(tmp_path: Path) -> None:
    steps = "  oui: {kind: confirm, slot: oui, unknown_as: %s, to: cloture.fin, no: cloture.fin}"
    assert told(findings(tmp_path, flow(steps % '"no"'), {})) == []
    ((line, text),) = told(findings(tmp_path, flow(steps % "non"), {}))
    assert (line, "ne vaut jamais « non »" in text) == (4, True)
