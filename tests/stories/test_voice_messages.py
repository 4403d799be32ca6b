"""A voice message by the real recognizer: what somebody says into their telephone is understood."""

from __future__ import annotations

import numpy as np
import pytest
import soxr

from tests.calls import inside
from tests.speech.recorded import recorded
from voicebot.channels.attachments import Attachment, Attachments
from voicebot.dialogue.meaning import Expecting
from voicebot.nlu.hints import hints
from voicebot.simulator import CallerVoice
from voicebot.simulator.rehearsal import Rehearsal
from voicebot.speech.audio import RECOGNIZER_HZ
from voicebot.speech.stt.recognizer import Expected
from voicebot.store.pictures import Pictures

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("audio")]


class Held:
    """A file that is already there."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    async def fetch(self, url: str) -> bytes:
        return self.data

    async def delete(self, url: str) -> None:
        self.data = b""


@pytest.mark.parametrize(
    ("words", "topic"),
    [("j'ai perdu ma carte vitale", "carte_vitale"), ("je voudrais demander le RSA", "rsa")],
)
async def test_what_is_said_is_understood(
    running: Rehearsal, caller: CallerVoice, words: str, topic: str
) -> None:
    spoken = soxr.resample(np.concatenate(caller.speak(words)), 8000, RECOGNIZER_HZ).astype(np.int16)
    held = Held(recorded(spoken, "ogg"))
    pictures = Pictures(running.service.limits.texts.redis, running.service.privacy)
    attachments = Attachments(pictures, held, running.service.speech.recognizer)
    understanding = running.service.understanding
    expected = Expected(hints(understanding, Expecting()))
    heard = await inside(running, attachments.heard([Attachment("of Twilio", "audio/ogg")], expected))
    assert understanding.interpret(heard.text, Expecting(), "sms").intent == topic, heard.text
    assert held.data == b""
