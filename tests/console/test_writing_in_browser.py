"""A social worker who has never seen the pages corrects a sentence, then writes a procedure of ten steps.

Every click and every key is counted, and the guide says these numbers.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, Locator, Page, expect
from redis.asyncio import Redis

from tests.console.author import Press, press
from tests.console.conftest import PASSWORD, Hire
from tests.console.open_site import PATIENCE_MS, PHONE, WIDE, barriers, chromium, new_page, served
from voicebot.console import site
from voicebot.console.desk import Desk
from voicebot.dialogue.flow import Flows
from voicebot.nlu import Understanding
from voicebot.prompts import Prompts

pytestmark = pytest.mark.xdist_group("browser")
expect.set_options(timeout=PATIENCE_MS)
GUIDE = Path(__file__).parents[2] / "docs" / "writing-procedures.md"
PATHS = (
    *("demarches", "demarches/rsa", "demarches/rsa/etapes/besoin"),
    *("publications", "publications/1", "fichiers", "questions"),
)
TOO_LONG = "Dites-moi, s’il vous plaît, quel âge vous avez en ce moment, ou bientôt, ou alors le jour ?"
NEW = "Vous avez quel âge ?"


@dataclass
class Hand:
    """Somebody's hand at a page: what it clicks and types is counted."""

    page: Page
    clicks: int = 0
    keys: int = 0

    async def click(self, what: Locator) -> None:
        self.clicks += 1
        await what.click()

    async def press(self, name: str) -> None:
        await self.click(self.page.get_by_role("button", name=name, exact=True))

    async def follow(self, name: str | re.Pattern[str]) -> None:
        await self.click(self.page.get_by_role("link", name=name).first)

    async def write(self, label: str, text: str) -> None:
        """Into the field, over what it says."""
        field = self.page.get_by_label(label, exact=True)
        await self.click(field)
        self.keys += len(text) + 2  # Ctrl-A
        await field.fill(text)


@pytest.fixture
def house(
    redis: Redis, desk: Desk, flows: Flows, prompts: Prompts, understanding: Understanding, tmp_path: Path
) -> Press:
    plain = replace(desk, guard=replace(desk.guard, https=False))
    return press(plain, redis, tmp_path / "content", flows, prompts, understanding)


@pytest.fixture
async def origin(house: Press) -> AsyncIterator[str]:
    app = FastAPI()
    app.router.routes.append(site.routes(house.desk))
    async with served(app) as address:
        yield address


@pytest.fixture
async def browsers() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


async def enter(browsers: Browser, origin: str, email: str, size: tuple[int, int] = WIDE) -> Hand:
    page = await new_page(browsers, size)
    await page.goto(f"{origin}/mediation/sign-in")
    await page.get_by_label("Adresse e-mail").fill(email)
    await page.get_by_label("Mot de passe").fill(PASSWORD)
    await page.get_by_role("button", name="Se connecter").click()
    await page.wait_for_url("**/mediation/demarches")
    return Hand(page)


async def publish(author: Hand, reader: Hand, title: str, why: str) -> None:
    """The author asks, somebody else reads and publishes."""
    await author.press("Faire relire")
    await author.write("Pourquoi ce changement ?", why)
    await author.press("Donner à relire")
    await expect(author.page.get_by_text("Une autre personne le relit")).to_be_visible()
    await reader.page.reload()
    await reader.follow(f"À relire : {title}")
    await reader.press("J’ai relu : publier")
    await expect(reader.page.get_by_text("C’est publié.")).to_be_visible()


async def test_a_sentence_and_a_whole_procedure(
    browsers: Browser, origin: str, house: Press, hire: Hire
) -> None:
    awa, bea = await hire("Awa", "author"), await hire("Béa", "author")
    author, reader = await enter(browsers, origin, awa.email), await enter(browsers, origin, bea.email)
    page = author.page
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))

    # A sentence, corrected: what is too long is told while she types, and she hears it at once.
    await author.follow("Le RSA")
    await author.follow("Question Quel âge avez-vous ?")
    assert await barriers(page) == []
    await author.write("Au téléphone", TOO_LONG)
    await expect(page.locator("#beside-ask")).to_contain_text("mots")
    typed_too_long = author.keys
    await author.write("Au téléphone", NEW)
    await expect(page.locator("#beside-ask .beside-wrong")).to_have_count(0)
    author.keys -= typed_too_long
    author.clicks -= 1
    await author.press("Enregistrer")
    await publish(author, reader, "Le RSA", "plus simple")
    assert house.editions.current.prompts.entries["rsa.age"].texts["ask"] == NEW
    sentence = (author.clicks + reader.clicks, author.keys + reader.keys)

    # A new procedure: the pattern, one step more, her own words, tried by telephone on the draft.
    author, reader = Hand(page), Hand(reader.page)
    await page.goto(f"{origin}/mediation/demarches")
    await reader.page.goto(f"{origin}/mediation/demarches")
    await author.write("Son nom, comme dans une phrase", "la carte grise")
    await author.write("Qui appeler", "la préfecture")
    await author.write("À quel numéro", "3400")
    await author.write("La page officielle qui le dit", "service-public.fr")
    await author.press("Commencer")
    await expect(page.get_by_role("heading", name="9 étapes")).to_be_visible()
    assert await barriers(page) == []
    row = page.locator("#etape-aide")
    await author.click(row.get_by_text("Ajouter, déplacer, supprimer"))
    await author.click(row.get_by_label("Nouvelle étape juste après : la phrase"))
    told = "Prenez aussi l’ancienne carte grise."
    author.keys += len(told)
    await row.get_by_label("Nouvelle étape juste après : la phrase").fill(told)
    await author.click(row.get_by_role("button", name="Ajouter l’étape"))
    await expect(page.get_by_role("heading", name=re.compile("Étape prenez_aussi"))).to_be_visible()
    await page.get_by_role("button", name="Au téléphone").click()
    await expect(page.locator("#trial-talk")).to_contain_text("que voulez-vous faire")
    await page.get_by_label("Vous répondez").fill("une première demande")
    await page.get_by_role("button", name="Répondre").click()
    await expect(page.locator("#trial-talk")).to_contain_text("Compris")
    assert await barriers(page) == []
    await publish(author, reader, "La carte grise", "demandée au guichet")
    assert len(house.editions.current.flows.by_name["carte_grise"].steps) == 10
    assert "carte_grise" in house.editions.current.prompts.topics
    procedure = (author.clicks + reader.clicks, author.keys + reader.keys)
    assert complaints == []

    phone = (await enter(browsers, origin, awa.email, PHONE)).page
    for path in PATHS:
        await phone.goto(f"{origin}/mediation/{path}")
        assert await barriers(phone) == [], path
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await phone.evaluate(overflow) <= 0, path

    text = GUIDE.read_text(encoding="utf-8")
    assert f"{sentence[0]} clics et {sentence[1]} touches" in text, sentence
    assert f"{procedure[0]} clics et {procedure[1]} touches" in text, procedure
