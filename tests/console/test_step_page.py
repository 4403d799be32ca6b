"""Steps, facts and trials on the pages of authors, over HTTP, as forms without a script would send them."""

from __future__ import annotations

from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.console.author import Press, press
from tests.console.conftest import Hire
from tests.console.test_publishing import at_the_desk
from voicebot.console.desk import Desk
from voicebot.dialogue.flow import Flows
from voicebot.dialogue.session import Place
from voicebot.nlu import Understanding
from voicebot.prompts import Prompts

RSA = "/demarches/rsa"


@pytest.fixture
def house(
    redis: Redis, desk: Desk, flows: Flows, prompts: Prompts, understanding: Understanding, tmp_path: Path
) -> Press:
    return press(desk, redis, tmp_path / "content", flows, prompts, understanding)


async def test_the_drawing_leads_to_the_steps(house: Press, hire: Hire) -> None:
    awa = await hire("Awa", "author")
    async with at_the_desk(house, awa.email) as author:
        shown = await author.open(RSA)
        assert f'href="/mediation{RSA}/etapes/age"' in shown.text
        assert "Quel âge avez-vous" in shown.text
        assert (await author.open("/demarches/rien")).status_code == 404
        assert (await author.open(f"{RSA}/etapes/rien")).status_code == 404
        for flow in ("accueil", "rappel", "point_aide"):
            assert (await author.open(f"/demarches/{flow}")).status_code == 200, flow


async def test_what_is_wrong_is_told_while_one_types(house: Press, hire: Hire) -> None:
    awa = await hire("Awa", "author")
    async with at_the_desk(house, awa.email) as author:
        await author.open(f"{RSA}/etapes/age")
        look = f"{RSA}/etapes/age/regard"
        typed = {"text.ask": "Un. Deux. Trois.", "way.to": "frnce", "text.label": "votre âge"}
        await author.open(f"{RSA}/etapes/age")
        token = author.page.text.split('name="token" value="')[1].split('"')[0]
        said = await author.post(look, token=token, part="text.ask", **typed)
        assert "3 phrases" in said.text
        said = await author.post(look, token=token, part="way:way.to", **typed)
        assert "Vouliez-vous dire" in said.text
        assert "france" in said.text
        said = await author.post(look, token=token, part="text.label", **typed)
        assert "beside-wrong" not in said.text


async def test_a_slip_in_a_name_is_put_right_when_saving(house: Press, hire: Hire) -> None:
    awa = await hire("Awa", "author")
    async with at_the_desk(house, awa.email) as author:
        await author.open(f"{RSA}/etapes/guide")
        await author.send(f"{RSA}/etapes/guide", **{"way.to": "commnt", "text.ask": "Voici la suite."})
        draft = house.workshop.draft("rsa")
        assert draft
        assert set(draft.files) == {"prompts/rsa.yaml"}, "the path is as it was"


async def test_a_step_is_added_moved_and_removed(house: Press, hire: Hire) -> None:
    awa = await hire("Awa", "author")
    async with at_the_desk(house, awa.email) as author:
        await author.open(RSA)
        shown = await author.send(
            f"{RSA}/etapes", after="guide", kind="choose", ask="Par quel moyen ?", options="à pied\nen bus"
        )
        assert shown.url.path.endswith("/etapes/quel_moyen")
        assert 'value="en bus"' in shown.text
        await author.open(RSA)
        await author.send(f"{RSA}/etapes/quel_moyen/deplacer", after="apres")
        steps = house.workshop.seen("rsa").written.flows.by_name["rsa"].steps
        assert steps["apres"].to == Place("rsa", "quel_moyen")
        await author.send(f"{RSA}/etapes/quel_moyen/supprimer")
        assert "quel_moyen" not in house.workshop.seen("rsa").written.flows.by_name["rsa"].steps
        await author.send(f"{RSA}/etapes", after="guide", kind="say", ask="")
        assert "Écrivez la phrase" in author.page.text
        await author.send(f"{RSA}/jeter")
        assert house.workshop.draft("rsa") is None


async def test_a_fact_is_corrected_added_and_removed(house: Press, hire: Hire) -> None:
    awa = await hire("Awa", "author")
    async with at_the_desk(house, awa.email) as author:
        await author.open(RSA)
        fact = {
            "about": "CAF : 3230",
            "source": "caf.fr, contact",
            "seen": "2026",
            "verified_on": "2026-03-01",
        }
        await author.send(f"{RSA}/faits/11", **fact)
        facts = house.workshop.seen("rsa").written.flows.by_name["rsa"].facts
        assert str(facts[11]["verified_on"]) == "2026-03-01"
        await author.send(f"{RSA}/faits/12", **{**fact, "about": "neuf"})
        await author.send(f"{RSA}/faits/0", about="")
        facts = house.workshop.seen("rsa").written.flows.by_name["rsa"].facts
        assert facts[-1]["about"] == "neuf"
        assert len(facts) == 12
        await author.send(f"{RSA}/faits/0", **{**fact, "expires": "2026-02-31"})
        assert "des dates qui existent" in author.page.text
        assert (await author.send(f"{RSA}/faits/99", **fact)).status_code == 404


async def test_the_draft_is_tried_and_nothing_is_left(house: Press, hire: Hire, redis: Redis) -> None:
    awa = await hire("Awa", "author")
    async with at_the_desk(house, awa.email) as author:
        await author.open(f"{RSA}/etapes/age")
        await author.send(f"{RSA}/etapes/age", **{"text.ask": "Vous avez quel âge ?"})
        keys = set(await redis.keys("*"))
        page = author.page
        said = await author.send(f"{RSA}/essai", channel="voice")
        assert "Pour le RSA, que se passe-t-il ?" in said.text
        author.page = page
        said = await author.send(
            f"{RSA}/essai", channel="voice", answers="je veux le demander", answered="1", answer="douze ans"
        )
        assert "Vous avez quel âge ?" in said.text
        assert "Compris" in said.text
        sound = said.text.split('<audio controls preload="none" src="')[1].split('"')[0].replace("&amp;", "&")
        heard = await author.client.get(sound)
        assert heard.headers["content-type"] == "audio/wav"
        assert len(heard.content) > 8000
        assert (await author.client.get(sound[:-8])).status_code == 404
        author.page = page
        said = await author.send(f"{RSA}/essai", channel="sms", answered="1", answer="1")
        assert "Vous avez quel âge" in said.text
        assert set(await redis.keys("*")) == keys


async def test_a_copy_and_a_pattern_begin_complete_procedures(house: Press, hire: Hire) -> None:
    awa = await hire("Awa", "author")
    typed = {
        "title": "la carte grise",
        "who": "la préfecture",
        "number": "3400",
        "source": "service-public.fr",
    }
    async with at_the_desk(house, awa.email) as author:
        await author.open("/demarches")
        shown = await author.send("/demarches", **typed, like="")
        assert shown.url.path.endswith("/demarches/carte_grise")
        assert "9 étapes" in shown.text
        assert "à corriger" not in shown.text
        await author.open("/demarches")
        shown = await author.send("/demarches", **{**typed, "title": "le permis"}, like="energie")
        assert "à corriger" not in shown.text
        await author.open("/demarches")
        shown = await author.send("/demarches", **{**typed, "number": "39"}, like="")
        assert shown.status_code == 422
        assert 'value="la carte grise"' in shown.text
