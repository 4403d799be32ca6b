"""An engine that hangs, in whatever it is doing: nobody waits long, and no thread is missed for long."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from tests.speech.room import RecordedTurns, Room, ScriptedRecognizer, silence
from voicebot.dialogue.meaning import Expecting
from voicebot.pools import Pool
from voicebot.sound import Speech
from voicebot.speech import conversation, recognition_task, turn
from voicebot.speech.audio import Pcm
from voicebot.speech.stt.recognizer import Transcript
from voicebot.speech.tts.pico import Pico
from voicebot.speech.turn import Spoken

#: What a caller bears before they hear a sentence.
SOON_S = 3.0
QUESTION = Spoken((Speech("une question"),), Expecting("yes_no"), ("oui", "non"), 6.0)


@pytest.fixture(scope="module")
def oui() -> Pcm:
    return Pico().speak("oui, tout à fait", "normal")


def entered(turns: RecordedTurns, **recognizer: object) -> Room:
    """A room whose recognizer is waited for a moment only."""
    room = Room(ScriptedRecognizer(("oui",), **recognizer), turns, patience_s=0.02)  # type: ignore[arg-type]
    room.conversation.begin(QUESTION)
    return room


def test_what_is_waited_for_leaves_time_for_the_sentence() -> None:
    assert turn.PATIENCE_S + turn._FOR_THE_REST_S < SOON_S


@pytest.mark.parametrize("method", ["accept", "finish"])
async def test_a_recognizer_that_hangs_is_given_up(oui: Pcm, let_go: threading.Event, method: str) -> None:
    room = entered(RecordedTurns(QUESTION), hangs_in=method, let_go=let_go)
    try:
        await room.prompt_over()
        await room.hear(silence(0.5), oui, silence(1.0))
        await until(lambda: ("lost", "") in room.turns.happened)
        await room.hear(silence(1.5))
        assert room.turns.happened == [("held on", ""), ("lost", "")]
        assert room.conversation.over
        assert recognition_task.HEARING.stuck == 1
    finally:
        await room.conversation.close()
    (stream,) = room.recognizer.streams
    assert not stream.closed, "a thread is still in it"
    let_go.set()
    await until(lambda: stream.closed and recognition_task.HEARING.stuck == 0)


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A recognizer is never given up."""
    monkeypatch.setattr(conversation, "_BUSY_OR_LOST", 10_000.0)


@pytest.mark.usefixtures("endless")
async def test_a_recognizer_that_is_only_busy_is_waited_for(oui: Pcm, let_go: threading.Event) -> None:
    """Who cannot read keys had rather hear "un instant" than be sent to them."""
    room = entered(RecordedTurns(QUESTION), hangs_in="finish", let_go=let_go)
    await room.prompt_over()
    await room.hear(silence(0.5), oui, silence(1.0))
    await until(lambda: room.turns.happened == [("held on", "")])
    await room.hear(silence(0.5))
    said = len(room.sent)
    assert said, "the caller hears that we are at it"
    let_go.set()
    await room.hear(silence(3.0))
    assert room.turns.happened == [("held on", ""), ("heard", "oui")]
    assert len(room.sent) == 2 * 50 * room.prompt_s, "one sentence after the other, none cut short"
    assert [name for _, name in room.marks] == ["listen"], "they are to answer the second one only"
    assert not room.conversation.over
    await room.conversation.close()


@pytest.mark.usefixtures("endless")
async def test_who_waited_for_nothing_is_asked_again(oui: Pcm, let_go: threading.Event) -> None:
    room = entered(RecordedTurns(QUESTION), hangs_in="finish", let_go=let_go)
    room.recognizer.texts = ("",)
    await room.prompt_over()
    await room.hear(silence(0.5), oui, silence(1.0))
    await until(lambda: room.turns.happened == [("held on", "")])
    let_go.set()
    await room.hear(silence(3.0))
    assert [name for _, name in room.marks] == ["listen"]
    assert len(room.sent) == 2 * 50 * room.prompt_s
    await room.conversation.close()


@pytest.mark.usefixtures("endless")
async def test_a_key_counts_while_the_recognizer_is_busy(oui: Pcm, let_go: threading.Event) -> None:
    room = entered(RecordedTurns(QUESTION), hangs_in="finish", let_go=let_go)
    await room.prompt_over()
    await room.hear(silence(0.5), oui, silence(1.0))
    await until(lambda: room.turns.happened == [("held on", "")])
    await room.conversation.press("1")
    await room.hear(silence(0.5))
    assert room.turns.happened == [("held on", ""), ("pressed", "1")]
    (stream,) = room.recognizer.streams
    let_go.set()
    await until(lambda: stream.closed)
    await room.hear(silence(2.0))
    assert room.turns.happened == [("held on", ""), ("pressed", "1")], "what was said before is forgotten"
    await room.conversation.close()


async def until(done: Callable[[], bool]) -> None:
    """Threads tell nobody when they are done."""
    async with asyncio.timeout(5):
        while not done():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def test_a_dialogue_that_hangs_says_a_sentence_and_leaves(
    oui: Pcm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "_FOR_THE_REST_S", 0.05)

    class Stuck(RecordedTurns):
        async def hear(self, transcript: Transcript) -> Spoken:
            return await asyncio.Future()

    room = entered(Stuck(QUESTION))
    await room.prompt_over()
    await room.hear(silence(0.5), oui, silence(1.0))
    assert room.turns.happened == [("failed", "")]
    await room.hear(silence(1.5))
    assert room.conversation.over
    await room.conversation.close()


async def test_an_engine_that_hangs_again_and_again_is_not_asked_any_more(let_go: threading.Event) -> None:
    assert not recognition_task.is_deaf()
    for _ in range(4):
        stream = ScriptedRecognizer(("oui",), hangs_in="finish", let_go=let_go)
        hearing = recognition_task.RecognitionTask(stream.start(conversation.Expected()))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await hearing.finish()
    assert recognition_task.is_deaf()
    let_go.set()
    await until(lambda: not recognition_task.is_deaf())


async def test_what_hangs_in_one_pool_takes_no_thread_of_another(let_go: threading.Event) -> None:
    one, other = Pool("one", 2), Pool("other", 2)
    hanging = [asyncio.create_task(one.run(let_go.wait)) for _ in range(8)]
    async with asyncio.timeout(5):
        assert await other.run(lambda: "done") == "done"
    let_go.set()
    assert await asyncio.gather(*hanging) == [True] * 8


async def test_work_that_had_not_begun_is_not_stuck(let_go: threading.Event) -> None:
    pool = Pool("one", 1)
    first = asyncio.create_task(pool.run(let_go.wait))
    second = asyncio.create_task(pool.run(let_go.wait))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait([second])
    assert pool.stuck == 0
    let_go.set()
    assert await first
