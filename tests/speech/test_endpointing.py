"""When a turn is over: sequences of windows, no clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.dialogue.meaning import KINDS
from voicebot.speech.endpointing import Endpointer, Progress, Signal, patience

WINDOW_S = 0.032


def listen(ear: Endpointer, *parts: tuple[float, float]) -> list[tuple[Signal, float]]:
    """Feed (probability, seconds) parts; every signal with the audio time at which it came."""
    signals, now = [], 0.0
    for probability, seconds in parts:
        for _ in range(round(seconds / WINDOW_S)):
            now += WINDOW_S
            signal = ear.hear(probability, WINDOW_S)
            if signal:
                signals.append((signal, round(now, 2)))
    return signals


def names(signals: list[tuple[Signal, float]]) -> list[Signal]:
    return [name for name, _ in signals]


def test_an_answer_starts_pauses_and_ends() -> None:
    heard = listen(Endpointer("yes_no", 8), (0.0, 1.0), (0.9, 0.5), (0.0, 1.0))
    assert names(heard)[:3] == ["started", "paused", "ended"]
    assert heard[2][1] == pytest.approx(1.5 + 0.7, abs=0.07)


def test_a_click_is_no_speech() -> None:
    assert listen(Endpointer("yes_no", 8), (0.0, 1.0), (0.9, 0.064), (0.0, 1.0)) == []


def test_a_complete_answer_ends_soon() -> None:
    ear = Endpointer("yes_no", 8)
    listen(ear, (0.9, 0.5))
    ear.progress = "complete"
    heard = listen(ear, (0.0, 0.3))
    assert heard[-1][0] == "ended"
    assert heard[-1][1] <= 0.24


@pytest.mark.parametrize("kind", KINDS)
def test_hesitation_is_given_more_time_than_a_finished_answer(kind: str) -> None:
    asked = patience(kind)
    assert asked.complete < asked.open < asked.hesitating


def test_two_words_with_a_long_hesitation_are_one_answer() -> None:
    ear = Endpointer("intent", 8)
    first = listen(ear, (0.9, 0.4), (0.0, 0.3))
    ear.progress = "hesitating"
    rest = listen(ear, (0.0, 1.2), (0.9, 0.5))
    ear.progress = "open"
    rest += listen(ear, (0.0, 1.2))
    assert names(first) == ["started", "paused"]
    assert names(rest) == ["paused", "ended"]


def test_digits_get_longer_pauses_than_yes_or_no() -> None:
    assert patience("phone").open > patience("postal_code").open > patience("yes_no").open


def test_silence_times_out_once_the_time_is_up() -> None:
    heard = listen(Endpointer("yes_no", 2.0), (0.0, 2.05))
    assert names(heard) == ["timeout"]
    assert heard[0][1] == pytest.approx(2.0, abs=0.05)


def test_who_has_begun_to_speak_is_not_timed_out() -> None:
    assert names(listen(Endpointer("intent", 1.0), (0.0, 0.8), (0.9, 3.0))) == ["started"]


def test_endless_sound_ends_the_turn() -> None:
    assert names(listen(Endpointer("intent", 8), (0.9, 21.0)))[:2] == ["started", "ended"]


def test_a_dismissed_noise_does_not_stop_the_waiting() -> None:
    ear = Endpointer("yes_no", 3.0)
    listen(ear, (0.0, 1.0), (0.9, 0.3), (0.0, 0.8))
    ear.dismiss()
    heard = listen(ear, (0.0, 2.0))
    assert names(heard) == ["timeout"]
    assert heard[0][1] < 2.0


def test_who_was_not_understood_is_asked_again_before_a_long_wait_is_over() -> None:
    ear = Endpointer("more", 22.5)
    listen(ear, (0.0, 1.0), (0.9, 0.6), (0.0, 0.8))
    ear.dismiss()
    heard = listen(ear, (0.0, 8.0))
    assert names(heard) == ["timeout"]
    assert 4.5 < heard[0][1] < 5.5


@given(
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from(["complete", "open", "hesitating"])), max_size=800)
)
def test_signals_alternate_whatever_comes(windows: list[tuple[float, Progress]]) -> None:
    ear, seen = Endpointer("age", 5.0), []
    for probability, progress in windows:
        ear.progress = progress
        signal = ear.hear(probability, WINDOW_S)
        if signal:
            seen.append(signal)
        if signal in ("ended", "timeout"):
            break
    assert seen.count("started") <= 1
    assert "ended" not in seen or seen[0] == "started"
    assert "timeout" not in seen or seen == ["timeout"]
