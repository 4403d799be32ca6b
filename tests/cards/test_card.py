"""What stands on a card: papers, things to do and numbers, all of them from the procedure's own files."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from tests.cards.made import ROOT, shipped, small, text
from voicebot.cards.pictures import FOLDER, icon, pictures
from voicebot.flows.load import load_flows
from voicebot.prompts import Prompts


def test_every_procedure_has_a_card_that_says_what_to_do_and_whom_to_call() -> None:
    topics = Prompts.load(ROOT / "prompts" / "fr").topics
    made = shipped()
    written = load_flows(ROOT / "voicebot" / "flows").by_name
    assert set(made) == (set(topics) & set(written)) - {"entrainement"}
    for name, card in made.items():
        assert len(card.lines) >= 4, name
        assert card.number == topics[name].number
        assert card.own_number == "09 37 00 00 00"


def test_every_line_has_a_picture_of_its_own_kind() -> None:
    unknown = pictures().unknown_line
    assert {
        name: [line for line in card.lines if line.picture == unknown] for name, card in shipped().items()
    } == {name: [] for name in shipped()}
    assert not [
        (name, paper.name)
        for name, card in shipped().items()
        for paper in card.papers
        if paper.picture == pictures().unknown_paper
    ]


def test_only_the_pictures_that_are_used_are_shipped_and_all_of_them() -> None:
    shipped_icons = {path.stem for path in (FOLDER / "icons").glob("*.svg")}
    fixed = {"folder", "walk", "phone", "lock", "calendar-event"}
    assert shipped_icons == pictures().used | fixed
    assert all("currentColor" in icon(name) for name in shipped_icons)


def test_white_print_can_be_read_on_every_colour() -> None:
    for name, card in shipped().items():
        assert contrast_to_white(card.look.colour) >= 7, name


def contrast_to_white(colour: str) -> float:
    """Source: WCAG 2.2, contrast ratio."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def test_an_expired_price_is_not_printed() -> None:
    before, after = (text(shipped(on)["carte_identite"]) for on in (date(2026, 12, 31), date(2027, 1, 1)))
    assert any("25 euros" in line for line in before)
    assert not [line for line in after if re.search(r"\d euros", line)]
    assert len(after) == len(before)


def test_numbers_and_sites_are_printed_strong() -> None:
    strong = {
        run.text for card in shipped().values() for line in card.lines for run in line.runs if run.strong
    }
    assert {"3114", "caf.fr", "09 71 10 39 60", "demande-logement-social.gouv.fr"} <= strong


def test_papers_that_only_some_people_need_come_last() -> None:
    papers = [(paper.name, paper.always) for paper in shipped()["carte_identite"].papers]
    assert papers[:2] == [("la photo d'identité", True), ("le papier avec l'adresse", True)]
    assert ("la déclaration de vol", False) in papers[2:]
    assert all(paper.always for paper in shipped()["rsa"].papers)


WITHOUT_CARD = """\
start: debut
steps:
  debut: {kind: say, note: note_caf, to: age}
  age: {kind: say, note: note_age, to: fin}
  fin: {kind: say, note: note_caf, to: aurevoir}
  aurevoir: {kind: end}
"""
PROMPTS = """\
debut: Bonjour.
age: Votre âge.
fin: Voilà.
aurevoir: Au revoir.
note_caf: "La CAF : 3230."
note_age: "Vous avez {age} ans."
carte: "Allez à la mairie."
"""


def test_without_a_list_of_its_own_the_notes_make_the_card_each_once(tmp_path: Path) -> None:
    assert text(small(tmp_path, WITHOUT_CARD, PROMPTS)) == ["La CAF : 3230."]


def test_the_lines_that_a_procedure_chooses_make_its_card(tmp_path: Path) -> None:
    card = small(tmp_path, "card: [carte, note_caf]\n" + WITHOUT_CARD, PROMPTS)
    assert text(card) == ["Allez à la mairie.", "La CAF : 3230."]
    assert [line.picture for line in card.lines] == ["building-community", "building-community"]
    assert (card.title, card.who, card.papers, card.own_number) == ("Le RSA", "La CAF", (), None)
