"""One step of a conversation with all it looks up, and nothing stored: what turns and trials share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from voicebot.content.editions import Edition
from voicebot.dialogue import step
from voicebot.dialogue.action import Action, LookUp
from voicebot.dialogue.commands import AT_A_TIME
from voicebot.dialogue.event import Event, LookedUp
from voicebot.dialogue.flow import Flows
from voicebot.dialogue.meaning import Meaning, Value
from voicebot.dialogue.session import Session
from voicebot.dialogue.waiting import waiting_for
from voicebot.nlu.moments import Moments

#: The slot in which a lookup finds the time of the turn, in Unix seconds.
NOW: Final = "now"
_LONGEST_LOOKUPS: Final = 5
_moments = cache(Moments.load)
Lookup = Callable[[Mapping[str, Value]], Awaitable[Mapping[str, Value]]]


async def advance(
    flows: Flows, lookups: Mapping[str, Lookup], session: Session, event: Event
) -> tuple[Session, tuple[Action, ...]]:
    """Take the step and every lookup it asks for."""
    session, actions = step(session, event, flows)
    for round_ in range(_LONGEST_LOOKUPS):
        asked = actions[-1] if actions else None
        if not isinstance(asked, LookUp):
            break
        # During practice a lookup is not told about the person, so that it can leave nothing behind.
        person = "" if session.practice else session.person
        asker = {"person": person, "channel": session.channel}
        answer = await _look_up(lookups, asked, asker, f"{event.id}:{round_}", event.at)
        session, more = step(session, answer, flows)
        actions = actions[:-1] + more
    return session, actions


def understood(
    edition: Edition, session: Session, text: str, at: float, others: Sequence[str] = ()
) -> Meaning:
    """What `text`, or possibly one of `others`, means to `session`, also at a question not yet asked."""
    words = edition.understanding
    meaning: Meaning = words.interpret(text, waiting_for(edition.flows, session, at), session.channel, others)
    return replace(meaning, ahead=meaning.ahead or _ahead(edition, meaning))


def _ahead(edition: Edition, meaning: Meaning) -> Value | None:
    """What the words that name a procedure answer at its first question, if that is a choice or a moment."""
    if meaning.intent in AT_A_TIME and meaning.value is None:
        return _moments().wished(meaning.text)
    start = edition.flows.start(meaning.intent) if meaning.value is None else None
    first = edition.flows.step(start) if start else None
    choices = (*first.choices, *first.unlisted) if first else ()
    words = edition.understanding
    return words.answered_ahead(meaning.text, meaning.intent, choices) if choices else None


async def _look_up(
    lookups: Mapping[str, Lookup], asked: LookUp, asker: Mapping[str, str], event_id: str, at: float
) -> LookedUp:
    lookup = lookups.get(asked.name)
    if lookup is None:
        return LookedUp(event_id, at, asked.name, failed=True)
    try:
        return LookedUp(event_id, at, asked.name, dict(await lookup({**asked.slots, **asker, NOW: at})))
    except Exception:  # a lookup may be anything, and the caller must still hear a sentence
        return LookedUp(event_id, at, asked.name, failed=True)
