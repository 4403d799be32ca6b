"""The console on a real port, and real browsers that look at it."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser, Page, async_playwright

AXE = Path(__file__).parents[2] / "var" / "test" / "axe" / "axe.min.js"
WIDE, PHONE = (1280, 850), (390, 844)
#: A page that was never asked for may take long on a busy machine; nothing hangs on how long.
PATIENCE_MS = 30_000


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The address under which `app` answers until the block ends."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1, lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve([listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listening.close()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    path = shutil.which("chromium")
    assert path, "run `make test`, which installs chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


async def new_page(browser: Browser, size: tuple[int, int] = WIDE) -> Page:
    """A browser of somebody's own: no cookies, French, `size` in px."""
    width, height = size
    context = await browser.new_context(viewport={"width": width, "height": height}, locale="fr-FR")
    context.set_default_timeout(PATIENCE_MS)
    return await context.new_page()


async def sign_in(page: Page, origin: str, email: str, password: str) -> None:
    """Through the door, to the queue."""
    await page.goto(f"{origin}/mediation/sign-in")
    await page.get_by_label("Adresse e-mail").fill(email)
    await page.get_by_label("Mot de passe").fill(password)
    await page.get_by_role("button", name="Se connecter").click()
    await page.wait_for_url("**/mediation/**")
    await page.mouse.move(1, 1)  # what is new is shown at once only while nobody points at the list


async def barriers(page: Page) -> list[str]:
    """What axe-core finds on the page, by WCAG and its own good practices."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = await page.evaluate("axe.run({resultTypes: ['violations']})")
    return [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]
