"""Each card is one A4 page of large print, with its numbers on it, and a screen reader can read it."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from pypdf import PdfReader

from tests.cards.made import NUMBER, shipped, text
from voicebot.cards.pdf import fit, pdf
from voicebot.errors import DataError

A4_PT = (595, 842)
#: Large print begins at 16 points. Source: Royal National Institute of Blind People, clear print guidelines.
LARGE_PT = 16


def words(text: str) -> str:
    """Without spaces and line breaks, which the layout chooses."""
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("name", sorted(shipped()))
def test_a_card_is_one_page_with_all_that_it_says(name: str) -> None:
    card = shipped()[name]
    document = PdfReader(io.BytesIO(pdf(card)))
    assert len(document.pages) == 1
    page = document.pages[0]
    assert (round(page.mediabox.width), round(page.mediabox.height)) == A4_PT
    read = words(page.extract_text())
    papers = [paper.name for paper in card.papers]
    for said in (card.title, card.number, NUMBER, card.who, *papers, *text(card)):
        assert words(said) in read


@pytest.mark.parametrize("name", sorted(shipped()))
def test_a_card_is_in_large_print(name: str) -> None:
    assert fit(shipped()[name]).size_pt >= LARGE_PT


def test_a_card_is_tagged_in_french_for_screen_readers() -> None:
    document = PdfReader(io.BytesIO(pdf(shipped()["rsa"])))
    catalogue = document.trailer["/Root"]
    assert catalogue["/Lang"] == "fr"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert document.metadata
    assert document.metadata.title == "Le RSA"


def test_the_same_card_is_the_same_file() -> None:
    assert pdf(shipped()["rsa"]) == pdf(shipped()["rsa"])


def test_there_is_room_to_note_an_appointment_but_not_in_an_emergency() -> None:
    assert fit(shipped()["rsa"]).appointment
    assert not fit(shipped()["urgence"]).appointment


def test_a_card_that_is_too_long_is_refused_in_french() -> None:
    card = shipped()["rsa"]
    with pytest.raises(DataError, match="la fiche « rsa » ne tient pas sur une page"):
        pdf(replace(card, lines=card.lines * 4))


def test_without_a_number_of_our_own_only_the_service_is_named() -> None:
    read = words(PdfReader(io.BytesIO(pdf(shipped(number=None)["rsa"]))).pages[0].extract_text())
    assert "3230" in read
    assert words("Cet assistant") not in read
