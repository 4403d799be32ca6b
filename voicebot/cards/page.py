"""A card as one self-contained HTML page with its font and pictograms inside; it prints on one page."""

from __future__ import annotations

import base64
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from voicebot.cards.card import Card
from voicebot.cards.pdf import Fit
from voicebot.cards.view import FONTS, TEMPLATES, view

#: Points to subtract, so that all cards also print on one page: browsers set type slightly wider than Typst.
_SMALLER_PT = 1.0


def page(card: Card, fit: Fit) -> str:
    """The HTML of `card`; `fit` is what fits on its PDF, so that the two look alike."""
    shown = view(card) | {"appointment": fit.appointment}
    return _jinja().get_template("card.html").render(card=shown, size=fit.size_pt - _SMALLER_PT, font=_font())


@cache
def _jinja() -> Environment:
    jinja = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters["dialled"] = _dialled
    return jinja


@cache
def _font() -> str:
    return base64.b64encode((FONTS / "Lexend.ttf").read_bytes()).decode("ascii")


def _dialled(number: str) -> str:
    """The digits of a number, for a link that dials it."""
    return "".join(sign for sign in number if sign.isdigit() or sign == "+")
