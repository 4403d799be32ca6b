"""What both templates, for screen and paper, need from a card: plain values and the French words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from voicebot.cards.card import Card
from voicebot.cards.pictures import FOLDER, icon
from voicebot.datafile import raise_if_any, read

TEMPLATES: Final = FOLDER / "templates"
FONTS: Final = FOLDER / "fonts"
#: The pictograms of the headings.
_FIXED: Final = ("folder", "walk", "phone", "lock", "calendar-event")
_NO_BREAK: Final = "\u00a0"


@cache
def words() -> Mapping[str, str]:
    """The French of the cards."""
    file = read(FOLDER / "fr" / "words.yaml")
    raise_if_any(file.findings)
    found: Mapping[str, str] = file.data
    return found


def view(card: Card) -> dict[str, Any]:
    """The card as plain values; `icons` are the SVG texts of its pictograms."""
    pictures = {paper.picture for paper in card.papers} | {line.picture for line in card.lines}
    pictures |= {card.look.picture, *_FIXED}
    return {
        "title": unbroken(card.title),
        "picture": card.look.picture,
        "colour": card.look.colour,
        "papers": [vars(paper) | {"name": unbroken(paper.name)} for paper in card.papers],
        "lines": [
            {
                "picture": line.picture,
                "runs": [{"text": unbroken(run.text, run.strong), "strong": run.strong} for run in line.runs],
            }
            for line in card.lines
        ],
        "who": card.who,
        "number": unbroken(card.number, whole=True),
        "own": card.own_number and unbroken(card.own_number, whole=True),
        "appointment": card.appointment,
        "printed": words()["printed"].format(day=card.on.strftime("%d/%m/%Y")),
        "words": dict(words()),
        "icons": {name: icon(name) for name in sorted(pictures)},
    }


def unbroken(text: str, whole: bool = False) -> str:
    """Glue : ? ! ; to the word before them; with `whole`, allow no line break at any space."""
    return re.sub(r" " if whole else r" (?=[:?!;»])|(?<=«) ", _NO_BREAK, text)
