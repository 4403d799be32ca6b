"""What a conversation adds to the figures."""

from __future__ import annotations

from collections import Counter

from voicebot.app import FLOWS
from voicebot.dialogue import step
from voicebot.dialogue.event import Event, Heard, HungUp, LookedUp, Started, StayedSilent
from voicebot.dialogue.flow import Flows
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.session import Session
from voicebot.flows.load import load_flows
from voicebot.turns.counters import turn_counters

FLOWS_READ = load_flows(FLOWS)


def counted(*events: Event, flows: Flows = FLOWS_READ) -> Counter[str]:
    session, counts = Session("CA1", "someone"), Counter[str]()
    for event in events:
        after, actions = step(session, event, flows)
        counts.update(turn_counters(session, event, after, actions))
        session = after
    return counts


def heard(number: int, **meaning: object) -> Heard:
    return Heard(f"e{number}", float(number), Meaning("", **meaning))  # type: ignore[arg-type]


def test_who_calls_about_the_rsa_and_hangs_up_is_counted_where_they_left() -> None:
    counts = counted(
        Started("e0", 0.0, "voice", True),
        heard(1, intent="rsa", certainty="sure"),
        heard(2, value="demande", certainty="sure"),
        StayedSilent("e3", 3.0),
        heard(4, value=61, certainty="sure"),
        HungUp("e5", 5.0),
    )
    asked = ("accueil.question", "rsa.besoin", "rsa.age")
    reached = {f"reached:{step}": 1 for step in (*asked, "rsa.france")}
    told = {"calls": 1, "topic:rsa": 1, "understood": 3, "silent": 1, "left:rsa.france": 1}
    told |= {f"clear:{step}": 1 for step in asked}
    assert counts == Counter({**told, **reached})


def test_who_texts_and_asks_for_a_person() -> None:
    counts = counted(
        Started("e0", 0.0, "sms", True),
        heard(1, intent="conseiller", certainty="sure"),
        LookedUp("e2", 2.0, "permanence", {"permanence": "message"}),
    )
    assert counts["texts"] == 1
    assert counts["calls"] == 0
    assert not any(name.startswith("handoff") for name in counts), "counted where the ticket is opened"


def test_who_chooses_a_moment_is_given_to_a_person_once() -> None:
    times = {"rappel_at": 9.0, "rappel_jour": "2026-03-03", "rappel_de": 9.0, "rappel_a": 12.0}
    counts = counted(
        Started("e0", 0.0, "keypad", True),
        heard(1, intent="conseiller", certainty="sure"),
        LookedUp("e2", 2.0, "permanence", {"permanence": "call_back"}),
        LookedUp("e3", 3.0, "call_back_moments", {"moments": "this_morning", "rappel": "this_morning"}),
        heard(4, value="this_morning", certainty="sure"),
        LookedUp("e5", 5.0, "call_back_time", times),
    )
    assert (counts["planned"], counts["ended:done"]) == (1, 1)


def test_what_fits_nothing_is_counted_as_misunderstood() -> None:
    counts = counted(Started("e0", 0.0, "voice", True), heard(1))
    assert counts["misunderstood"] == 1
    assert counts["unclear:accueil.question"] == 1


def test_names_hold_nothing_that_was_said() -> None:
    said = Meaning("je m'appelle Jeanne 0612345678", certainty="unsure")
    counts = counted(Started("e0", 0.0, "voice", True), Heard("e1", 1.0, said))
    assert not any("Jeanne" in name or "06" in name for name in counts)
