"""The figures as pages, pictures and a table to take along."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from xml.etree import ElementTree as ET

import pytest

from tests.console.conftest import Browser, Clock, Hire, OpenBrowser
from voicebot.console.desk import Desk

TODAY = {"calls": 41, "texts": 9, "understood": 90, "misunderstood": 10, "topic:rsa": 30, "topic:banque": 2}
DAY_S = 86400.0


@pytest.fixture
async def hers(browser: OpenBrowser, hire: Hire) -> AsyncIterator[Browser]:
    awa = await hire()
    async with browser() as hers:
        await hers.sign_in(awa.email)
        yield hers


async def test_the_day_the_week_the_month(hers: Browser, desk: Desk, clock: Clock) -> None:
    for ago, calls in {0: 41, 3: 20, 20: 100, 31: 1000}.items():
        await desk.figures.count(clock.now - ago * DAY_S, {"calls": calls})
    for period, calls in {"day": 41, "week": 61, "month": 161}.items():
        page = await hers.open(f"/figures?period={period}")
        assert f"<dd>{calls}</dd>" in page.text


async def test_topics_by_their_names_and_small_counts_hidden(hers: Browser, desk: Desk, clock: Clock) -> None:
    await desk.figures.count(clock.now, TODAY)
    page = (await hers.open("/figures?period=day")).text
    assert "Le RSA" in page
    assert "La banque et les dettes" in page
    assert "90&nbsp;%" in page
    assert "moins de cinq" in page


async def test_pictures_load_nothing_and_name_their_colours(hers: Browser, desk: Desk, clock: Clock) -> None:
    await desk.figures.count(clock.now, TODAY)
    for size in ("wide", "narrow"):
        picture = await hers.open(f"/figures/volume.svg?period=week&size={size}")
        assert picture.headers["content-type"].startswith("image/svg+xml")
        assert "<script" not in picture.text
        assert "href" not in picture.text
        assert "Appels" in "".join(ET.fromstring(picture.text).itertext())
    assert (await hers.open("/figures/secrets.svg")).status_code == 404


async def test_the_table_to_take_along(hers: Browser, desk: Desk, clock: Clock) -> None:
    await desk.figures.count(clock.now, TODAY)
    answer = await hers.open("/figures.csv?period=day")
    assert answer.text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(answer.text[1:]), delimiter=";"))
    assert rows[0] == ["jour", "mesure", "détail", "nombre"]
    told = {(row[1], row[2]): row[3] for row in rows[1:]}
    assert told["Appels", ""] == "41"
    assert told["Sujets demandés", "La banque et les dettes"] == "<5"
    assert (await desk.audit.latest())[0].did == "exported_figures"


async def test_before_the_first_call_the_page_says_so(hers: Browser) -> None:
    assert "Pas encore de chiffres" in (await hers.open("/figures")).text
