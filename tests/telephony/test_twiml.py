"""Every TwiML document we can make, checked against the types that Twilio publishes."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twiml_schema.validate import problems
from voicebot.channels.voice.call_control import (
    Announce,
    AskKeys,
    CallReply,
    ConnectStream,
    Dial,
    Enqueue,
    Hold,
    LeaveQueue,
    RecordVoices,
    Refuse,
    SpeakAndHangUp,
    TakeFromQueue,
)
from voicebot.channels.voice.twiml import STREAM_PATH, Addresses, render, socket_address
from voicebot.sound import Pause, Speech
from voicebot.speech.hold_music import hold_music
from voicebot.telephony import twiml

AT = Addresses("https://voice.example", lambda speech: speech.text)
SOUNDS = (Speech("c0ffee"), Pause(0.5))

REPLIES: list[CallReply] = [
    ConnectStream(),
    ConnectStream(3, {"person": "p", "proof": "é&<"}, SOUNDS),
    AskKeys(SOUNDS),
    AskKeys(SOUNDS, 4, None, "#", 12.2),
    AskKeys((), 5, 10, "#"),
    SpeakAndHangUp(),
    SpeakAndHangUp(SOUNDS),
    Enqueue("mediators"),
    Enqueue("mediators", 7, SOUNDS, "/twilio/voice/waiting"),
    Dial("+33199000001", "/twilio/mediator/after?of=x"),
    Dial("+33199000001", "/twilio/mediator/after?of=x", SOUNDS, "+33937000001", 20.0, "/twilio/whisper"),
    AskKeys(SOUNDS, action="/twilio/mediator/keys?time=1&of=a-b_c="),
    Hold((*SOUNDS, hold_music()), 2),
    LeaveQueue(),
    TakeFromQueue("CA0a:3", "/twilio/mediator/after?of=x", SOUNDS),
    Announce(SOUNDS),
    RecordVoices({"person": "p", "proof": "é&<"}),
    Refuse("busy"),
    Refuse("rejected"),
]


def verbs(reply: CallReply) -> list[Element]:
    return list(fromstring(render(reply, AT)))


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: type(reply).__name__)
def test_every_reply_is_twiml(reply: CallReply) -> None:
    document = render(reply, AT)
    assert document.startswith('<?xml version="1.0" encoding="UTF-8"?><Response>')
    assert problems(document) == []


TALKING: dict[str, Callable[[str], str]] = {
    "stream": lambda text: twiml.connect_stream("wss://h/s", {"a": text}, "/next", [twiml.Speak(text)]),
    "keys": lambda text: twiml.ask_keys([twiml.Speak(text)], "/keys", 1, "", 5),
    "hang_up": lambda text: twiml.hang_up([twiml.Speak(text)]),
    "redirect": lambda text: twiml.redirect("/next", [twiml.Speak(text)]),
    "enqueue": lambda text: twiml.enqueue("q" + text, "/after", None, [twiml.Speak(text)]),
    "take": lambda text: twiml.take_from_queue("q" + text, "/after", "/heard", [twiml.Speak(text)]),
    "hold": lambda text: twiml.hold([twiml.Speak(text)], "/keys", "/again"),
    "dial": lambda text: twiml.dial_number("+33199000001", "/after", sounds=[twiml.Speak(text)]),
}


@pytest.mark.parametrize("builder", TALKING.values(), ids=TALKING.keys())
@given(text=st.text())
def test_no_text_breaks_a_document(builder: Callable[[str], str], text: str) -> None:
    assert problems(builder(text)) == []


@given(text=st.text())
def test_no_text_breaks_an_answer_to_a_message(text: str) -> None:
    assert problems(twiml.messages([text]), "messaging") == []


def test_a_message_is_answered_word_for_word_or_not_at_all() -> None:
    (message,) = fromstring(twiml.messages(["Répondez 1 pour oui & 2 pour non."]))
    assert message.text == "Répondez 1 pour oui & 2 pour non."
    assert list(fromstring(twiml.messages([]))) == []


def test_behind_the_stream_stands_the_way_on() -> None:
    play, pause, connect, redirect = verbs(REPLIES[1])
    stream = connect[0]
    assert (play.text, pause.text) == (
        "https://voice.example/twilio/audio/c0ffee.wav",
        "https://voice.example/twilio/audio/silence-500.wav",
    )
    assert stream.get("url") == "wss://voice.example/twilio/stream"
    assert {one.get("name"): one.get("value") for one in stream} == {"person": "p", "proof": "é&<"}
    assert redirect.text == "https://voice.example/twilio/voice/after?turn=3"


def test_at_a_choice_every_key_counts_and_silence_is_reported() -> None:
    (gather,) = verbs(AskKeys(SOUNDS, 4))
    assert [child.tag for child in gather] == ["Play", "Play"]
    assert gather.attrib == {
        "action": "https://voice.example/twilio/voice/keys?turn=4",
        "actionOnEmptyResult": "true",
        "finishOnKey": "",
        "input": "dtmf",
        "language": "fr-FR",
        "method": "POST",
        "numDigits": "1",
        "timeout": "8",
    }


def test_a_number_has_as_many_keys_as_it_needs_and_ends_with_hash() -> None:
    (gather,) = verbs(AskKeys((), 4, None, "#", 12.2))
    assert (gather.get("numDigits"), gather.get("finishOnKey"), gather.get("timeout")) == (None, "#", "13")


def test_who_is_called_hears_a_whisper_and_we_are_asked_what_next() -> None:
    dial = verbs(REPLIES[10])[-1]
    (number,) = dial
    assert (number.text, number.get("url")) == ("+33199000001", "https://voice.example/twilio/whisper")
    assert dial.get("action") == "https://voice.example/twilio/mediator/after?of=x"


def test_who_waits_hears_music_may_press_a_key_and_is_asked_again_and_again() -> None:
    gather, redirect = verbs(Hold((Speech("c0ffee"), hold_music()), 2))
    assert gather.attrib == {
        "action": "https://voice.example/twilio/voice/wait/keys",
        "input": "dtmf",
        "method": "POST",
        "numDigits": "1",
        "timeout": "1",
    }
    assert [play.text for play in gather] == [
        "https://voice.example/twilio/audio/c0ffee.wav",
        "https://voice.example/twilio/audio/music.wav",
    ]
    assert redirect.text == "https://voice.example/twilio/voice/wait?round=3"


def test_a_mediator_is_connected_with_the_queue_of_the_ticket_and_nobody_else() -> None:
    (dial,) = verbs(TakeFromQueue("CA0a:3", "/twilio/mediator/after?of=x"))
    (queue,) = dial
    assert (queue.tag, queue.text) == ("Queue", "CA0a:3")
    assert queue.get("url") == "https://voice.example/twilio/voice/announce"
    assert dial.get("action") == "https://voice.example/twilio/mediator/after?of=x"
    (enqueue,) = verbs(Enqueue("CA0a:3", 7, (), "/twilio/voice/wait"))
    assert (enqueue.text, enqueue.get("waitUrl")) == ("CA0a:3", "https://voice.example/twilio/voice/wait")
    assert enqueue.get("action") == "https://voice.example/twilio/voice/handoff?turn=7"


def test_without_tls_the_stream_is_ws_so_that_a_simulated_call_works() -> None:
    assert socket_address("http://127.0.0.1:8000", STREAM_PATH) == "ws://127.0.0.1:8000/twilio/stream"


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("<Response><Gather><Hangup/></Gather></Response>", "Hangup does not belong in Gather"),
        ("<Response><Stream/></Response>", "Stream does not belong in Response"),
        ('<Response><Gather num="1"/></Response>', "Gather has no attribute num"),
        ('<Response><Gather numDigits="one"/></Response>', "Gather numDigits='one' is not allowed"),
        ('<Response><Gather input="dtmf voice"/></Response>', "Gather input='voice' is not allowed"),
        ('<Response><Gather actionOnEmptyResult="True"/></Response>', "'True' is not allowed"),
        ('<Response><Say language="fr">Oui</Say></Response>', "Say language='fr' is not allowed"),
        ('<Response><Pause length="0.5"/></Response>', "Pause length='0.5' is not allowed"),
        ('<Response><Reject reason="no"/></Response>', "Reject reason='no' is not allowed"),
        ("<Response><Hangup>Au revoir</Hangup></Response>", "Hangup takes no text"),
        ("<Response>\x00</Response>", "not XML"),
        ("<Answer/>", "expected Response"),
    ],
)
def test_the_check_itself_finds_faults(document: str, problem: str) -> None:
    assert [found for found in problems(document) if problem in found]
