"""The grid of the digital needs check: every answer of the flow counts, and worse is never better."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from voicebot.app import FLOWS
from voicebot.assessment import LEVELS, LOOKUPS, load_grid
from voicebot.errors import DataError
from voicebot.flows.load import load_flows

AT_EASE = {
    "bilan_equipement": "ordinateur",
    "bilan_connexion": "yes",
    "bilan_mail": "mail_seul",
    "bilan_demarches": "demarches_seul",
    "bilan_peur": "no",
    "bilan_entourage": "yes",
}
LOST = {
    "bilan_equipement": "sans_appareil",
    "bilan_mail": "pas_de_mail",
    "bilan_demarches": "demarches_jamais",
    "bilan_peur": "yes",
    "bilan_entourage": "no",
}


def test_the_grid_weighs_the_questions_and_answers_that_the_flow_has() -> None:
    steps = load_flows(FLOWS).by_name["bilan_numerique"].steps.values()
    asked = {s.slot: set(s.expecting().answers) for s in steps if s.slot and s.slot in load_grid().points}
    assert asked == {question: set(worth) for question, worth in load_grid().points.items()}


@pytest.mark.parametrize(
    ("answers", "level", "needs"),
    [
        (AT_EASE, "autonome", ("no", "no", "no")),
        (AT_EASE | {"bilan_equipement": "smartphone"}, "autonome", ("no", "no", "no")),
        (AT_EASE | {"bilan_demarches": "demarches_aide"}, "accompagne", ("no", "yes", "yes")),
        (AT_EASE | {"bilan_connexion": "no"}, "accompagne", ("yes", "no", "no")),
        (LOST, "eloigne", ("yes", "yes", "yes")),
        ({}, "autonome", ("no", "no", "no")),
    ],
)
def test_the_level_and_what_would_help(answers: dict[str, str], level: str, needs: tuple[str, ...]) -> None:
    found = load_grid().result(answers)
    assert tuple(found.values()) == (level, *needs)
    assert tuple(found) == LOOKUPS["bilan"]


def test_a_worse_answer_never_gives_a_better_level() -> None:
    grid = load_grid()
    questions = grid.questions
    for answers in product(*(grid.points[question] for question in questions)):
        slots = dict(zip(questions, answers, strict=True))
        level = LEVELS.index(str(grid.result(slots)["bilan_niveau"]))
        for question in questions:
            worst = max(grid.points[question], key=grid.points[question].__getitem__)
            worse = LEVELS.index(str(grid.result(slots | {question: worst})["bilan_niveau"]))
            assert worse >= level


def test_a_grid_that_is_wrong_is_refused_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "grid.yaml"
    path.write_text("levels: {autonome: beaucoup}\npoints: {}\nneeds: {}\n")
    with pytest.raises(DataError, match=r"grid\.yaml:1"):
        load_grid(path)
