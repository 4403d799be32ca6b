"""Media Streams messages: Twilio's as another library makes them, ours as it reads them, and rubbish."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamdouble import protocol  # type: ignore[import-untyped]

from voicebot.channels.media.messages import (
    LONGEST_MESSAGE,
    Connected,
    Dtmf,
    Mark,
    Media,
    Rejected,
    Start,
    Stop,
    clear_message,
    mark_message,
    media_message,
    parse,
)

#: Fixed, because the names of parametrized tests must be the same in every worker.
WHO = protocol.StreamIdentity("MZ" + "1" * 32, "AC" + "2" * 32, "CA" + "3" * 32)
FRAME = bytes(range(160))

START = protocol.build_start(WHO, 1, custom_parameters={"person": "p", "proof": "q"})
MEDIA = protocol.build_media(WHO, 2, 1, 20, FRAME)
DTMF = protocol.build_dtmf(WHO, 3, "#")
MARK = protocol.build_mark(WHO, 4, "listen")
STOP = protocol.build_stop(WHO, 5)
ALL = [protocol.build_connected(), START, MEDIA, DTMF, MARK, STOP]


def read(message: dict[str, Any]) -> object:
    return parse(json.dumps(message))


def changed(message: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy of `message` with `value` at "a.b.c"."""
    copy: dict[str, Any] = json.loads(json.dumps(message))
    *way, last = path.split(".")
    inner = copy
    for name in way:
        inner = inner[name]
    inner[last] = value
    return copy


def test_each_message_of_twilio_is_understood() -> None:
    assert [type(read(message)) for message in ALL] == [Connected, Start, Media, Dtmf, Mark, Stop]


def test_the_start_tells_the_stream_the_call_and_our_parameters() -> None:
    start = read(START)
    assert isinstance(start, Start)
    assert (start.stream_sid, start.call_sid) == (WHO.stream_sid, WHO.call_sid)
    assert start.custom_parameters == {"person": "p", "proof": "q"}


def test_sound_comes_with_its_number_and_time() -> None:
    media = read(MEDIA)
    assert isinstance(media, Media)
    assert (media.chunk, media.timestamp_ms, media.mulaw) == (1, 20, FRAME)


def test_keys_and_marks_come_by_name() -> None:
    key, mark = read(DTMF), read(MARK)
    assert isinstance(key, Dtmf)
    assert isinstance(mark, Mark)
    assert (key.digit, mark.name) == ("#", "listen")


def test_fields_that_twilio_may_add_do_no_harm() -> None:
    assert isinstance(read(changed(MEDIA, "media.new", {"x": 1})), Media)
    assert isinstance(read(MEDIA | {"new": 1}), Media)


def test_what_we_send_is_read_by_another_library() -> None:
    sound = protocol.parse_outbound(media_message(WHO.stream_sid, FRAME))
    mark = protocol.parse_outbound(mark_message(WHO.stream_sid, "leave"))
    clear = protocol.parse_outbound(clear_message(WHO.stream_sid))
    assert isinstance(sound, protocol.InboundMedia)
    assert isinstance(mark, protocol.InboundMark)
    assert isinstance(clear, protocol.InboundClear)
    assert (sound.payload, mark.name) == (FRAME, "leave")


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (json.dumps(MEDIA).encode(), "binary"),
        (json.dumps(changed(MEDIA, "media.payload", "A" * LONGEST_MESSAGE)), "too_long"),
        ("", "not_json"),
        ("{", "not_json"),
        ("[" * 10_000, "not_json"),
        ('"\ud800"', "not_json"),
        ("{}", "unknown_event"),
        ('{"event": "dance"}', "unknown_event"),
        ('{"event": 7}', "unknown_event"),
        ("[]", "wrong_shape"),
        ("null", "wrong_shape"),
        ('{"event": "media", "media": "loud"}', "wrong_shape"),
        ('{"event": "media", "media": [1, 2]}', "wrong_shape"),
    ],
)
def test_rubbish_is_rejected_with_a_reason(message: str | bytes, reason: str) -> None:
    assert parse(message) == Rejected(reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("message", "path", "value"),
    [
        (START, "streamSid", "MZ1"),
        (START, "streamSid", WHO.stream_sid + "\n"),
        (START, "start.callSid", WHO.stream_sid),
        (START, "start.customParameters", {"person": 1}),
        (START, "start.mediaFormat.encoding", "audio/opus"),
        (START, "start.mediaFormat.sampleRate", 16000),
        (START, "start.mediaFormat.channels", 2),
        (MEDIA, "media.payload", "a"),
        (MEDIA, "media.payload", "é==="),
        (MEDIA, "media.payload", "AA==\n"),
        (MEDIA, "media.payload", None),
        (MEDIA, "media.chunk", "-1"),
        (MEDIA, "media.chunk", "one"),
        (MEDIA, "media.chunk", "9" * 5000),
        (MEDIA, "media.timestamp", None),
        (MEDIA, "media.track", "outbound"),
        (DTMF, "dtmf.digit", "12"),
        (DTMF, "dtmf.digit", "A"),
        (DTMF, "dtmf.digit", "٣"),
        (MARK, "mark.name", "x" * 300),
    ],
)
def test_a_wrong_value_is_rejected(message: dict[str, Any], path: str, value: object) -> None:
    assert read(changed(message, path, value)) == Rejected("wrong_shape")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
PLACES = ["event", "streamSid", "media", "media.chunk", "media.timestamp", "media.payload", "media.track"]


@given(text=st.text() | st.text(st.characters(categories=["Cs", "Cc", "L"])) | st.binary())
def test_nothing_received_raises(text: str | bytes) -> None:
    parse(text)


@given(path=st.sampled_from(PLACES), value=JSON)
def test_nothing_inside_a_message_raises(path: str, value: object) -> None:
    media = read(changed(MEDIA, path, value))
    if isinstance(media, Media):
        assert media.chunk >= 0
        assert media.timestamp_ms >= 0


@given(mulaw=st.binary(max_size=2000))
def test_sound_goes_out_as_plain_base64(mulaw: bytes) -> None:
    message = json.loads(media_message("MZ", mulaw))
    assert base64.b64decode(message["media"]["payload"], validate=True) == mulaw
