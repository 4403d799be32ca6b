"""What was said, made readable at a glance: turns, answers, the step where it stopped, three lines. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from voicebot.console.names import step_name, topic_name
from voicebot.console.pages import words
from voicebot.dialogue.documents import ANSWER_NAMES, asked_in, prompts
from voicebot.dialogue.flow import Flow, Flows, Step
from voicebot.dialogue.meaning import NO_INTENT, Value
from voicebot.dialogue.memory import CONSENT
from voicebot.dialogue.session import Place
from voicebot.handoff.ticket import Ticket
from voicebot.prompts import Prompts

#: More answers than this do not fit into one line.
_MOST_ANSWERS: Final = 4
#: What the service keeps for itself: of the line, of who answers when, and the wish, which stands elsewhere.
_OWN_SLOTS: Final = frozenset(
    {"textable", "topic", CONSENT, "permanence", "moments", "rappel"}
    | {"rappel_at", "rappel_jour", "rappel_de", "rappel_a"}
)

#: A stored turn record, see `voicebot.records.turn_record`.
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Turn:
    """One exchange: what the person said (redacted) and how it was taken, then what the assistant said."""

    at: float
    person: str
    understood: bool
    certainty: str
    meaning: str
    assistant: str


@dataclass(frozen=True)
class Answer:
    """A question by its short name, and the answer in words."""

    question: str
    text: str


@dataclass(frozen=True)
class Reading:
    """The words and procedures that conversations are read with."""

    prompts: Prompts
    flows: Flows

    def turns(self, records: Sequence[Record]) -> tuple[Turn, ...]:
        """All turns, oldest first; those in which nobody said anything are left out."""
        told = (self._turn(record) for record in records)
        return tuple(turn for turn in told if turn.person or turn.assistant)

    def answers(self, slots: Mapping[str, Value], topic: str | None) -> tuple[Answer, ...]:
        """What the person answered; questions of the procedure `topic` come first."""
        kept = {slot: value for slot, value in slots.items() if slot not in _OWN_SLOTS}
        return tuple(self._answer(slot, value, topic) for slot, value in kept.items())

    def stopped_at(self, ticket: Ticket, records: Sequence[Record]) -> Place | None:
        """The last step of the procedure that the conversation came to, if the procedure still has it."""
        places = [Place(record["flow"], record["step"]) for record in reversed(records) if record["flow"]]
        places += [ticket.place] if ticket.place else []
        own = (place for place in places if place.flow == ticket.topic)
        return next((place for place in own if self.flows.has(place)), None)

    def summary(self, ticket: Ticket, records: Sequence[Record], wish: str) -> tuple[str, str, str]:
        """Why, what is known, where it stopped."""
        forms, topic = words()["summary"], ticket.topic
        why = str(words()["reasons"].get(ticket.reason, ticket.reason))
        first = forms["topic"].format(reason=why, topic=self._label(topic)) if topic else None
        return (
            first or forms["reason"].format(reason=why),
            self._known(self.answers(ticket.slots, topic)),
            self._stopped(ticket, records) + (forms["wish"].format(wish=wish) if wish else ""),
        )

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

    def _stopped(self, ticket: Ticket, records: Sequence[Record]) -> str:
        forms, place = words()["summary"], self.stopped_at(ticket, records)
        lost = sum(1 for record in records if _is_lost(record))
        name = step_name(self.prompts, self.flows, place) if place else ""
        where = forms["stopped"].format(step=name) if place else forms["not_stopped"]
        return str(where) + (
            str(forms["lost_once" if lost == 1 else "lost"].format(count=lost)) if lost else ""
        )

    def _turn(self, record: Record) -> Turn:
        heard = str(record["heard"])
        is_heard = record["event"] == "Heard"
        certainty = "none" if _is_lost(record) else str(record["certainty"])
        return Turn(record["at"], heard, is_heard, certainty, self._meaning(record), str(record["text"]))

    def _meaning(self, record: Record) -> str:
        """What the machine took it for."""
        if record["value"] is not None:
            place = Place(record["flow"] or "", record["asked"] or "")
            return self._value(str(record["value"]), self._asked(record, place))
        intent = str(record["intent"])
        if intent == NO_INTENT:
            return ""
        return (
            topic_name(self.prompts, intent)
            if intent in self.prompts.topics
            else words()["commands"].get(intent, intent)
        )

    def _asked(self, record: Record, place: Place) -> Place | None:
        """The step that was asked: it may stand in another procedure than the one that followed."""
        flows = (record["flow"], *self.flows.by_name)
        found = (Place(flow, place.step) for flow in flows if flow)
        return next((one for one in found if self.flows.has(one)), None)

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
        """A value in words: yes and no in French, a choice by its name, anything else as it is."""
        plain = words()["values"].get(value)
        if plain:
            return str(plain)
        keys = [f"{asked.flow}.{asked.step}.{value}"] if asked else []
        named = ((key, self.prompts.caption(key)) for key in (*keys, f"{ANSWER_NAMES}.{value}"))
        return next((name for key, name in named if name != key), value)


def _filling(flow: Flow, slot: str) -> Iterator[Step]:
    return (step for step in flow.steps.values() if step.slot == slot)


def _is_lost(record: Record) -> bool:
    return bool(record["event"] == "Heard" and record["certainty"] == "none" and record["value"] is None)
