"""Records are read back as they were written, and those of older versions too."""

from __future__ import annotations

import json

from voicebot.dialogue.session import Place
from voicebot.records import CallBackOrder, Record, RingOrder, TextOrder, TicketRequest, TurnRecord

TURN = TurnRecord(
    turn=3,
    at=12.5,
    event="Heard",
    channel="voice",
    status="open",
    heard="oui",
    value="yes",
    certainty="sure",
    asked=Place("carte_vitale", "papiers", "rib.explication"),
    place=Place("rsa", "age"),
    prompt="rsa.age",
)
ORDERS = (
    TicketRequest(
        person="p1", reason="asked", place=Place("rsa", "age"), slots={"age": 61}, missing=("rib",)
    ),
    TextOrder(person="p1", topic="rsa", notes=("rsa.note_caf",), slots={"textable": "yes"}),
    CallBackOrder(person="p1"),
    RingOrder(person="p1", ticket="t1", mediator="ada"),
)


def test_a_turn_comes_back_with_the_place_of_its_question() -> None:
    assert TurnRecord.of(json.loads(json.dumps(TURN.plain()))) == TURN


def test_every_order_comes_back() -> None:
    for order in ORDERS:
        record = Record("CA1:3", 5.0, order)
        assert Record.of(json.loads(json.dumps(record.plain()))) == record


def test_a_turn_written_before_places_had_their_flow_is_still_read() -> None:
    old = {
        "turn": 2, "at": 7.0, "event": "Heard", "channel": "sms", "heard": "61", "confidence": 1.0,
        "intent": "aucun", "value": "61", "certainty": "sure",
        "asked": "age", "flow": "rsa", "step": "france", "pending": None,
        "prompt": "rsa.france", "text": "Vivez-vous en France ?", "status": "open",
        "result": None, "ticket": None, "sms": None,
    }  # fmt: skip
    turn = TurnRecord.of(old)
    assert (turn.asked, turn.flow, turn.step) == (Place("rsa", "age"), "rsa", "france")


def test_a_ticket_request_written_before_it_had_a_version_is_still_read() -> None:
    old = {
        "kind": "ticket", "id": "CA1:4", "at": 9.0, "reason": "danger", "priority": "danger",
        "topic": "urgence", "place": ["rsa", "age"], "answered": 2, "person": "p1", "session": "CA1",
        "channel": "voice", "slots": {"age": 61}, "missing": ["rib"],
    }  # fmt: skip
    record = Record.of(old)
    assert isinstance(record.order, TicketRequest)
    assert (record.id, record.order.place, record.order.missing) == ("CA1:4", Place("rsa", "age"), ("rib",))


def test_what_a_later_version_adds_is_left_out() -> None:
    plain = Record("m1", 1.0, TextOrder(person="p1", text="Bonjour.")).plain()
    assert Record.of({**plain, "version": 9, "pictures": 2}).order == TextOrder(person="p1", text="Bonjour.")


def test_the_line_for_whoever_watches_names_flow_and_step() -> None:
    line = TURN.shown()
    assert (line["flow"], line["step"], line["asked"]) == ("rsa", "age", "carte_vitale.papiers")
