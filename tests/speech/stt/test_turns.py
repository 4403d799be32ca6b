"""Who waits for an answer comes first; guesses are made only where there is room."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from voicebot.speech.stt.turns import EngineSlots, cores


def test_a_guess_is_made_where_nobody_is() -> None:
    turns = EngineSlots(1)
    with turns.ahead() as first, turns, turns.ahead() as second:
        assert (first, second) == (True, False)
    with turns.ahead() as again:
        assert again


def test_a_guess_that_is_not_begun_yet_takes_its_room_too() -> None:
    turns = EngineSlots(1)
    with turns.ahead() as first, turns.ahead() as second:
        assert (first, second) == (True, False)


def test_there_is_room_beside_one_where_two_fit() -> None:
    turns = EngineSlots(2)
    with turns.ahead() as guess, turns:
        assert guess
        with turns.ahead() as beside:
            assert beside
        with turns, turns.ahead() as third:
            assert not third


def test_while_somebody_waits_nobody_guesses_and_all_get_their_turn() -> None:
    turns, inside, leave, waits = EngineSlots(1), Event(), Event(), Event()

    def hold() -> bool:
        with turns:
            inside.set()
            return leave.wait(5)

    def follow() -> bool:
        waits.set()
        with turns, turns.ahead() as guess:
            return guess

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(hold)
        assert inside.wait(5)
        second = pool.submit(follow)
        assert waits.wait(5)
        with turns.ahead() as guess:
            assert not guess
        assert not second.done()
        leave.set()
        assert first.result(5)
        assert not second.result(5)


def test_an_error_gives_the_turn_back() -> None:
    turns = EngineSlots(1)
    for _ in range(3):
        try:
            with turns.ahead(), turns:
                raise OSError
        except OSError:
            pass
    with turns.ahead() as guess:
        assert guess


def test_there_is_at_least_one_core() -> None:
    assert cores() >= 1
