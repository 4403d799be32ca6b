"""Every conversation file takes the same path by voice, by keypad and by SMS (words in, no sound)."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.conversations import Conversation, all_conversations, play
from voicebot.app import FLOWS, PROMPTS
from voicebot.channels.service import wording
from voicebot.dialogue.event import Channel
from voicebot.dialogue.flow import Flows
from voicebot.flows.load import load_flows
from voicebot.nlu import Understanding
from voicebot.places import lookups
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.replay import check_end
from voicebot.runner import Runner
from voicebot.store.sessions import Sessions

CASES = [(one, channel) for one in all_conversations() for channel in one.channels]


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding.load()


@pytest.fixture(scope="module")
def flows() -> Flows:
    return load_flows(FLOWS)


@pytest.fixture(scope="module")
def prompts() -> Prompts:
    return Prompts.load(PROMPTS)


@pytest.fixture
def runner(
    redis: Redis,
    privacy: Privacy,
    understanding: Understanding,
    flows: Flows,
    prompts: Prompts,
    tmp_path: Path,
) -> Runner:
    sessions, found = Sessions(redis, privacy), lookups(tmp_path, lambda: 1.0)
    return Runner(flows, understanding, sessions, lambda: 1.0, partial(wording, prompts), found)


@pytest.mark.parametrize(("conversation", "channel"), CASES, ids=[f"{c.file}-{by}" for c, by in CASES])
async def test_conversation(conversation: Conversation, channel: Channel, runner: Runner) -> None:
    last, _ = await play(conversation, channel, runner)
    await check_end(conversation, channel, runner, last)


@pytest.mark.parametrize("flow", ["rsa", "carte_vitale", "attestation_caf"])
def test_every_procedure_has_its_stories(flow: str) -> None:
    stories = [one for one, _ in CASES if one.flow == flow]
    assert len({story.file for story in stories}) >= 5
    assert {channel for story in stories for channel in story.channels} == {"voice", "keypad", "sms"}
