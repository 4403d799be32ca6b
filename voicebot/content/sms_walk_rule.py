"""What stands between two questions by text: at most three messages, on every way from one to the other.

The question itself may be one more. How to get the papers that somebody lacks comes on top.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from voicebot.content.sms_length_rule import LongValues
from voicebot.datafile import Finding
from voicebot.dialogue.action import Say
from voicebot.dialogue.documents import COMPLETE
from voicebot.dialogue.flow import Flows, Route
from voicebot.dialogue.session import Place
from voicebot.dialogue.steps import DocumentsStep, Step
from voicebot.flows.load import Written
from voicebot.prompts import Prompts
from voicebot.telephony.sms_text import messages

MOST_MESSAGES = 3
_LONGEST = 40
#: The slots assumed on a way, each with its value.
Assumed = Mapping[str, object]


def check_text_walks(prompts: Prompts, written: Written, long_values: LongValues) -> Iterator[Finding]:
    """A finding for each place from which more than three messages lead to the next question."""
    walks = _Walks(prompts, written.flows, long_values)
    for name, flow in written.flows.by_name.items():
        places = [Place(name, step) for step in flow.steps]
        for place in places:
            longest = max(walks.after(place), key=len, default=())
            if len(longest) > MOST_MESSAGES:
                words = {"step": place.step, "count": len(longest), "most": MOST_MESSAGES}
                yield written.finding("too_much_by_text", place, **words)


@dataclass(frozen=True)
class _Walks:
    prompts: Prompts
    flows: Flows
    long_values: LongValues

    def after(self, place: Place) -> Iterator[tuple[str, ...]]:
        """The messages of every way from the question at `place`, or the start of its flow, to the next."""
        step = self.flows.step(place)
        if place == self.flows.start(place.flow):
            yield from (messages(parts) for parts in self._from(place, (), {}))
        if step.waits and not _only_told(step) and not step.sms:
            first = (self._said(COMPLETE),) if len(step.documents) > 1 else ()
            for to, assumed in _ways(step, {}):
                yield from (messages(parts) for parts in self._from(to, first, assumed))

    def _from(self, place: Place, parts: tuple[str, ...], assumed: Assumed) -> Iterator[tuple[str, ...]]:
        if not self.flows.has(place) or len(parts) > _LONGEST:
            return
        step = self.flows.step(place)
        if step.sms:
            yield from self._from(step.sms, parts, assumed)
            return
        if step.waits and not _only_told(step):
            yield (*parts, *self._introduced(step))
            return
        said = parts if step.kind == "lookup" else (*parts, self._said(step.prompt))
        ways = list(_ways(step, assumed))
        if not ways:
            yield said
        for to, more in ways:
            yield from self._from(to, said, more)

    def _introduced(self, step: Step) -> tuple[str, ...]:
        """What is said before the question of `step` itself."""
        return (self._said(step.prompt),) if isinstance(step, DocumentsStep) else ()

    def _said(self, key: str) -> str:
        entry = self.prompts.entries.get(key)
        if entry is None:
            return ""
        slots = self.long_values.slots(entry)
        return self.prompts.text(self.prompts.render(Say(key, slots=slots), "sms"))


def _only_told(step: Step) -> bool:
    """Whether a texter is told the step without being asked anything: it would wait for "suite"."""
    return step.expecting().kind == "more"


def _ways(step: Step, assumed: Assumed) -> Iterator[tuple[Place, Assumed]]:
    """Where the step leads, with what must be true for it; ways that contradict `assumed` are left out."""
    for route in step.routes:
        if _may(route, assumed):
            value = {route.slot: route.is_} if route.is_ is not None else {}
            yield route.to, {**assumed, **value}
    if step.to:
        yield step.to, assumed
    yield from ((to, assumed) for name, to in step.ways.items() if to and name != "sms")


def _may(route: Route, assumed: Assumed) -> bool:
    known = assumed.get(route.slot)
    return known is None or route.is_ is None or known == route.is_
