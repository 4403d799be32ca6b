"""What a conversation waits for: the answers to its open question, and what helps to understand them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, cast

from voicebot.dialogue.documents import prompts
from voicebot.dialogue.flow import Flows
from voicebot.dialogue.meaning import Expecting, Value
from voicebot.dialogue.replace import replace
from voicebot.dialogue.session import Session
from voicebot.dialogue.steps import ChooseStep

#: The questions of our own that say a value back.
SAID_BACK: Final = frozenset({"value", "known"})


def waiting_for(flows: Flows, session: Session, at: float | None = None) -> Expecting:
    """What `session` waits for, as of `at` (Unix seconds); without it, no date is known."""
    known = session.place is not None and flows.has(session.place)
    place = session.place if known and session.place else flows.question
    step, pending = flows.step(place), session.pending
    expecting, question = (pending.expecting, pending.prompt) if pending else (step.expecting(), step.prompt)
    if isinstance(step, ChooseStep) and place.document and not pending:
        question = prompts(place.document)["ask"]  # its explanation is answered like the paper itself
    shown = any(say.options for say in session.spoken)
    if expecting.kind == "intent" and session.channel == "sms" and not shown:
        expecting = replace(expecting, choices=())  # a number answers only choices that were numbered
    if pending and pending.kind in SAID_BACK:
        asked = step.expecting()
        value = cast(Value | None, pending.data.get("value"))
        expecting = replace(expecting, said_back=value, about=asked.kind, choices=asked.answers)
        question = step.prompt
    today = "" if at is None else datetime.fromtimestamp(at, UTC).date().isoformat()
    return replace(expecting, question=question, topic=session.topic or "", today=today)
