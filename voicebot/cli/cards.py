"""`voicebot cards`: each procedure on one page to take away, as HTML and PDF."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from voicebot.app import content_of
from voicebot.cards.card import Card, cards
from voicebot.cards.page import page
from voicebot.cards.pdf import fit, pdf
from voicebot.cards.pictures import pictures
from voicebot.cli.command import Commands, add
from voicebot.config import read_settings
from voicebot.datafile import raise_if_any
from voicebot.errors import DataError
from voicebot.flows.load import read_flows
from voicebot.prompts import Prompts
from voicebot.telephony.phone_numbers import shown


def add_commands(commands: Commands) -> None:
    """Add `cards`."""
    made = add(commands, "cards", "procedures on one page each, to print and hand over", _cards)
    made.add_argument("flows", nargs="*", metavar="FLOW", help="which procedures; all if none is named")
    made.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to write to")
    made.add_argument("--number", metavar="NUMBER", help="the telephone number of this assistant")


def _cards(options: argparse.Namespace) -> int:
    content = content_of(read_settings())
    written = read_flows(*content.flows)
    raise_if_any(written.findings)
    number = _number(options.number)
    found = cards(written, Prompts.load(*content.prompts), pictures(), number, date.today())
    for card in _chosen(found, options.flows):
        _write(card, options.out)
    return 0


def _chosen(found: Mapping[str, Card], names: list[str]) -> list[Card]:
    for name in names:
        if name not in found:
            known = ", ".join(sorted(found))
            raise DataError(f"expected procedures that have a card, got {name!r}; there are: {known}")
    return [found[name] for name in names or sorted(found)]


def _number(typed: str | None) -> str | None:
    if typed is None:
        return None
    number = shown(typed)
    if number is None:
        raise DataError("--number: expected a telephone number, like 09 37 00 00 00; check its digits")
    return number


def _write(card: Card, folder: Path) -> None:
    printed, html = pdf(card), page(card, fit(card))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{card.flow}.pdf").write_bytes(printed)
        (folder / f"{card.flow}.html").write_text(html, encoding="utf-8")
    except OSError as error:
        raise DataError(f"{folder}: cannot be written ({error.strerror}); check the path") from error
    print(folder / f"{card.flow}.pdf")
