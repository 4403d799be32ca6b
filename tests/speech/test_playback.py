"""Speaking frame by frame, at the pace of what comes in."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from voicebot.sound import Audio, Pause, Speech
from voicebot.speech.audio import Pcm
from voicebot.speech.playback import FRAME_SAMPLES, LEAD_FRAMES, PlaybackBuffer


async def tone(piece: Speech) -> Pcm:
    return np.full(int(piece.text), 1000, dtype=np.int16)


async def rendered() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_all_that_is_said_goes_out_once_and_in_order() -> None:
    mouth = PlaybackBuffer(tone)
    mouth.start([Speech("1600"), Pause(0.1), Speech("800")])
    await rendered()
    sent = []
    while mouth.speaking:
        sent += mouth.tick()
    sound = np.concatenate(sent)
    assert len(sound) == 1600 + 800 + 800
    assert sound[:1600].all()
    assert not sound[1600:2400].any()
    assert sound[2400:].all()


async def test_sound_that_is_there_already_is_played_as_it_is() -> None:
    mouth = PlaybackBuffer(tone)
    mouth.start([Audio("made", np.full(320, 7, np.int16)), Speech("160")])
    await rendered()
    sound = np.concatenate([frame for _ in range(3) for frame in mouth.tick()])
    assert [int(sound[0]), int(sound[319]), int(sound[320])] == [7, 7, 1000]


async def test_after_a_short_lead_one_frame_goes_out_for_each_that_comes_in() -> None:
    mouth = PlaybackBuffer(tone)
    mouth.start([Speech("16000")])
    await rendered()
    assert len(mouth.tick()) == LEAD_FRAMES
    assert [len(mouth.tick()) for _ in range(20)] == [1] * 20


async def test_a_stopped_mouth_has_sent_at_most_the_lead_too_much() -> None:
    mouth = PlaybackBuffer(tone)
    mouth.start([Speech("16000")])
    await rendered()
    for _ in range(10):
        mouth.tick()
    mouth.stop()
    assert mouth.tick() == []
    assert not mouth.speaking
    assert LEAD_FRAMES * 0.02 < 0.2


async def test_it_speaks_until_the_last_frame_was_played_at_the_other_end() -> None:
    mouth = PlaybackBuffer(tone)
    mouth.start([Speech(str(FRAME_SAMPLES * 2))])
    await rendered()
    assert len(mouth.tick()) == 2
    ticks = 0
    while mouth.speaking:
        mouth.tick()
        ticks += 1
    assert ticks == 2


async def test_a_short_last_piece_is_padded_to_a_whole_frame() -> None:
    mouth = PlaybackBuffer(tone)
    mouth.start([Speech("10")])
    await rendered()
    assert [len(frame) for frame in mouth.tick()] == [FRAME_SAMPLES]


async def test_a_broken_voice_is_told() -> None:
    async def broken(piece: Speech) -> Pcm:
        raise ValueError("no voice")

    mouth = PlaybackBuffer(broken)
    mouth.start([Speech("1")])
    await rendered()
    assert not mouth.speaking
    with pytest.raises(ValueError, match="no voice"):
        raise mouth.failure() or AssertionError("no failure told")
