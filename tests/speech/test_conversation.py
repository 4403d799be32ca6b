"""Turn-taking with real sound and real voice activity; what is recognized is scripted."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable

import numpy as np
import pytest

from tests.speech.room import (
    RATE_HZ,
    RecordedTurns,
    Room,
    ScriptedRecognizer,
    cough,
    music,
    noise,
    silence,
)
from voicebot.dialogue.meaning import Expecting
from voicebot.sound import Speech
from voicebot.speech.audio import Pcm
from voicebot.speech.tts.pico import Pico
from voicebot.speech.turn import Spoken

Enter = Callable[..., Room]


def question(kind: str = "yes_no", timeout_s: float = 6.0) -> Spoken:
    return Spoken((Speech("une question"),), Expecting(kind), ("oui", "non"), timeout_s)


@pytest.fixture(scope="module")
def oui() -> Pcm:
    """A person says "oui, tout à fait" in a synthetic voice."""
    return Pico().speak("oui, tout à fait", "normal")


@pytest.fixture
async def enter() -> AsyncIterator[Enter]:
    rooms: list[Room] = []

    def make(*texts: str, kind: str = "yes_no", **more: object) -> Room:
        recognizer = ScriptedRecognizer(texts or ("oui",), **more)  # type: ignore[arg-type]
        room = Room(recognizer, RecordedTurns(question(kind)))
        room.conversation.begin(question(kind))
        rooms.append(room)
        return room

    yield make
    for room in rooms:
        await room.conversation.close()


async def test_the_prompt_is_heard_and_then_it_listens(enter: Enter) -> None:
    room = enter()
    await room.hear(silence(2.0))
    assert len(room.sent) == 50
    assert [name for _, name in room.marks] == ["listen"]
    assert room.turns.happened == []


async def test_an_answer_is_heard_and_replied_to(enter: Enter, oui: Pcm) -> None:
    room = enter()
    await room.prompt_over()
    await room.hear(silence(0.5), oui, silence(1.5))
    assert room.turns.happened == [("heard", "oui")]
    assert room.recognizer.expected[0].phrases == ("oui", "non")
    assert room.recognizer.expected[0].closed
    assert [timing.kind for timing in room.turns.timings] == ["yes_no"]
    assert room.turns.timings[0].endpointing == pytest.approx(0.7, abs=0.04)


async def test_the_recognizer_gets_the_sound_from_before_speech_was_noticed(enter: Enter, oui: Pcm) -> None:
    room = enter()
    await room.prompt_over()
    await room.hear(silence(0.6), oui, silence(1.5))
    heard_s = sum(map(len, room.recognizer.streams[0].heard)) / 16000
    assert heard_s > len(oui) / RATE_HZ


async def test_a_complete_answer_is_replied_to_within_300_ms(enter: Enter, oui: Pcm) -> None:
    room = enter(partial_after_s=0.1)
    room.turns.progress = "complete"
    await room.prompt_over()
    await room.hear(silence(0.5), oui)
    ended = room.now_s
    await room.hear(silence(1.0))
    assert room.first_sound_after(ended) - ended <= 0.42


async def test_an_engine_that_is_busy_is_asked_again_while_the_person_pauses(enter: Enter, oui: Pcm) -> None:
    room = enter(busy_peeks=4)
    room.turns.progress = "complete"
    await room.prompt_over()
    await room.hear(silence(0.5), oui, silence(1.0))
    assert room.turns.happened[0] == ("heard", "oui")
    assert room.turns.timings[0].endpointing < 0.5
    assert room.recognizer.streams[0].peeks >= 5


async def test_an_engine_that_stays_busy_costs_the_longer_wait_and_no_more(enter: Enter, oui: Pcm) -> None:
    room = enter(busy_peeks=1000)
    room.turns.progress = "complete"
    await room.prompt_over()
    await room.hear(silence(0.5), oui, silence(1.0))
    assert room.turns.happened == [("heard", "oui")]
    assert room.turns.timings[0].endpointing == pytest.approx(0.7, abs=0.04)
    asked = room.recognizer.streams[0].peeks
    await room.hear(silence(0.5))
    assert room.recognizer.streams[0].peeks == asked


async def test_what_was_looked_up_in_a_pause_is_no_answer_to_who_speaks_on(
    enter: Enter, let_go: threading.Event
) -> None:
    """A slow engine tells "oui" of the first pause while the person says "… mais non"."""
    word = Pico().speak("maintenant", "normal")
    room = enter(hangs_in="peek", let_go=let_go)
    room.patience_s = 0.01
    room.turns.progress = "complete"
    await room.prompt_over()
    await room.hear(silence(0.5), word, silence(0.25), word)
    let_go.set()
    await room.hear(word)
    assert room.recognizer.streams[0].peeks == 1
    assert room.turns.judged == 0
    await room.hear(silence(1.0))
    assert room.recognizer.streams[0].peeks == 2
    assert room.turns.happened == [("heard", "oui")]
    assert room.turns.timings[0].endpointing < 0.3


async def test_an_unfinished_answer_is_waited_for(enter: Enter, oui: Pcm) -> None:
    room = enter()
    room.turns.progress = "hesitating"
    await room.prompt_over()
    await room.hear(silence(0.3), oui, silence(1.2), oui, silence(2.5))
    assert room.turns.happened == [("heard", "oui")]
    assert len(room.recognizer.streams) == 1


async def test_speaking_over_the_prompt_stops_it_within_200_ms(enter: Enter, oui: Pcm) -> None:
    room = enter()
    room.prompt_s = 8.0
    await room.hear(silence(1.0))
    began = room.now_s
    await room.hear(oui)
    assert room.cleared
    onset = began + np.argmax(np.abs(oui) > 500) / RATE_HZ
    assert room.cleared[0] - onset <= 0.36
    assert not [at for at, _ in room.sent if at > room.cleared[0]]
    await room.hear(silence(1.5))
    assert room.turns.happened == [("heard", "oui")]


async def test_a_cough_does_not_stop_the_prompt(enter: Enter) -> None:
    room = enter()
    room.prompt_s = 3.0
    await room.hear(silence(1.0), cough(), silence(3.0))
    assert room.cleared == []
    assert len(room.sent) == 150


async def test_a_noise_that_stopped_us_is_no_answer_and_the_prompt_comes_again(
    enter: Enter, oui: Pcm
) -> None:
    room = enter("")
    room.prompt_s = 2.0
    await room.hear(silence(0.5), oui, silence(4.0))
    assert room.cleared
    assert room.turns.happened == []
    assert [name for _, name in room.marks] == ["listen"]


@pytest.mark.parametrize("sound", [noise(2.0), silence(2.0), cough()], ids=["noise", "silence", "cough"])
async def test_what_is_no_speech_is_no_answer_and_silence_is_told_in_time(enter: Enter, sound: Pcm) -> None:
    room = enter("")
    await room.prompt_over()
    began = room.now_s
    await room.hear(silence(0.5), sound, silence(6.5 - len(sound) / RATE_HZ))
    assert room.turns.happened == [("silent", "")]
    assert room.now_s - began == pytest.approx(7.0, abs=0.1)


async def test_music_without_words_is_no_answer(enter: Enter) -> None:
    room = enter("")
    await room.prompt_over()
    await room.hear(music(3.0), silence(8.0))
    assert [what for what, _ in room.turns.happened] == ["silent"]


async def test_minutes_of_silence_are_many_silent_turns_and_nothing_else(enter: Enter) -> None:
    room = enter()
    room.turns.reply = question(timeout_s=10.0)
    await room.hear(silence(100.0))
    assert {what for what, _ in room.turns.happened} == {"silent"}
    assert 9 <= len(room.turns.happened) <= 11


async def test_a_key_answers_at_once_and_stops_the_prompt(enter: Enter) -> None:
    room = enter()
    await room.hear(silence(0.4))
    await room.conversation.press("1")
    await room.hear(silence(0.1))
    assert room.turns.happened == [("pressed", "1")]
    assert room.cleared


async def test_digits_gather_until_the_hash_or_a_pause(enter: Enter) -> None:
    room = enter(kind="age")
    await room.prompt_over()
    for key in "30#":
        await room.conversation.press(key)
        await room.hear(silence(0.3))
    await room.prompt_over()
    for key in "42":
        await room.conversation.press(key)
        await room.hear(silence(0.3))
    await room.hear(silence(3.0))
    assert room.turns.happened == [("pressed", "30#"), ("pressed", "42")]


async def test_a_broken_recognizer_leaves_the_stream_for_the_keypad(enter: Enter, oui: Pcm) -> None:
    room = enter(broken=True)
    await room.prompt_over()
    await room.hear(silence(0.5), oui, silence(1.0))
    assert room.turns.happened == [("lost", "")]
    assert room.conversation.over
    assert room.marks[-1][1] == "leave"


async def test_the_last_words_are_said_to_the_end(enter: Enter) -> None:
    room = enter()
    room.turns.reply = Spoken((Speech("au revoir"),), leaves=True)
    await room.prompt_over()
    await room.conversation.press("1")
    await room.hear(silence(0.5))
    assert not room.conversation.over
    await room.hear(silence(1.0))
    assert room.conversation.over
    assert len(room.sent) == 50
    assert [name for _, name in room.marks] == ["leave"]


async def test_what_is_written_stops_the_prompt_and_is_the_answer(enter: Enter) -> None:
    room = enter()
    await room.hear(silence(0.3))
    room.conversation.read("trente ans")
    await room.hear(silence(0.2))
    assert room.turns.happened == [("heard", "trente ans")]
    assert len(room.cleared) == 1


async def test_what_is_written_waits_for_the_answer_before(enter: Enter) -> None:
    room = enter()
    await room.prompt_over()
    room.conversation.read("oui")
    room.conversation.read("non")
    await room.hear(silence(0.2))
    assert room.turns.happened == [("heard", "oui"), ("heard", "non")]
