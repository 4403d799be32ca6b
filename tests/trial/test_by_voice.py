"""A whole call by voice in the browser: the microphone is a sound file, everything else is real."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.calls import call, session_of, spoken, story
from tests.test_call import sides
from tests.trial.browser import chromium, hearing, visiting
from voicebot.channels.simulator import CallerVoice
from voicebot.rehearsal import Rehearsal
from voicebot.speech.audio import TELEPHONE_HZ, resample, write_wav

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("audio")]

#: So long after the end of a prompt the caller speaks. A busy machine makes them early, an idle one late:
#: before the next prompt begins nobody would hear them, eight seconds after it they would be asked again.
THINK_S = 2.5
MICROPHONE_HZ = 48_000
LONGEST_CALL_MS = 240_000


async def record(running: Rehearsal, caller: CallerVoice, name: str, wav: Path) -> None:
    """What somebody says in a simulated call, with its silences, as a browser's microphone hears it."""
    both = wav.with_suffix(".both.wav")
    report = await call(running, caller, spoken(story(name)["answers"]), wav=both, think_s=THINK_S)
    assert report.last["result"] == "done", report.json_lines()
    said, _ = sides(both)
    write_wav(wav, resample(said.copy(), TELEPHONE_HZ, MICROPHONE_HZ), MICROPHONE_HZ)


async def test_a_whole_call_by_voice(running: Rehearsal, caller: CallerVoice, tmp_path: Path) -> None:
    wav = tmp_path / "microphone.wav"
    await record(running, caller, "attestation_caf", wav)
    async with chromium(hearing(wav)) as browser, visiting(browser, f"{running.url}/essai") as visitor:
        await visitor.call()
        await visitor.step("attestation_caf", "pour_qui")
        await visitor.until("ended", patience_ms=LONGEST_CALL_MS)
        turns = await visitor.page.locator("#turns").inner_text()
        await expect(visitor.page.locator("#turns .gap:visible").first).to_contain_text("ms")
        await expect(visitor.page.get_by_role("button", name="Appeler")).to_be_focused()
    session = await session_of(running, visitor.call_sid)
    assert (session.status, session.topic) == ("ended", "attestation_caf"), turns
    told = story("attestation_caf")["slots"]
    assert {slot: session.slots.get(slot) for slot in told} == told, turns
