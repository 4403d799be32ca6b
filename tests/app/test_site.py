"""The application as a whole: where it leads, and where it does not."""

from __future__ import annotations

from pathlib import Path

import httpx
from fastapi import FastAPI

from tests.app.test_incomplete import COMPLETE
from voicebot.app.site import create_app
from voicebot.console import site


async def test_a_forged_host_leads_nowhere(tmp_path: Path) -> None:
    """Once, /mediation redirected to the Host that the request named."""
    app = FastAPI(redirect_slashes=False)
    app.router.routes.append(site.entrance())
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://evil.example") as client:
        assert (await client.get("/mediation")).headers["location"] == "/mediation/"
    whole = create_app(COMPLETE.model_copy(update={"data": tmp_path / "redis"}))
    assert whole.router.redirect_slashes is False
