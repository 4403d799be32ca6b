"""Nine answers, and what is probable: by voice, by keypad and by SMS, with an OpenFisca that answers."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.conversations import ScriptLine, WrittenConversation, play
from tests.parts import one_edition
from tests.rights.test_calculator import OpenFisca, calculator
from voicebot.app import all_lookups, waiting_room
from voicebot.authoring.replay import ExpectedEnd, check_end
from voicebot.channels.service import wording
from voicebot.dialogue.event import Channel
from voicebot.dialogue.flow import Flows
from voicebot.nlu import Understanding
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.rights import lookups
from voicebot.store.sessions import Sessions
from voicebot.store.spoken_files import SpokenFiles
from voicebot.switchboard.duty import noted
from voicebot.turns.runner import ConversationRef

NOVEMBER = 1795867200.0
ASKED = (
    ("accueil.question", "à quoi ai-je droit", None),
    ("droits.age", "j'ai quarante ans", "40#"),
    ("droits.droits_couple", "je vis seul", "1"),
    ("droits.droits_enfants", "zéro", "0#"),
    ("droits.droits_logement", "on me loge", "3"),
    ("droits.droits_salaire", "zéro euro", "0#"),
    ("droits.droits_autre", "zéro euro", "0#"),
    ("droits.nationalite", "je suis français", "1"),
    ("droits.code_postal", "je ne sais pas", "*6"),
    ("droits.droits_handicap", "non personne", "1"),
    ("droits.attendre", "la suite", "1"),
    ("droits.laquelle", "le RSA", "1"),
    ("rsa.besoin", "conseiller", "0"),
)


@pytest.mark.parametrize("channel", ["voice", "keypad", "sms"])
async def test_what_is_probable_is_told_with_care_and_leads_into_its_procedure(
    channel: Channel,
    redis: Redis,
    privacy: Privacy,
    understanding: Understanding,
    flows: Flows,
    prompts: Prompts,
    tmp_path: Path,
) -> None:
    sessions, tickets = Sessions(redis, privacy), waiting_room(redis, privacy)
    found = all_lookups(redis, privacy, tickets, tmp_path, lambda: NOVEMBER)
    api = OpenFisca()
    found |= {"permanence": noted, **lookups(calculator(api))}
    runner = one_edition(flows, understanding, sessions, lambda: NOVEMBER, partial(wording, prompts), found)
    turns = tuple(
        ScriptLine(hear=hear, say=said, keys=keys)
        for hear, said, keys in ASKED
        if channel != "sms" or hear != "droits.attendre"  # a text waits for itself
    )
    ends = ExpectedEnd(slots={"right_1_euros": 570, "rights_known": "yes"}, ticket=True)
    told = WrittenConversation(
        file="droits", name="rights", flow="droits", channels=(channel,), turns=turns, ends=ends
    )
    last, _ = await play(told, channel, runner, SpokenFiles(redis, privacy))
    await check_end(told, channel, runner, last)
    assert len(api.asked) == 1, "begun before the last question, and not asked again"


async def test_where_nothing_can_be_computed_nothing_is_asked_and_nothing_is_filed(
    redis: Redis,
    privacy: Privacy,
    understanding: Understanding,
    flows: Flows,
    prompts: Prompts,
    tmp_path: Path,
) -> None:
    sessions, tickets = Sessions(redis, privacy), waiting_room(redis, privacy)
    found = all_lookups(redis, privacy, tickets, tmp_path, lambda: NOVEMBER)
    runner = one_edition(flows, understanding, sessions, lambda: NOVEMBER, partial(wording, prompts), found)
    who = ConversationRef("p1", "CA1")
    await runner.start(who, "voice", "e0", textable=True)
    reply = await runner.hear(who, "à quoi ai-je droit", "e1")
    assert [say.prompt for say in reply.says] == ["droits.impossible", "cloture.conseiller"]
    await runner.hear(who, "non", "e2")
    assert await sessions.records("ticket") == []
