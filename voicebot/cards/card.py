"""What a card says: taken from the flow, its documents and its prompts, without anything that has expired."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from voicebot.cards.papers import Paper, papers
from voicebot.cards.pictures import Look, Pictures
from voicebot.dialogue.flow import SAFE, Flow, Step
from voicebot.dialogue.steps import SayStep
from voicebot.flows.load import Written
from voicebot.prompts import Prompts

#: What the eye looks for: telephone numbers, form numbers, web sites.
_STRONG: Final = re.compile(r"\b\d(?: ?\d+)+\b|\b[\w-]+(?:\.[\w-]+)*\.(?:fr|org)\b")
_PARIS: Final = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class TextRun:
    """A piece of a line, `strong` if it must be found at a glance."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class CardLine:
    """One thing to do, with the name of its pictogram."""

    picture: str
    runs: tuple[TextRun, ...]


@dataclass(frozen=True)
class Card:
    """One page. `number` is empty where there is no line for everybody, `own_number` is the assistant's.

    With `appointment` there is room to write one down.
    """

    flow: str
    title: str
    look: Look
    papers: tuple[Paper, ...]
    lines: tuple[CardLine, ...]
    who: str
    number: str
    own_number: str | None
    on: date
    appointment: bool


def cards(
    written: Written, prompts: Prompts, pictures: Pictures, own_number: str | None, on: date
) -> dict[str, Card]:
    """The card of each procedure that people can ask for, as of the day `on`."""
    found: dict[str, Card] = {}
    for name, flow in written.flows.by_name.items():
        if name in prompts.topics and not _is_practice(flow):
            found[name] = _card(flow, written.cards.get(name, ()), prompts, pictures, own_number, on)
    return found


def _card(
    flow: Flow,
    chosen: tuple[str, ...],
    prompts: Prompts,
    pictures: Pictures,
    own_number: str | None,
    on: date,
) -> Card:
    topic = prompts.topics[flow.name]
    texts = [prompts.entries[key].texts["ask"] for key in _keys(flow, chosen, on)]
    return Card(
        flow.name,
        _capital(topic.label),
        pictures.look(flow.name),
        papers(flow, prompts.label, pictures),
        tuple(CardLine(pictures.of(text), tuple(_runs(text))) for text in texts if "{" not in text),
        _capital(topic.who),
        topic.number,
        own_number,
        on,
        appointment=flow.rehearsed,
    )


def _keys(flow: Flow, chosen: tuple[str, ...], on: date) -> tuple[str, ...]:
    """The chosen prompts, else the notes of the steps; each once, without the figures of expired facts."""
    now = datetime.combine(on, time(12), _PARIS).timestamp()
    noted = {step.note: _timely(step, now) for step in flow.steps.values() if step.note}
    own = [step.note for step in flow.steps.values() if step.note and not step.documents]
    return tuple(dict.fromkeys(noted.get(key, key) for key in chosen or own))


def _timely(step: Step, now: float) -> str:
    expired = step.valid_until is not None and step.valid_until <= now
    return f"{step.note}{SAFE}" if expired else step.note or ""


def _runs(text: str) -> Iterator[TextRun]:
    at = 0
    for found in _STRONG.finditer(text):
        if found.start() > at:
            yield TextRun(text[at : found.start()])
        yield TextRun(found[0], strong=True)
        at = found.end()
    if at < len(text):
        yield TextRun(text[at:])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _is_practice(flow: Flow) -> bool:
    return any(isinstance(step, SayStep) and step.practice for step in flow.steps.values())
