"""How fast a simulated call goes: never faster than what is being measured."""

from __future__ import annotations

import pytest

from voicebot.simulator.clock import CALLER_TICK_S, ENOUGH_FRAMES, TICK_S, Clock


@pytest.mark.parametrize(
    ("frames_waiting", "talks", "silent", "interval_s"),
    [
        pytest.param(0, False, False, TICK_S, id="waiting for an answer"),
        pytest.param(1, False, False, TICK_S, id="the prompt is about to come"),
        pytest.param(ENOUGH_FRAMES, False, False, 0.0, id="listening to a prompt"),
        pytest.param(0, True, False, CALLER_TICK_S, id="speaking"),
        pytest.param(ENOUGH_FRAMES, True, False, TICK_S, id="speaking over a prompt"),
        pytest.param(0, False, True, CALLER_TICK_S, id="saying nothing on purpose"),
        pytest.param(1, False, True, TICK_S, id="saying nothing while the prompt is about to come"),
        pytest.param(ENOUGH_FRAMES, False, True, 0.0, id="saying nothing while a prompt is heard"),
    ],
)
def test_a_tick_in_fast_mode(frames_waiting: int, talks: bool, silent: bool, interval_s: float) -> None:
    assert Clock("fast").stream_interval(frames_waiting, talks, silent) == interval_s


@pytest.mark.parametrize("talks", [True, False])
def test_in_real_time_every_tick_lasts_as_long_as_its_sound(talks: bool) -> None:
    for frames_waiting in (0, 1, ENOUGH_FRAMES):
        assert Clock("real_time").stream_interval(frames_waiting, talks, not talks) == TICK_S
