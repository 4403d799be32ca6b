"""The HTML of a card in a real browser: one page when printed, fit for a telephone, a touch calls."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PdfReader

from tests.cards.made import shipped
from voicebot.cards.page import page
from voicebot.cards.pdf import fit

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


def html(name: str) -> str:
    card = shipped()[name]
    return page(card, fit(card))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "run `make test`, which installs chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    tab = browser.new_page()
    yield tab
    tab.close()


def test_every_card_prints_on_one_page_with_nothing_cut_off(tab: Page) -> None:
    tab.emulate_media(media="print")
    for name in shipped():
        tab.set_content(html(name))
        assert tab.evaluate("document.fonts.ready.then(() => document.fonts.check('16px Lexend'))"), name
        assert tab.locator("main").evaluate("all => all.scrollHeight <= all.clientHeight"), name
        assert len(PdfReader(io.BytesIO(tab.pdf(prefer_css_page_size=True))).pages) == 1, name


def test_every_card_fits_a_small_telephone(tab: Page) -> None:
    tab.set_viewport_size({"width": 360, "height": 640})
    for name in shipped():
        tab.set_content(html(name))
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360, name


def test_a_touch_calls_the_number(tab: Page) -> None:
    tab.set_content(html("impots"))
    links = [link.get_attribute("href") for link in tab.locator("a").all()]
    assert links == ["tel:0809401401", "tel:0937000000"]


def test_the_page_needs_nothing_from_elsewhere(tab: Page) -> None:
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url[:8]))
    tab.set_content(html("rsa"))
    tab.wait_for_load_state("networkidle")
    assert not [url for url in asked if not url.startswith(("data:", "about:"))]
    assert tab.title() == "Le RSA"
