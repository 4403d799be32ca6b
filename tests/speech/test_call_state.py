"""The states of a call: the table is whole, its drawing is in the docs, and no call ever leaves it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.speech.room import RecordedTurns, Room, ScriptedRecognizer, cough, noise, silence
from voicebot.dialogue.meaning import Expecting
from voicebot.sound import Speech
from voicebot.speech.call_state import NEXT, CallEvent, CallState, after, mermaid
from voicebot.speech.tts.pico import Pico
from voicebot.speech.turn import Spoken

ARCHITECTURE = Path(__file__).parents[2] / "docs" / "architecture.md"


def test_every_state_is_reached_and_left_and_every_event_happens() -> None:
    states, events = set(get_args(CallState)), set(get_args(CallEvent))
    assert set(NEXT) == states
    assert {to for ways in NEXT.values() for to in ways.values()} == states - {"greeting"}
    assert {event for ways in NEXT.values() for event in ways} == events
    assert [state for state, ways in NEXT.items() if not ways] == ["leaving"]


def test_what_cannot_happen_is_refused_with_what_can() -> None:
    with pytest.raises(
        ValueError, match="expected one of replied, repeated, ignored while thinking, got heard"
    ):
        after("thinking", "heard")


def test_the_docs_show_the_table() -> None:
    assert "\n".join(mermaid()) in ARCHITECTURE.read_text()


ANSWER = Pico().speak("oui, tout à fait", "normal")
DEEDS = st.sampled_from(("answer", "cough", "noise", "pause", "silence", "1", "#", "typed", "farewell"))


@settings(max_examples=40, deadline=None)
@given(st.lists(DEEDS, max_size=7), st.booleans(), st.booleans())
def test_whatever_a_caller_does_the_call_stays_within_the_table(
    deeds: Sequence[str], breaks: bool, understood: bool
) -> None:
    asyncio.run(call(deeds, breaks, understood))


async def call(deeds: Sequence[str], breaks: bool, understood: bool) -> None:
    """`breaks`: the recognizer crashes; `understood`: else it finds no words."""
    question = Spoken((Speech("une question"),), Expecting("yes_no"), ("oui", "non"), 2.0)
    recognizer = ScriptedRecognizer(["oui" if understood else ""] * 9, crashes=breaks)
    room = Room(recognizer, RecordedTurns(question))
    room.conversation.begin(question)
    try:
        for deed in deeds:
            await do(room, deed)
        await room.hear(silence(1.0))
        if "farewell" in deeds and room.conversation.over:
            assert room.marks[-1][1] == "leave"
    finally:
        await room.conversation.close()


async def do(room: Room, deed: str) -> None:
    if deed == "typed":
        room.conversation.read("oui")
    elif deed == "farewell":
        room.turns.reply = Spoken((Speech("au revoir"),), leaves=True)
    elif deed in "1#":
        await room.conversation.press(deed)
    else:
        sounds = {"answer": ANSWER, "cough": cough(), "noise": noise(0.4), "pause": silence(0.3)}
        await room.hear(sounds.get(deed, silence(2.5)))
