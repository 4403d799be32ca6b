"""Who names a need hears something useful within three answers; in danger, fraud or loss, at once."""

from __future__ import annotations

import pytest

from voicebot.dialogue.flow import Flows
from voicebot.dialogue.session import Place
from voicebot.flows.graph import exits
from voicebot.nlu import vocabulary
from voicebot.packaged import NLU

#: The answers that a caller gives at most before the first thing worth knowing, once the need is named.
MOST = 3
#: Procedures begun in danger, or by somebody who is being robbed: they begin with what to do.
AT_ONCE = ("urgence", "arnaque", "hebergement_urgence")
#: What is said only to lead on.
_LEADING = frozenset({"common.guide"})
#: Ways out that no plain answer takes.
_ASIDE = frozenset({"unknown", "unanswered", "other", "sms"})
_ASKING = frozenset({"ask", "choose", "confirm"})


def longest_wait(flows: Flows, place: Place, answered: frozenset[str] = frozenset(), passed: int = 0) -> int:
    """The questions on the longest way from `place` to the first thing worth knowing.

    A question in two parts, a group and then the one meant, is one question.
    """
    step = flows.step(place)
    if passed > len(flows.by_name[place.flow].steps) or step.kind in ("documents", "handoff", "end"):
        return 0
    if step.kind == "say" and step.prompt not in _LEADING:
        return 0
    asked = frozenset({step.slot or step.name}) if step.kind in _ASKING else frozenset()
    ways = {way.to for way in exits(step, {}) if way.name not in _ASIDE and flows.has(way.to)}
    onward = [longest_wait(flows, to, answered | asked, passed + 1) for to in ways]
    return len(asked - answered) + max(onward, default=0)


def procedures(flows: Flows) -> list[str]:
    named = {intent.intent for intent in vocabulary.read(NLU).intents}
    return sorted(name for name in flows.by_name if name in named)


def test_every_procedure_says_something_useful_within_three_answers(flows: Flows) -> None:
    waits = {name: longest_wait(flows, Place(name, flows.by_name[name].start)) for name in procedures(flows)}

    assert len(waits) >= 34
    print("\n".join(f"{wait} {name}" for name, wait in sorted(waits.items(), key=lambda each: -each[1])))
    assert {name: wait for name, wait in waits.items() if wait > MOST} == {}


@pytest.mark.parametrize("name", AT_ONCE)
def test_in_danger_or_fraud_the_first_reply_says_what_to_do(flows: Flows, name: str) -> None:
    assert longest_wait(flows, Place(name, flows.by_name[name].start)) == 0


@pytest.mark.parametrize("choice", ["perdue", "volee"])
def test_whoever_lost_a_card_is_told_what_to_do_in_the_first_reply(flows: Flows, choice: str) -> None:
    """The need itself says what happened, so that the first question is already answered."""
    step = flows.step(Place("carte_vitale", flows.by_name["carte_vitale"].start))
    to = step.next({step.slot or "": choice})

    assert to is not None
    assert longest_wait(flows, to) == 0
