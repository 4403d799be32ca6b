"""What was said, made readable at a glance: turns, answers, the step where it stopped, a summary. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from voicebot.console.names import step_name, topic_name
from voicebot.console.pages import words
from voicebot.dialogue.documents import ANSWER_NAMES, asked_in, prompts
from voicebot.dialogue.flow import Flow, Flows, Step
from voicebot.dialogue.meaning import NO_INTENT, Value
from voicebot.dialogue.memory import CONSENT
from voicebot.dialogue.session import Place
from voicebot.handoff.ticket import Ticket
from voicebot.prompts import Prompts
from voicebot.records import TurnRecord

#: How many answers fit on one line.
_MOST_ANSWERS: Final = 4
#: Slots for the service's own use: about the line, about who is available when, and the call-back wish, which
#: is shown separately.
_OWN_SLOTS: Final = frozenset(
    {"textable", "topic", CONSENT, "permanence", "moments", "rappel"}
    | {"rappel_at", "rappel_jour", "rappel_de", "rappel_a"}
)


@dataclass(frozen=True)
class TranscriptTurn:
    """One exchange: what the person said (redacted) and how it was understood, then the assistant's reply.

    `keys` are those that the person pressed instead.
    """

    at: float
    """Unix seconds."""
    person: str
    understood: bool
    certainty: str
    meaning: str
    assistant: str
    keys: str = ""


@dataclass(frozen=True)
class Answer:
    """A question by its short name, and the answer in words."""

    question: str
    text: str


@dataclass(frozen=True)
class Reading:
    """The words and procedures needed to read conversations."""

    prompts: Prompts
    flows: Flows

    def turns(self, records: Sequence[TurnRecord]) -> tuple[TranscriptTurn, ...]:
        """All turns, oldest first, except those in which nobody said anything."""
        told = (self._turn(record) for record in records)
        return tuple(turn for turn in told if turn.person or turn.assistant or turn.keys)

    def answers(self, slots: Mapping[str, Value], topic: str | None) -> tuple[Answer, ...]:
        """What the person answered, beginning with the questions of the procedure `topic`."""
        kept = {slot: value for slot, value in slots.items() if slot not in _OWN_SLOTS}
        return tuple(self._answer(slot, value, topic) for slot, value in kept.items())

    def stopped_at(self, ticket: Ticket, records: Sequence[TurnRecord]) -> Place | None:
        """The last step of the procedure that the conversation reached, if the procedure still has it."""
        places = [record.place for record in reversed(records) if record.place]
        places += [ticket.place] if ticket.place else []
        own = (place for place in places if place.flow == ticket.topic)
        return next((place for place in own if self.flows.has(place)), None)

    def summary(self, ticket: Ticket, records: Sequence[TurnRecord], wish: str) -> tuple[str, ...]:
        """Up to three lines: why they asked for help, what is known, and where it stopped.

        In a danger the last two say something only if there is something to say.
        """
        forms, topic = words()["summary"], ticket.topic
        why = str(words()["reasons"].get(ticket.reason, ticket.reason))
        first = forms["topic"].format(reason=why, topic=self._label(topic)) if topic else None
        stopped = "" if ticket.priority == "danger" else self._stopped(ticket, records)
        wished = forms["wish"].format(wish=wish) if wish else ""
        answers = self.answers(ticket.slots, topic)
        known = self._known(answers) if answers or ticket.priority != "danger" else ""
        lines = (first or forms["reason"].format(reason=why), known, (stopped + wished).strip())
        return tuple(line for line in lines if line)

    def _label(self, topic: str) -> str:
        known = self.prompts.topics.get(topic)
        return known.label if known else topic

    def _known(self, answers: Sequence[Answer]) -> str:
        forms = words()["summary"]
        if not answers:
            return str(forms["no_answers"])
        told = [f"{answer.question} : {answer.text}" for answer in answers[:_MOST_ANSWERS]]
        rest = len(answers) - len(told)
        told += [forms["more"].format(count=rest)] if rest else []
        return str(forms["answers"].format(answers=" ; ".join(told)))

    def _stopped(self, ticket: Ticket, records: Sequence[TurnRecord]) -> str:
        forms, place = words()["summary"], self.stopped_at(ticket, records)
        lost = sum(record.is_lost for record in records)
        name = step_name(self.prompts, self.flows, place) if place else ""
        where = forms["stopped"].format(step=name.rstrip(".")) if place else forms["not_stopped"]
        return str(where) + (
            str(forms["lost_once" if lost == 1 else "lost"].format(count=lost)) if lost else ""
        )

    def _turn(self, record: TurnRecord) -> TranscriptTurn:
        certainty = "none" if record.is_lost else record.certainty
        is_heard = record.event == "Heard"
        return TranscriptTurn(
            record.at, record.heard, is_heard, certainty, self._meaning(record), record.text, record.pressed
        )

    def _meaning(self, record: TurnRecord) -> str:
        """What the person was understood to mean."""
        if record.value is not None:
            return self._value(record.value, record.asked)
        intent = record.intent
        if intent == NO_INTENT:
            return ""
        return (
            topic_name(self.prompts, intent)
            if intent in self.prompts.topics
            else words()["commands"].get(intent, intent)
        )

    def _answer(self, slot: str, value: Value, topic: str | None) -> Answer:
        paper = asked_in(slot)
        if paper:
            name = self.prompts.caption(f"{prompts(paper)['ask']}:label")
            return Answer(name, self._value(str(value), None))
        step = next(self._asking(slot, topic), None)
        if step is None:
            name = words()["deduced"].get(slot, slot.replace("_", " "))
            return Answer(str(name), self._value(str(value), None))
        return Answer(step_name(self.prompts, self.flows, step), self._value(str(value), step))

    def _asking(self, slot: str, topic: str | None) -> Iterator[Place]:
        """The steps that fill `slot`, those of the procedure first."""
        own = self.flows.by_name.get(topic or "")
        flows: list[Flow] = [*([own] if own else []), *self.flows.by_name.values()]
        for flow in flows:
            yield from (Place(flow.name, step.name) for step in _filling(flow, slot))

    def _value(self, value: str, asked: Place | None) -> str:
        """A value in words: yes and no in French, a choice by its name, anything else unchanged."""
        plain = words()["values"].get(value)
        if plain:
            return str(plain)
        keys = [f"{asked.flow}.{asked.step}.{value}"] if asked else []
        named = ((key, self.prompts.caption(key)) for key in (*keys, f"{ANSWER_NAMES}.{value}"))
        return next((name for key, name in named if name != key), value)


def _filling(flow: Flow, slot: str) -> Iterator[Step]:
    return (step for step in flow.steps.values() if step.slot == slot)
