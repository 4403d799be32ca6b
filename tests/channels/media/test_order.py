"""Frames in order: whatever the network does to them, audio time goes on and nothing piles up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hypothesis import example, given
from hypothesis import strategies as st

from voicebot.channels.media.order import LONGEST_FILL, REACH, WINDOW, FrameOrder
from voicebot.speech.audio import FRAME_BYTES, FRAME_MS, SILENT_FRAME


@dataclass(frozen=True)
class Frame:
    chunk: int
    timestamp_ms: int
    mulaw: bytes


def sound(chunk: int) -> bytes:
    """A frame that tells its number and is never silent."""
    return chunk.to_bytes(FRAME_BYTES - 1) + b"\0"


def frame(chunk: int) -> Frame:
    return Frame(chunk, (chunk - 1) * FRAME_MS, sound(chunk))


def hear(order: FrameOrder, frames: Iterable[Frame]) -> list[bytes]:
    return [mulaw for one in frames for mulaw in order.accept(one)] + list(order.finish())


def numbers(mulaw: Iterable[bytes]) -> list[int | None]:
    """The chunk of each frame, None for silence."""
    return [None if one == SILENT_FRAME else int.from_bytes(one[:-1]) for one in mulaw]


@st.composite
def overtaking(draw: st.DrawFn) -> list[int]:
    """Chunks 1 to n in an order where none is overtaken by more than `WINDOW` others."""
    waiting = list(range(1, draw(st.integers(1, 60)) + 1))
    order: list[int] = []
    while waiting:
        overtakers = sum(1 for sent in order if sent > waiting[0])
        choices = 1 if overtakers >= WINDOW else WINDOW + 1 - overtakers
        order.append(waiting.pop(draw(st.integers(0, min(choices, len(waiting)) - 1))))
    return order


def test_frames_in_order_pass_at_once() -> None:
    order = FrameOrder()
    assert [numbers(order.accept(frame(chunk))) for chunk in range(1, 5)] == [[1], [2], [3], [4]]
    assert order.counts == {"received": 4}


@given(chunks=overtaking())
def test_frames_that_overtook_each_other_come_out_in_order(chunks: list[int]) -> None:
    order = FrameOrder()
    assert numbers(hear(order, map(frame, chunks))) == sorted(chunks)
    assert order.counts == {"received": len(chunks)}


@given(chunks=overtaking(), data=st.data())
def test_repeated_frames_are_heard_once(chunks: list[int], data: st.DataObject) -> None:
    repeats = data.draw(st.lists(st.integers(0, len(chunks) - 1), max_size=10))
    sent = [chunk for at, chunk in enumerate(chunks) for _ in range(1 + repeats.count(at))]
    order = FrameOrder()
    assert numbers(hear(order, map(frame, sent))) == sorted(chunks)
    assert order.counts["dropped"] == len(repeats)


@given(kept=st.sets(st.integers(1, 80), min_size=1))
def test_a_lost_frame_still_takes_its_time(kept: set[int]) -> None:
    chunks = sorted(kept)
    order = FrameOrder()
    heard = numbers(hear(order, map(frame, chunks)))
    if all(after - before <= REACH for before, after in zip([0, *chunks], chunks, strict=False)):
        assert heard == [chunk if chunk in kept else None for chunk in range(chunks[0], chunks[-1] + 1)]
        assert order.counts["filled"] == len(heard) - len(chunks)


def test_a_lost_frame_delays_the_others_by_the_window_and_no_more() -> None:
    order = FrameOrder()
    heard = [numbers(order.accept(frame(chunk))) for chunk in (1, 3, 4, 5, 6, 7)]
    assert heard == [[1], [], [], [], [None, 3, 4, 5, 6], [7]]
    assert (order.counts["missing"], order.counts["filled"]) == (1, 1)


def test_a_frame_that_comes_after_it_was_given_up_is_dropped() -> None:
    order = FrameOrder()
    assert numbers(hear(order, map(frame, (1, 3, 4, 5, 6, 2, 7)))) == [1, None, 3, 4, 5, 6, 7]
    assert order.counts["dropped"] == 1


def test_a_gap_that_only_the_time_stamps_tell_is_filled() -> None:
    order = FrameOrder()
    later = [Frame(chunk, (chunk - 1) * FRAME_MS + 100, sound(chunk)) for chunk in (3, 4)]
    assert numbers(hear(order, [frame(1), frame(2), *later])) == [1, 2, *[None] * 5, 3, 4]


def test_trembling_time_stamps_are_no_gap() -> None:
    order = FrameOrder()
    trembling = [
        Frame(chunk, max(0, (chunk - 1) * FRAME_MS + (-1) ** chunk * 25), sound(chunk))
        for chunk in range(1, 40)
    ]
    assert numbers(hear(order, trembling)) == list(range(1, 40))


def test_time_stamps_that_never_move_are_ignored() -> None:
    order = FrameOrder()
    assert numbers(hear(order, [Frame(n, 0, sound(n)) for n in range(1, 40)])) == list(range(1, 40))


def test_a_long_gap_is_filled_with_one_second_at_most() -> None:
    order = FrameOrder()
    heard = numbers(hear(order, map(frame, (1, 2, 1000, 1001, 1002))))
    assert heard == [1, 2, *[None] * LONGEST_FILL, 1000, 1001, 1002]


def test_a_stream_may_begin_with_any_number() -> None:
    assert numbers(hear(FrameOrder(), map(frame, (7000, 7001, 7002)))) == [7000, 7001, 7002]
    assert numbers(hear(FrameOrder(), map(frame, (3, 4, 5)))) == [3, 4, 5]


def test_one_absurd_number_does_not_stop_the_stream() -> None:
    order = FrameOrder()
    absurd = Frame(10**12, 10**12, sound(99))
    assert numbers(hear(order, [frame(1), frame(2), absurd, frame(3), frame(4)])) == [1, 2, 3, 4]
    assert order.counts["strays"] == 1


def test_sound_comes_out_in_whole_frames() -> None:
    order = FrameOrder()
    odd: Sequence[Frame] = [Frame(1, 0, b""), Frame(2, 20, b"a" * 161), Frame(3, 60, b"b" * 10**5)]
    heard = hear(order, odd)
    assert {len(one) for one in heard} == {FRAME_BYTES}
    assert heard[0] == SILENT_FRAME
    assert len(heard) == 1 + 2 + 50
    assert order.counts["odd"] == 3


ANY_FRAME = st.builds(
    Frame,
    st.integers(0, 200) | st.integers(0, 10**12),
    st.integers(0, 5000) | st.integers(0, 10**12),
    st.binary(max_size=400),
)


#: `WINDOW` false numbers are held, each up to `REACH` ahead of the last; another `REACH` may come late.
RECOVERY = (WINDOW + 1) * REACH + 20


@example(garbage=[Frame(chunk, 0, b"") for chunk in (11, 61, 111)], first=1)
@given(garbage=st.lists(ANY_FRAME, max_size=80), first=st.integers(1, 300))
def test_nothing_piles_up_and_a_sound_stream_recovers(garbage: list[Frame], first: int) -> None:
    order = FrameOrder()
    for one in garbage:
        assert len(order.accept(one)) <= 3 * (LONGEST_FILL + 50)
        assert order.waiting <= WINDOW + 1
    last = first + RECOVERY
    heard = [mulaw for chunk in range(first, last) for mulaw in order.accept(frame(chunk))]
    assert numbers(heard)[-10:] == list(range(last - 10, last))
