"""The shipped cards, and cards of small procedures written for a test."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from tests.prompts.folder import write
from voicebot.cards.card import Card, cards
from voicebot.cards.pictures import pictures
from voicebot.flows.load import read_flows
from voicebot.prompts import Prompts

ROOT = Path(__file__).parents[2]
DAY = date(2026, 3, 1)
NUMBER = "09 37 00 00 00"


@cache
def shipped(on: date = DAY, number: str | None = NUMBER) -> dict[str, Card]:
    written, prompts = read_flows(ROOT / "voicebot" / "flows"), Prompts.load(ROOT / "prompts" / "fr")
    return cards(written, prompts, pictures(), number, on)


def small(folder: Path, flow: str, prompts: str) -> Card:
    """The card of a procedure `rsa` of which `flow` are the lines after its name."""
    (folder / "rsa.yaml").write_text(f"flow: rsa\n{flow}")
    (folder / "prompts").mkdir()
    read = Prompts.load(write(folder / "prompts", rsa=prompts))
    return cards(read_flows(folder), read, pictures(), None, DAY)["rsa"]


def text(card: Card) -> list[str]:
    """Its lines as plain text."""
    return ["".join(run.text for run in line.runs) for line in card.lines]
