"""The telephone sound of the page, in the browser that makes it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.async_api import Page, Route

from tests.webphone.browser import chromium
from voicebot.browser import STATIC
from voicebot.speech.audio import decode, encode, level

pytestmark = pytest.mark.slow

ORIGIN = "http://page.test"


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """An empty page beside the modules of the trial page."""

    async def serve(route: Route) -> None:
        name = Path(route.request.url).name
        if name.endswith(".js"):
            await route.fulfill(path=STATIC / name, content_type="text/javascript")
        else:
            await route.fulfill(body="<!doctype html>", content_type="text/html")

    async with chromium(()) as browser:
        page = await browser.new_page()
        await page.route("**/*", serve)
        await page.goto(f"{ORIGIN}/")
        yield page


async def in_page(page: Page, module: str, expression: str, argument: object = None) -> Any:
    script = f"async (argument) => {{ const m = await import('/{module}'); return {expression}; }}"
    return await page.evaluate(script, argument)


async def test_every_sample_has_the_byte_that_the_service_gives_it(page: Page) -> None:
    every = np.arange(-32768, 32768, dtype=np.int16)
    made = await in_page(
        page, "mulaw.js", "Array.from({length: 65536}, (_, i) => m.encode((i - 32768) / 32768))"
    )
    assert bytes(made) == encode(every)


async def test_every_byte_is_the_sample_that_the_service_hears(page: Page) -> None:
    made = await in_page(page, "mulaw.js", "Array.from({length: 256}, (_, i) => m.decode(i) * 32768)")
    assert made == decode(bytes(range(256))).tolist()


async def resampled(
    page: Page, hertz: float, from_hz: int, to_hz: int, seconds: float = 0.5
) -> np.ndarray[Any, Any]:
    """A tone in chunks of 128 samples, as a browser hands sound out; at full scale."""
    loop = """(() => {
        const { hertz, from, to, seconds } = argument;
        const resampler = new m.Resampler(from, to);
        const out = [];
        for (let n = 0; n < from * seconds; n += 128) {
            const tone = (_, i) => Math.sin(2 * Math.PI * hertz * (n + i) / from);
            out.push(...resampler.process(Float32Array.from({ length: 128 }, tone)));
        }
        return out;
    })()"""
    made = await in_page(
        page, "resampler.js", loop, {"hertz": hertz, "from": from_hz, "to": to_hz, "seconds": seconds}
    )
    return np.array(made)


def dbfs(sound: np.ndarray[Any, Any]) -> float:
    """The level of the middle of the sound, its ends left out."""
    middle = sound[len(sound) // 5 : -len(sound) // 5]
    return level((middle * 32767).astype(np.int16))


FULL = dbfs(np.sin(np.arange(8000)))


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000, 16_000])
async def test_a_voice_comes_through_and_what_is_higher_does_not(page: Page, rate_hz: int) -> None:
    voice = await resampled(page, 1000, rate_hz, 8000)
    assert len(voice) == pytest.approx(4000, abs=70)
    assert dbfs(voice) == pytest.approx(FULL, abs=0.2)
    assert dbfs(await resampled(page, 3300, rate_hz, 8000)) == pytest.approx(FULL, abs=0.5)
    assert dbfs(await resampled(page, 5000, rate_hz, 8000)) < FULL - 50


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
async def test_the_assistant_sounds_the_same_at_the_rate_of_the_loudspeaker(page: Page, rate_hz: int) -> None:
    heard = await resampled(page, 1000, 8000, rate_hz)
    assert len(heard) == pytest.approx(rate_hz / 2, rel=0.04)
    assert dbfs(heard) == pytest.approx(FULL, abs=0.2)
    spectrum = np.abs(np.fft.rfft(heard[: rate_hz // 4] * np.hanning(rate_hz // 4)))
    loudest = int(np.argmax(spectrum))
    assert loudest * 4 == pytest.approx(1000, abs=8)
    mirrored = spectrum[int(4200 / 4) :]
    assert 20 * np.log10(mirrored.max() / spectrum[loudest]) < -50
