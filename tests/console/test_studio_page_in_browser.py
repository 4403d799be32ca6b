"""The voice studio in a real Chromium whose microphone is a sound file; the next call is spoken so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Page, expect
from redis.asyncio import Redis

from tests.calls import call
from tests.console.conftest import PASSWORD
from tests.console.open_site import PATIENCE_MS, barriers, sign_in
from tests.speech.test_take import in_room, read_aloud
from tests.stories.test_calls_by_voice import sides
from tests.webphone.browser import REFUSED, chromium, hearing
from voicebot.app import build
from voicebot.channels.service import Service
from voicebot.config import Settings
from voicebot.simulator import CallerVoice, StaySilent
from voicebot.simulator.rehearsal import Rehearsal, rehearse
from voicebot.sound import Speech
from voicebot.speech.audio import RECOGNIZER_HZ, TELEPHONE_HZ, Pcm, resample, write_wav
from voicebot.speech.spoken import spoken
from voicebot.store.accounts import Accounts

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
expect.set_options(timeout=PATIENCE_MS)

#: The first words of every call.
NAME = "accueil.bonjour.ask"
TEXT = "Bonjour. Je suis un assistant automatique, et je vous aide pour vos papiers et vos droits."
NEXT = "accueil.libre.ask"
MICROPHONE_HZ = 48_000
#: From the moment the page opens the microphone until somebody speaks: a busy machine may take its time.
BEFORE_S = 5.0


@pytest.fixture
async def running(tmp_path: Path, password_hash: str) -> AsyncIterator[Rehearsal]:
    """The service, its recordings in a folder of its own, and Awa who administers it."""
    stores: list[Redis] = []

    def made(settings: Settings, redis: Redis) -> Service:
        stores.append(redis)
        return build(settings, redis)

    settings = Settings(recognizer="none", var=Path("var"), recordings=tmp_path / "recordings")
    with rehearse(settings, tmp_path / "redis", make=made) as rehearsal:
        accounts = Accounts(stores[0], rehearsal.service.privacy)
        hired = accounts.add("awa@example.org", "Awa Diallo", "administrator", password_hash)
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(hired, rehearsal.loop))
        yield rehearsal


@asynccontextmanager
async def studio(running: Rehearsal, switches: tuple[str, ...], refused: int = 0) -> AsyncIterator[Page]:
    """The studio in the browser of an administrator.

    The page must give no reason to complain, but that the service `refused` so many requests.
    """
    complaints: list[str] = []
    async with chromium(switches) as browser:
        context = await browser.new_context(viewport={"width": 1280, "height": 850}, locale="fr-FR")
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await sign_in(page, running.url, "awa@example.org", PASSWORD)
        await page.goto(f"{running.url}/mediation/studio")
        await page.wait_for_selector("#desk[data-ready]")
        yield page
    assert len(complaints) == refused, complaints
    assert all("404" in complaint for complaint in complaints), complaints


def microphone(tmp_path: Path, sound: Pcm) -> tuple[str, ...]:
    """A microphone in a quiet room, before which somebody says `sound` (16 kHz) after a while."""
    before = np.zeros(int(BEFORE_S * RECOGNIZER_HZ), np.int16)
    after = np.zeros(20 * RECOGNIZER_HZ, np.int16)
    heard = in_room(np.concatenate([before, sound, after]), noise_dbfs=-75)
    wav = tmp_path / "microphone.wav"
    write_wav(wav, resample(heard, RECOGNIZER_HZ, MICROPHONE_HZ), MICROPHONE_HZ)
    return hearing(wav)


def row(name: str) -> str:
    return f"[data-line='{name}']"


async def state(page: Page, wanted: str) -> None:
    await page.wait_for_selector(f"#desk[data-state='{wanted}']", timeout=PATIENCE_MS)


def likeness(whole: Pcm, part: Pcm) -> float:
    """How surely `part` sounds somewhere in `whole`: 1 where it does exactly, near 0 where it does not."""
    long, short = whole.astype(np.float64), part.astype(np.float64)
    size = len(long) + len(short)
    product = np.fft.irfft(np.fft.rfft(long, size) * np.conj(np.fft.rfft(short, size)), size)[: len(long)]
    energy = np.cumsum(np.concatenate([[0.0], np.square(long)]))
    ends = np.minimum(np.arange(len(long)) + len(short), len(long))
    here = np.sqrt(np.maximum(energy[ends] - energy[: len(long)], 1.0))
    return float(np.max(product / (here * np.linalg.norm(short))))


async def next_call(running: Rehearsal, caller: CallerVoice, wav: Path, number: str) -> Pcm:
    """What somebody hears who calls now and says nothing for a while."""
    await call(running, caller, [StaySilent(12.0)], from_number=number, wav=wav)
    return sides(wav)[1]


async def test_what_is_recorded_in_the_page_is_heard_in_the_next_call(
    running: Rehearsal, caller: CallerVoice, tmp_path: Path
) -> None:
    voice = running.service.speech.voice
    synthetic = voice.audio(Speech(TEXT, NAME))
    before = await next_call(running, caller, tmp_path / "before.wav", "+33639980301")
    assert likeness(before, synthetic) > 0.9
    somebody = resample(caller.synthesizer.speak(spoken(TEXT), "normal"), TELEPHONE_HZ, RECOGNIZER_HZ)
    async with studio(running, microphone(tmp_path, somebody)) as page:
        await page.get_by_role("button", name="Enregistrer").click()
        await state(page, "recording")
        await expect(page.get_by_role("status")).to_have_text("Je vous entends bien.")
        await state(page, "good")
        await expect(page.get_by_role("status")).to_contain_text("C’est bien")
        assert await barriers(page) == []
        await page.get_by_role("button", name="Réécouter").click()
        await page.get_by_role("button", name="Garder et continuer").click()
        await expect(page.locator(row(NAME))).to_have_attribute("data-state", "recorded")
        await expect(page.locator(row(NAME))).to_contain_text("Enregistrée")
        await expect(page.locator(row(NEXT))).to_have_attribute("aria-current", "true")
        await expect(page.locator("#done")).to_have_text("1")
        await expect(page.get_by_role("button", name="Enregistrer", exact=True)).to_be_focused()
    recorded = voice.audio(Speech(TEXT, NAME))
    after = await next_call(running, caller, tmp_path / "after.wav", "+33639980302")
    assert likeness(after, recorded) > 0.9
    assert likeness(after, synthetic) < 0.6, "it is not the synthesizer any more"


async def test_the_space_bar_is_enough_and_what_is_bad_is_said(running: Rehearsal, tmp_path: Path) -> None:
    async with studio(running, microphone(tmp_path, read_aloud("Bonjour", 0.0, 0.0))) as page:
        await page.locator("#record").focus()
        await page.keyboard.press("Space")
        await state(page, "recording")
        await state(page, "bad")
        await expect(page.get_by_role("status")).to_have_text("C’est trop court. Lisez toute la phrase.")
        await expect(page.get_by_role("button", name="Refaire")).to_be_focused()
        await expect(page.get_by_role("button", name="Garder et continuer")).to_be_hidden()
        assert await barriers(page) == []
        await page.keyboard.press("Space")
        await state(page, "recording")
        await page.keyboard.press("Space")
        await state(page, "bad")
        await expect(page.get_by_role("status")).to_contain_text("Je n’entends pas de voix")
    assert not list((tmp_path / "recordings").glob("*.wav"))


async def test_who_refuses_the_microphone_is_told_what_else_there_is(running: Rehearsal) -> None:
    async with studio(running, REFUSED) as page:
        await page.get_by_role("button", name="Enregistrer").click()
        notice = page.get_by_role("alert")
        await expect(notice).to_contain_text("Le micro est bloqué")
        await expect(notice).not_to_contain_text("il n’y a pas de micro")
        await expect(notice.get_by_role("link", name="par téléphone")).to_be_visible()
        assert await barriers(page) == []
        async with page.expect_response("**/studio/sounds/*") as answer:
            await page.get_by_role("button", name="Ce qu’on entend aujourd’hui").click()
        assert (await answer.value).ok, "listening needs no microphone"
        await page.locator(row(NEXT)).click()
        await expect(page.locator("#text")).to_contain_text("Parlez avec vos mots")


async def test_files_are_taken_in_by_their_names(running: Rehearsal, tmp_path: Path) -> None:
    good, unknown, text = tmp_path / f"{NAME}.wav", tmp_path / "rien.wav", tmp_path / f"{NEXT}.wav"
    sound = resample(in_room(read_aloud(TEXT)), RECOGNIZER_HZ, 44_100)
    for path in (good, unknown):
        write_wav(path, sound, 44_100)
    text.write_text("ce n'est pas un son")
    async with studio(running, hearing(), refused=1) as page:
        await page.get_by_label("Fichiers de son").set_input_files([good, unknown, text])
        told = page.locator("#imported li")
        await expect(told.nth(0)).to_have_text(f"{NAME}.wav : C’est gardé. Le prochain appel l’utilise.")
        await expect(told.nth(1)).to_have_text("rien.wav : Aucune phrase ne porte ce nom.")
        await expect(told.nth(2)).to_contain_text("n’est pas un son")
        await expect(page.locator(row(NAME))).to_have_attribute("data-state", "recorded")
    assert len(list((tmp_path / "recordings").glob("*.wav"))) == 1


async def test_on_a_telephone_nothing_is_cut_off(running: Rehearsal) -> None:
    async with studio(running, REFUSED) as page:
        await page.set_viewport_size({"width": 360, "height": 740})
        await page.reload()
        await page.wait_for_selector("#desk[data-ready]")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        assert await page.evaluate("window.scrollY") == 0
        record = await page.get_by_role("button", name="Enregistrer").bounding_box()
        assert record
        assert record["height"] >= 44
        assert await barriers(page) == []
