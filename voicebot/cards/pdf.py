"""A card as a PDF of one A4 page, set by Typst in the largest type that fits, tagged for screen readers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, time

import typst

from voicebot.cards.card import Card
from voicebot.cards.view import FONTS, TEMPLATES, view, words
from voicebot.errors import DataError

_TEMPLATE = TEMPLATES / "card.typ"
#: How the template reports that not even its smallest type fits.
_TOO_LONG = "too long"


@dataclass(frozen=True)
class Fit:
    """What fits on one page: the type size in points, and whether there is room for an appointment."""

    size_pt: float
    appointment: bool


def pdf(card: Card) -> bytes:
    """The PDF (PDF/UA-1). Raises DataError if the card is too long for one page."""
    try:
        return typst.compile(
            _TEMPLATE,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            sys_inputs=_inputs(card),
            pdf_standards=["ua-1"],
            timestamp=datetime.combine(card.on, time(), UTC),
        )
    except typst.TypstError as error:
        raise _trouble(card, error) from error


def fit(card: Card) -> Fit:
    """What fits on the page. Raises DataError as `pdf` does."""
    try:
        found = typst.query(
            _TEMPLATE,
            "<fit>",
            field="value",
            one=True,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            sys_inputs=_inputs(card),
        )
    except typst.TypstError as error:
        raise _trouble(card, error) from error
    return Fit(**json.loads(found))


def _inputs(card: Card) -> dict[str, str]:
    return {"card": json.dumps(view(card), ensure_ascii=False)}


def _trouble(card: Card, error: Exception) -> DataError:
    if _TOO_LONG in str(error):
        return DataError(words()["too_long"].format(flow=card.flow))
    return DataError(f"{card.flow}: the card cannot be set: {error}")
