"""Opening hours, days off, messages of the day."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.console.conftest import Browser, Clock, Hire, OpenBrowser
from voicebot.console.desk import Desk
from voicebot.store.opening import Week

DAY_S = 86400.0


@pytest.fixture
async def hers(browser: OpenBrowser, hire: Hire) -> AsyncIterator[Browser]:
    chief = await hire("Chantal Roy", "administrator")
    async with browser() as hers:
        await hers.sign_in(chief.email)
        await hers.open("/hours")
        yield hers


async def test_the_week_is_set(hers: Browser, desk: Desk) -> None:
    hours = {"from0": "08:30", "until0": "12:00", "from1": "", "until1": ""}
    await hers.send("/hours", days=["0", "2", "9"], **hours)
    assert "Les horaires sont enregistrés." in hers.page.text
    assert await desk.opening.week() == Week(spans=((8.5, 12.0),), days=(0, 2))
    assert 'value="08:30"' in hers.page.text
    await hers.send("/hours", days=["0"], holidays="1", **hours)
    assert (await desk.opening.week()).holidays is True


@pytest.mark.parametrize(
    "hours",
    [
        {"from0": "12:00", "until0": "09:00"},
        {"from0": "09:00", "until0": ""},
        {"from0": "09:00", "until0": "12:00", "from1": "11:00", "until1": "17:00"},
        {"from0": "neuf", "until0": "12:00"},
    ],
)
async def test_hours_that_make_no_sense_change_nothing(
    hers: Browser, desk: Desk, hours: dict[str, str]
) -> None:
    answer = await hers.send("/hours", days="0", **hours)
    assert answer.status_code == 422
    assert "Le début vient avant la fin" in answer.text
    assert await desk.opening.week() == Week()


async def test_a_day_is_closed_and_opened_again(hers: Browser, desk: Desk) -> None:
    await hers.send("/hours/close", day="2026-12-24")
    assert "24 décembre 2026" in hers.page.text
    assert (await desk.opening.week()).closed == ("2026-12-24",)
    await hers.send("/hours/open", day="2026-12-24")
    assert (await desk.opening.week()).closed == ()
    for wrong in ("2020-12-24", "Noël"):
        assert (await hers.send("/hours/close", day=wrong)).status_code == 422


async def test_a_message_of_the_day_is_shown_until_its_day(hers: Browser, desk: Desk, clock: Clock) -> None:
    await hers.send("/hours/notices", text="La CAF est fermée.", until="2026-05-29")
    assert "affiché à toute l’équipe" in hers.page.text
    assert "La CAF est fermée." in (await hers.open("/")).text
    clock.now += DAY_S
    assert "La CAF est fermée." in (await hers.open("/")).text
    clock.now += DAY_S
    assert "La CAF est fermée." not in (await hers.open("/")).text


async def test_a_message_is_taken_away(hers: Browser, desk: Desk, clock: Clock) -> None:
    notice = await desk.notices.add("Faux.", clock.now, "2099-01-01")
    await hers.send(f"/hours/notices/{notice.id}/remove")
    assert "Faux." not in hers.page.text
    await hers.open("/hours")
    assert (await hers.send(f"/hours/notices/{notice.id}/remove")).status_code == 404


@pytest.mark.parametrize(
    ("text", "until", "told"),
    [
        ("", "2099-01-01", "rien à envoyer"),
        ("x" * 400, "2099-01-01", "trop long"),
        ("x", "2020-01-01", "date"),
    ],
)
async def test_a_message_that_cannot_be_shown(hers: Browser, text: str, until: str, told: str) -> None:
    answer = await hers.send("/hours/notices", text=text, until=until)
    assert answer.status_code == 422
    assert told in answer.text
