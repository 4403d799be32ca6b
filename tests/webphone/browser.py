"""A real Chromium on the trial page: what somebody does there, and what they see."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

#: The machine may be busy with other tests: what should take a second may take many.
PATIENCE_MS = 60_000

#: A microphone that the page is refused.
REFUSED = ("--use-fake-device-for-media-stream", "--deny-permission-prompts")
#: No file, no sound. (Without a file the fake microphone beeps, which may be taken for speech.)
NOTHING = Path("/dev/null")


def hearing(wav: Path = NOTHING) -> tuple[str, ...]:
    """A microphone that the page gets without a question, and that hears `wav` once."""
    allowed = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
    return (*allowed, f"--use-file-for-fake-audio-capture={wav}%noloop")


@asynccontextmanager
async def chromium(switches: Sequence[str]) -> AsyncIterator[Browser]:
    """The system's browser, started with these switches."""
    program = shutil.which("chromium")
    assert program, "expected chromium: run `make test`, which installs it"
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox", *switches])
        yield started
        await started.close()


@dataclass
class Visitor:
    """Somebody in front of the page. `complaints` is what the browser found wrong with it."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    call_sid: str = ""
    permit: str = ""

    def watch(self) -> None:
        """Note what goes wrong: errors of scripts, and what the page's policy stops."""

        def noted(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                self.complaints.append(message.text)

        self.page.on("console", noted)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def arrive(self, url: str) -> None:
        await self.page.goto(url)
        await self.page.wait_for_selector("#phone[data-ready]")

    async def call(self) -> None:
        """Press the green button."""
        async with self.page.expect_response("**/essai/call") as answer:
            await self.page.get_by_role("button", name="Appeler").click()
        order = await (await answer.value).json()
        self.call_sid, self.permit = order["call_sid"], order["call"]

    async def until(self, *states: str) -> str | None:
        """Wait until the picture shows one of these; which one."""
        wanted = ", ".join(f"#phone[data-state={state}]" for state in states)
        shown = await self.page.wait_for_selector(wanted, timeout=PATIENCE_MS)
        return await shown.get_attribute("data-state") if shown else None

    async def press(self, keys: str) -> None:
        """Open the keypad if need be, and press keys."""
        pane = self.page.locator("#keys-pane")
        if await pane.is_hidden():
            await self.page.get_by_role("button", name="Touches").click()
        for key in keys:
            await pane.locator(f"button[value='{key}']").click()

    async def write(self, text: str) -> None:
        """Write instead of speaking."""
        field_ = self.page.get_by_label("Écrivez votre réponse")
        if await field_.is_hidden():
            await self.page.get_by_role("button", name="Écrire").click()
        await field_.fill(text)
        await field_.press("Enter")

    async def step(self, flow: str, step: str) -> None:
        """Wait until this step of the drawing is lit."""
        lit = self.page.locator("#drawing .current")
        await expect(lit).to_have_attribute("data-step", step, timeout=PATIENCE_MS)
        await expect(self.page.locator("#drawing svg .flow")).to_contain_text(flow)

    async def said(self, text: str) -> None:
        """Wait until the assistant has said this."""
        await expect(self.page.locator("#turns .said", has_text=text).last).to_be_visible(timeout=PATIENCE_MS)

    async def hang_up(self) -> None:
        await self.page.get_by_role("button", name="Raccrocher").click()


@asynccontextmanager
async def visiting(browser: Browser, url: str, **more: object) -> AsyncIterator[Visitor]:
    """A visitor with a browser profile of their own; the page must give no reason to complain."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, **more)  # type: ignore[arg-type]
    visitor = Visitor(await context.new_page())
    visitor.watch()
    await visitor.arrive(url)
    yield visitor
    await context.close()
    assert visitor.complaints == []
