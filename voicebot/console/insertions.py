"""What can be put into a text with one choice: ready answers, steps of the procedure, places nearby."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from voicebot.console.desk import Desk
from voicebot.console.names import step_name
from voicebot.console.pages import words
from voicebot.console.rows import place_of
from voicebot.dialogue.action import Say
from voicebot.dialogue.flow import Flow
from voicebot.dialogue.session import Place
from voicebot.errors import PromptError
from voicebot.handoff.ticket import Ticket
from voicebot.store.accounts import Account
from voicebot.store.ready_answers import ReadyAnswer

#: How many places are offered.
_PLACES: Final = 3
_AREA: Final = ("code_postal", "ville")


@dataclass(frozen=True)
class Insertion:
    """A name to choose, and the text it stands for."""

    name: str
    text: str


async def insertions(desk: Desk, ticket: Ticket, me: Account) -> Mapping[str, list[Insertion]]:
    """Everything that fits a ticket, by the name of its group."""
    groups = words()["insertions"]
    flow = desk.flows.by_name.get(ticket.topic or "")
    return {
        groups["ready"]: [_ready(desk, one, ticket, me) for one in await ready_answers(desk)],
        groups["steps"]: list(_steps(desk, flow, ticket)) if flow else [],
        groups["places"]: await _places(desk, ticket),
    }


async def ready_answers(desk: Desk) -> list[ReadyAnswer]:
    """The team's answers, or those we suggest as long as the team has none."""
    kept = await desk.ready.all()
    suggested = words()["ready_answers"]
    return kept or [ReadyAnswer(name, name, str(text)) for name, text in suggested.items()]


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with {names} replaced; a name that is unknown stays as it is written."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _ready(desk: Desk, answer: ReadyAnswer, ticket: Ticket, me: Account) -> Insertion:
    unknown = words()["insertions"]["unknown"]
    topic = desk.prompts.topics.get(ticket.topic or "")
    values = {
        "lieu": place_of(ticket) or unknown["lieu"],
        "demarche": topic.label if topic else unknown["demarche"],
        "prenom": me.name.partition(" ")[0],
    }
    return Insertion(answer.name, filled(answer.text, values))


def _steps(desk: Desk, flow: Flow, ticket: Ticket) -> Iterator[Insertion]:
    """The steps of the procedure as they are texted; those that need an answer we lack are left out."""
    for step in flow.steps.values():
        try:
            said = desk.prompts.render(Say(step.prompt, slots=ticket.slots), "sms")
        except (PromptError, KeyError, ValueError):
            continue
        text = desk.prompts.text(said).strip()
        if text:
            yield Insertion(step_name(desk.prompts, desk.flows, Place(flow.name, step.name)), text)


async def _places(desk: Desk, ticket: Ticket) -> list[Insertion]:
    """The nearest places where somebody helps, if we know where the person lives."""
    if desk.places is None or not any(name in ticket.slots for name in _AREA):
        return []
    asked = {name: ticket.slots[name] for name in _AREA if name in ticket.slots}
    found: Mapping[str, Any] = await desk.places(asked)
    near = [
        {name: str(found.get(f"place_{number}_{name}", "")) for name in ("name", "address", "town", "phone")}
        for number in range(1, _PLACES + 1)
    ]
    form = words()["insertions"]["place"]
    return [Insertion(one["name"], _tidy(form.format(**one))) for one in near if one["name"]]


def _tidy(text: str) -> str:
    """Without the commas and stops around what is unknown."""
    parts = [part.strip() for part in text.split(",")]
    return ", ".join(part for part in parts if part)
