"""What an answer led to: what the conversation did, judged by its state before and after the turn.

Only what happened counts, not what was understood on the way: a value counts once it is kept and the
conversation has moved on from its question, a procedure once it has begun, a human once one was sent for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from voicebot.dialogue.action import CallBack, End, HandOff, Say, SendSummary
from voicebot.dialogue.documents import WHAT
from voicebot.dialogue.flow import Flows, Step
from voicebot.dialogue.meaning import NEXT, Value
from voicebot.dialogue.policy import READ_BACK
from voicebot.dialogue.session import Session
from voicebot.prompts import Prompts
from voicebot.turns.runner import Reply

ASK, HELP, HUMAN, UNSERVED, LANGUAGE = "ask", "help", "human", "unserved", "language"
#: The value of a question that was left because the person does not know.
UNKNOWN: Final = "unknown"

#: How the keys of the prompts that explain something begin. Besides these, the `help` of a question explains
#: it, and `documents.…_explication` explains a paper.
EXPLAINING: Final = ("common.glossary_", "common.about_", "glossary.", "about.")
NOT_OURS: Final = ("common.unserved_", "unserved.")
NAMING_A_LANGUAGE: Final = ("common.language_", "language.")
ABOUT_DANGER: Final = ("urgence.", "hebergement_urgence.", "common.danger", *NAMING_A_LANGUAGE)
_PAPER_EXPLAINED = re.compile(r"documents\.\w+_explication")
#: Numbers to call at once. Source: service-public.fr, numéros d'urgence.
EMERGENCY_NUMBERS: Final = frozenset(
    ("15", "17", "18", "112", "114", "115", "119", "196", "3018", "3114", "3919")
)
#: The engine's own questions that are not about the value of the step they precede.
_NOT_ABOUT_THE_VALUE: Final = frozenset(
    {"call_back", "correct", "danger", "forget", "human", "resume", "summary", "switch", "topic", "topics"}
)


@dataclass(frozen=True)
class Question:
    """What is asked: the step, and the slot that the answer fills (the step's name if it fills none)."""

    step: Step
    slot: str

    @property
    def open(self) -> bool:
        """Whether any need may be stated here."""
        return self.step.expecting().kind == "intent"


@dataclass(frozen=True)
class Outcome:
    """Everything a turn led to, and whether anything was `acted` upon. `offered` is what was said back."""

    labels: tuple[str, ...]
    acted: bool
    offered: str | None = None

    def __str__(self) -> str:
        told = ", ".join(self.labels)
        return f"{told} ({self.offered})" if self.offered else told


def question(flows: Flows, session: Session) -> Question | None:
    """What `session` is waiting for; None if it is over."""
    place, pending = session.place, session.pending
    if session.status != "open" or place is None:
        return None
    step = flows.step(place)
    if pending and pending.kind in _NOT_ABOUT_THE_VALUE:
        return Question(step, pending.kind)
    return Question(step, step.slot or step.name)


def outcome(flows: Flows, prompts: Prompts, asked: Question, before: Session, reply: Reply) -> Outcome:
    """What the turn between `before` and `reply` led to, given that `asked` was the question."""
    after = reply.session
    help_ = (HELP,) if any(_explains(prompts, say) for say in reply.says) else ()
    done = tuple(_done(flows, asked, before, reply))
    if help_ and done == (f"{asked.slot}={WHAT}",):  # the paper was explained and is asked for again
        return Outcome((*help_, ASK, *done), acted=False)
    told = tuple(_told(prompts, asked, reply))
    if done or told or _is_elsewhere(before, after):
        return Outcome((*done, *told, *help_) or (_where(after),), acted=True)
    offered = _offered(asked, after)
    said_back = (offered,) if offered and asked.step.expecting().kind in READ_BACK else ()
    return Outcome((ASK, *help_, *said_back), acted=False, offered=offered)


def written(value: Value) -> str:
    """A value as the tables write it: whole numbers without a decimal point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _told(prompts: Prompts, asked: Question, reply: Reply) -> Iterator[str]:
    """What was said that no answer to the question leads to."""
    says = [say for say in reply.says if say.prompt != asked.step.prompt]
    if any(say.prompt.startswith(NOT_OURS) for say in says):
        yield UNSERVED
    if any(say.prompt.startswith(NAMING_A_LANGUAGE) for say in says):
        yield LANGUAGE
    about_danger = (
        say for say in says if say.prompt.startswith(ABOUT_DANGER) and say.prompt in prompts.entries
    )
    text = " ".join(prompts.text(prompts.render(say, reply.session.channel)) for say in about_danger)
    for number in dict.fromkeys(re.findall(r"\d+", text)):
        if number in EMERGENCY_NUMBERS:
            yield f"danger:{number}"


def _explains(prompts: Prompts, say: Say) -> bool:
    if say.prompt.startswith(EXPLAINING) or _PAPER_EXPLAINED.fullmatch(say.prompt):
        return True
    entry = prompts.entries.get(say.prompt)
    return say.variant == "help" and entry is not None and "help" in entry.texts


def _done(flows: Flows, asked: Question, before: Session, reply: Reply) -> Iterator[str]:
    """What was acted upon."""
    after, actions = reply.session, reply.actions
    answered = after.trail[: len(before.trail) + 1] == (*before.trail, before.place)
    begun = after.topic is not None and after.topic != before.topic
    if answered and not begun:
        yield f"{asked.slot}={written(_value(asked, before, reply))}"
    if begun:
        yield f"topic:{after.topic}"
        yield from _ahead(flows, after)
    if any(isinstance(action, CallBack) or _asks_for_a_person(action) for action in actions):
        yield HUMAN
    if any(isinstance(action, SendSummary) for action in actions) and not answered:
        yield "summary"
    if any(isinstance(action, End) for action in actions) and not (answered or begun):
        yield "end"


def _asks_for_a_person(action: object) -> bool:
    return isinstance(action, HandOff) and action.reason != "danger"


def _value(asked: Question, before: Session, reply: Reply) -> Value:
    """The value with which the question was left."""
    kept = reply.session.slots.get(asked.slot)
    if kept is not None and asked.step.slot:
        return kept
    if asked.step.kind == "say":
        return NEXT
    heard = reply.heard.value if reply.heard and not asked.step.slot else None
    return UNKNOWN if heard is None else heard


def _ahead(flows: Flows, after: Session) -> Iterator[str]:
    """The first questions of a procedure that the words naming it have already answered."""
    for place in after.trail:
        slot = flows.step(place).slot if flows.has(place) else None
        if slot and slot in after.slots:
            yield f"{slot}={written(after.slots[slot])}"


def _is_elsewhere(before: Session, after: Session) -> bool:
    """Whether a different question is open than before, or none."""
    return after.status != "open" or (after.place, after.topic) != (before.place, before.topic)


def _where(after: Session) -> str:
    return f"at {after.place.flow}.{after.place.step}" if after.place else "the end"


def _offered(asked: Question, after: Session) -> str | None:
    """What is said back for confirmation."""
    pending = after.pending
    if pending is None:
        return None
    if pending.kind in ("switch", "topic"):
        return f"topic:{pending.data.get('topic')}"
    value = pending.data.get("value")
    about_value = pending.kind not in _NOT_ABOUT_THE_VALUE and isinstance(value, str | int | float)
    return f"{asked.slot}={written(value)}" if about_value and isinstance(value, str | int | float) else None
