"""Calls by voice in the browser: a microphone that is a sound file, and one that answers what is asked.

What the recognizer makes of a sentence may differ from one run to the next. So the file says its sentence
again after a while, and who answers does so as often as they are asked.
"""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import expect

from tests.calls import session_of, spoken, story
from tests.webphone.browser import chromium, hearing, visiting
from voicebot.simulator import CallerVoice
from voicebot.simulator.rehearsal import Rehearsal
from voicebot.simulator.script import script
from voicebot.simulator.turns import Utterance
from voicebot.speech.audio import TELEPHONE_HZ, Pcm, resample, write_wav

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("audio")]

MICROPHONE_HZ = 48_000
#: The welcome lasts about so long; after as long again it has been asked anew.
WELCOME_S = 16.0
TIMES = 4
ANSWERING = (Path(__file__).parent / "microphone.js").read_text(encoding="utf-8")


def microphone(sound: Pcm) -> Pcm:
    return resample(sound.copy(), TELEPHONE_HZ, MICROPHONE_HZ)


async def test_the_first_need_is_heard_by_a_real_microphone(
    running: Rehearsal, caller: CallerVoice, tmp_path: Path
) -> None:
    wav = tmp_path / "microphone.wav"
    silence = np.concatenate(caller.silence(int(WELCOME_S * 50)))
    sentence = np.concatenate(caller.speak("il me faut une attestation de la CAF"))
    write_wav(wav, microphone(np.concatenate([silence, sentence] * TIMES)), MICROPHONE_HZ)
    async with chromium(hearing(wav)) as browser, visiting(browser, f"{running.url}/essai") as visitor:
        await visitor.call()
        await visitor.step("attestation_caf", "pour_qui")
        await expect(visitor.page.locator("#turns .gap:visible").first).to_contain_text("ms")


def recorded(utterance: Utterance, wav: Path) -> str:
    """What microphone.js hears of an utterance; `wav` is written on the way."""
    assert utterance.frames, "this question has no answer, or was asked too often"
    write_wav(wav, microphone(np.concatenate(utterance.frames)), MICROPHONE_HZ)
    return b64encode(wav.read_bytes()).decode()


async def test_a_whole_call_by_voice(running: Rehearsal, caller: CallerVoice, tmp_path: Path) -> None:
    told = story("attestation_caf")
    async with chromium(hearing()) as browser, visiting(browser, f"{running.url}/essai") as visitor:
        await visitor.page.add_init_script(ANSWERING)
        await visitor.page.reload()
        await visitor.call()
        asked: list[str] = []
        due = script(spoken(told["answers"]), caller, lambda: asked[-1] if asked else None)
        while await visitor.until("listening", "ended") == "listening":
            asked += [turn["prompt"] for turn in await running.journal(visitor.call_sid) if turn["prompt"]]
            said = recorded(due.take(), tmp_path / "answer.wav")
            await visitor.page.evaluate("heard", said)
            await visitor.until("speaking", "ended")
        seen = await visitor.page.locator("#turns").inner_text()
        await expect(visitor.page.get_by_role("button", name="Appeler")).to_be_focused()
    session = await session_of(running, visitor.call_sid)
    assert (session.status, session.topic) == ("ended", "attestation_caf"), seen
    assert {slot: session.slots.get(slot) for slot in told["slots"]} == told["slots"], seen
