"""The page of the first start: only with its code, wrong values told beside their fields, the file whole."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from voicebot.cli.first_start import ASKED, SetupPage, write_env
from voicebot.config import Settings

RIGHT = {
    "public_url": "https://aide.example.org",
    "twilio_account": "AC" + "0" * 32,
    "twilio_token": "secret # 'not'".replace("'", ""),
    "sms_from": "+33939030000",
    "calling_hours": "9-18",
}


@pytest.fixture
def page(tmp_path: Path) -> SetupPage:
    return SetupPage(tmp_path / ".env")


@pytest.fixture
async def client(page: SetupPage) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(page.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


def made(text: str) -> dict[str, str]:
    """The keys that the page proposes."""
    return {
        name: text.split(f'name="{name}"')[1].split('value="')[1].split('"')[0]
        for name in ("data_keys", "pseudonym_key")
    }


async def test_whoever_has_no_code_sees_and_writes_nothing(
    client: httpx.AsyncClient, page: SetupPage
) -> None:
    for code in ("", "guess"):
        assert (await client.get("/", params={"code": code})).status_code == 403
        refused = await client.post("/", data={**RIGHT, "code": code})
        assert refused.status_code == 403
        assert "name=" not in refused.text.split("</head>")[1]
    assert not page.file.exists()


async def test_ten_settings_are_asked_checked_and_written(client: httpx.AsyncClient, page: SetupPage) -> None:
    shown = await client.get("/", params={"code": page.code})
    assert len(ASKED) == 10
    assert all(f'name="{name}"' in shown.text for name in ASKED)
    keys = made(shown.text)
    wrong = {**RIGHT, **keys, "code": page.code, "sms_from": "09", "twilio_token": ""}
    told = await client.post("/", data=wrong)
    assert told.status_code == 422
    assert "2 réglages à revoir" in told.text
    assert not page.file.exists()
    done = await client.post("/", data={**RIGHT, **keys, "code": page.code})
    assert "C’est enregistré" in done.text
    assert page.written
    settings = Settings(_env_file=page.file)  # type: ignore[call-arg]
    assert settings.public_url == RIGHT["public_url"]
    assert settings.twilio_tokens == (RIGHT["twilio_token"],)
    assert settings.calling_hours == (9, 18)
    assert settings.fernet_keys == (keys["data_keys"],)


def test_other_lines_stay_and_nobody_else_can_read_it(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# ours\nVOICEBOT_PORT=8001\nVOICEBOT_SMS_FROM=+33939000000\n", encoding="utf-8")
    write_env(file, {"VOICEBOT_SMS_FROM": "+33939030000"})
    assert file.read_text(encoding="utf-8") == (
        "# ours\nVOICEBOT_PORT=8001\nVOICEBOT_SMS_FROM='+33939030000'\n"
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
