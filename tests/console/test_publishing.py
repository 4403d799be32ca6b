"""A sentence is corrected, read by somebody else, published, heard by the next call, and taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from tests.console.author import Press, press
from tests.console.conftest import ORIGIN, Browser, Hire
from voicebot.console import site
from voicebot.console.desk import Desk
from voicebot.dialogue.flow import Flows
from voicebot.prompts import Prompts

AGE = "/demarches/rsa/etapes/age"


@pytest.fixture
def house(redis: Redis, desk: Desk, flows: Flows, prompts: Prompts, tmp_path: Path) -> Press:
    return press(desk, redis, tmp_path / "content", flows, prompts, None)


@asynccontextmanager
async def at_the_desk(house: Press, email: str) -> AsyncIterator[Browser]:
    app = FastAPI()
    app.router.routes.append(site.routes(house.desk))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        browser = Browser(client)
        await browser.sign_in(email)
        yield browser


async def correct(author: Browser, sentence: str) -> None:
    await author.open(AGE)
    await author.send(AGE, **{"text.ask": sentence, "way.to": "france", "way.unknown": "france"})
    assert "gardé dans le brouillon" in author.page.text


async def test_a_sentence_goes_through_two_people_to_the_next_call_and_back(house: Press, hire: Hire) -> None:
    awa, bea = await hire("Awa", "author"), await hire("Béa", "author")
    old = house.editions.current
    async with at_the_desk(house, awa.email) as author, at_the_desk(house, bea.email) as reader:
        await correct(author, "Vous avez quel âge ?")
        assert old.prompts is house.editions.current.prompts, "a draft reaches nobody"
        await author.open("/demarches/rsa/relire")
        assert "Quel âge avez-vous" in author.page.text
        await author.send("/demarches/rsa/relire", why="On disait mal")
        assert "Une autre personne le relit" in author.page.text
        await author.send("/demarches/rsa/publier")
        assert "une autre personne le relit et le publie" in author.page.text
        await reader.open("/demarches")
        assert "À relire" in reader.page.text
        await reader.open("/demarches/rsa/relire")
        await reader.send("/demarches/rsa/publier")
        assert "C’est publié" in reader.page.text
        new = house.editions.current
        assert new.prompts.entries["rsa.age"].texts["ask"] == "Vous avez quel âge ?"
        assert house.editions.of(old.id) is old, "calls in progress go on with what they began with"
        assert house.folder.read() == {"prompts/rsa.yaml": 'age: "Vous avez quel âge ?"\n'}
        await reader.open("/publications")
        assert "On disait mal" in reader.page.text
        await reader.open("/publications/1")
        await reader.send("/publications/1/defaire")
        await reader.send("/demarches/rsa/relire", why="C’était mieux avant")
        await author.open("/demarches/rsa/relire")
        await author.send("/demarches/rsa/publier")
        assert house.folder.read() == {}
    assert house.editions.current.prompts.entries["rsa.age"].texts == old.prompts.entries["rsa.age"].texts
    assert [one.why for one in house.workshop.history()] == ["C’était mieux avant", "On disait mal"]


async def test_what_is_wrong_cannot_be_published(house: Press, hire: Hire) -> None:
    awa, bea = await hire("Awa", "author"), await hire("Béa", "author")
    long = "Dites-moi donc, s'il vous plaît, quel âge vous avez en ce moment précis de votre longue vie ?"
    async with at_the_desk(house, awa.email) as author, at_the_desk(house, bea.email) as reader:
        await correct(author, long)
        await author.open("/demarches/rsa")
        assert "à corriger avant de publier" in author.page.text
        await author.open("/demarches/rsa/relire")
        await author.send("/demarches/rsa/relire", why="Essai")
        await reader.open("/demarches/rsa/relire")
        await reader.send("/demarches/rsa/publier")
        assert "Il reste des points à corriger" in reader.page.text
        await reader.send("/demarches/rsa/relire/renvoyer", remark="Trop long")
        await author.open(AGE)
        assert "Trop long" in author.page.text
    assert house.folder.read() == {}


async def test_an_administrator_alone_publishes_and_the_history_says_so(house: Press, hire: Hire) -> None:
    chief = await hire("Zoé", "administrator")
    async with at_the_desk(house, chief.email) as alone:
        await correct(alone, "Vous avez quel âge ?")
        await alone.open("/demarches/rsa/relire")
        await alone.send("/demarches/rsa/relire", why="Urgent")
        await alone.send("/demarches/rsa/publier")
        assert house.folder.read() == {}
        await alone.send("/demarches/rsa/publier", alone="1")
        await alone.open("/publications")
        assert "publié sans autre lecteur" in alone.page.text


async def test_two_drafts_of_the_same_file_do_not_overwrite_each_other(house: Press, hire: Hire) -> None:
    awa, bea = await hire("Awa", "author"), await hire("Béa", "author")
    async with at_the_desk(house, awa.email) as author, at_the_desk(house, bea.email) as reader:
        await correct(author, "Vous avez quel âge ?")
        await author.open("/demarches/rsa/relire")
        await author.send("/demarches/rsa/relire", why="Essai")
        (house.folder.root / "prompts").mkdir(parents=True)
        (house.folder.root / "prompts/rsa.yaml").write_text('age: "Votre âge ?"\n', encoding="utf-8")
        await reader.open("/demarches/rsa/relire")
        await reader.send("/demarches/rsa/publier")
        assert "changé les mêmes fichiers" in reader.page.text
    assert house.folder.read() == {"prompts/rsa.yaml": 'age: "Votre âge ?"\n'}


async def test_a_mediator_writes_nothing_and_an_author_sees_nobody(house: Press, hire: Hire) -> None:
    awa, mia = await hire("Awa", "author"), await hire("Mia", "mediator")
    async with at_the_desk(house, mia.email) as mediator:
        assert (await mediator.open("/demarches")).status_code == 403
    async with at_the_desk(house, awa.email) as author:
        assert author.page.url.path == "/mediation/demarches"
        for path in ("/", "/search", "/figures", "/team", "/tickets/t1"):
            assert (await author.open(path)).status_code == 403, path
        for path in ("/me", "/more", "/publications", "/fichiers"):
            assert (await author.open(path)).status_code == 200, path


async def test_what_is_broken_by_hand_reaches_no_call(house: Press, hire: Hire) -> None:
    before = house.editions.current
    flows = house.folder.root / "flows"
    flows.mkdir(parents=True)
    for text in (
        "flow: rsa\nsteps: {besoin: {kind: say, to: nulle_part}}\nstart: besoin\n",
        "flow: [",
        "\x00",
    ):
        (flows / "rsa.yaml").write_text(text, encoding="utf-8")
        await house.follower.look()
        assert house.editions.current is before
        assert house.follower.refused
    chief = await hire("Zoé", "administrator")
    async with at_the_desk(house, chief.email) as anyone:
        await anyone.open("/demarches")
        assert "ne sont pas pris" in anyone.page.text
    (flows / "rsa.yaml").unlink()
    await house.follower.look()
    assert house.follower.refused == ()


async def test_an_archive_goes_out_and_comes_in_as_a_draft(house: Press, hire: Hire) -> None:
    chief = await hire("Zoé", "administrator")
    async with at_the_desk(house, chief.email) as anyone:
        await correct(anyone, "Vous avez quel âge ?")
        await anyone.open("/demarches/rsa/relire")
        await anyone.send("/demarches/rsa/relire", why="Urgent")
        await anyone.send("/demarches/rsa/publier", alone="1")
        archive = (await anyone.client.get("/mediation/fichiers/demarches.zip")).content
        (house.folder.root / "prompts/rsa.yaml").unlink()
        await anyone.open("/fichiers")
        token = anyone.page.text.split('data-token="')[1].split('"')[0]
        for body, said in ((b"rien", "pas une archive"), (archive, "Avant, après")):
            sent = await anyone.client.post(
                "/mediation/fichiers", content=body, headers={"x-token": token}, follow_redirects=True
            )
            assert said in sent.text
    draft = house.workshop.draft("import")
    assert draft
    assert draft.files == {"prompts/rsa.yaml": 'age: "Vous avez quel âge ?"\n'}
