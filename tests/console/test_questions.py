"""What three people said and nobody understood becomes a way to say a choice, in a draft."""

from __future__ import annotations

from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.console.author import Press, press
from tests.console.conftest import Hire
from tests.console.test_publishing import at_the_desk
from voicebot.console.desk import Desk
from voicebot.dialogue.flow import Flows
from voicebot.prompts import Prompts


@pytest.fixture
def house(redis: Redis, desk: Desk, flows: Flows, prompts: Prompts, tmp_path: Path) -> Press:
    return press(desk, redis, tmp_path / "content", flows, prompts, None)


async def said(house: Press, step: str, text: str, *people: str) -> None:
    assert house.desk.unheard
    for person in people:
        await house.desk.unheard.note(step, text, person, 1.0)


async def test_a_sentence_is_added_to_a_choice_and_a_request_to_a_procedure(house: Press, hire: Hire) -> None:
    awa = await hire("Awa", "author")
    await said(house, "rsa.besoin", "il tombe plus", "a", "b", "c")
    await said(house, "accueil.question", "la paye de la caf", "a", "b", "c", "d")
    await said(house, "rsa.age", "bientôt la retraite", "a", "b")
    async with at_the_desk(house, awa.email) as author:
        shown = await author.open("/questions")
        assert "il tombe plus" in shown.text
        assert "4 personnes" in shown.text
        assert "bientôt la retraite" not in shown.text, "only two people said it"
        assert house.desk.unheard
        ids = {one.text: one.id for one in await house.desk.unheard.all()}
        await author.send(f"/questions/{ids['il tombe plus']}/ajouter", means="")
        assert "Choisissez" in author.page.text
        await author.send(f"/questions/{ids['il tombe plus']}/ajouter", means="choice:rsa_change")
        assert "il tombe plus" in author.page.text
        await author.open("/questions")
        await author.send(f"/questions/{ids['la paye de la caf']}/ajouter", means="topic:rsa")
        draft = house.workshop.draft("rsa")
        assert draft
        assert draft.files == {
            "nlu/choices/rsa.yaml": 'rsa_change: ["il tombe plus"]\n',
            "nlu/intents/rsa.yaml": 'utterances: ["la paye de la caf"]\n',
        }
        assert house.workshop.findings("rsa") == ()
        assert "Rien pour l’instant" in (await author.open("/questions")).text
        assert (await author.open("/questions")).status_code == 200


async def test_a_sentence_can_be_left(house: Press, hire: Hire) -> None:
    awa = await hire("Awa", "author")
    await said(house, "rsa.age", "bientôt la retraite", "a", "b", "c")
    async with at_the_desk(house, awa.email) as author:
        await author.open("/questions")
        assert house.desk.unheard
        (one,) = await house.desk.unheard.all()
        await author.send(f"/questions/{one.id}/laisser")
        assert "ne sera plus montrée" in author.page.text
