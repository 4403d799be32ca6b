"""Every conversation file takes the same path by voice, by keypad and by SMS (words in, no sound)."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.conversations import WrittenConversation, all_conversations, play
from tests.parts import one_edition
from voicebot.app import FLOWS, PROMPTS, all_lookups, waiting_room
from voicebot.authoring.replay import check_end
from voicebot.channels.service import wording
from voicebot.dialogue.event import Channel
from voicebot.dialogue.flow import Flows
from voicebot.flows.load import load_flows
from voicebot.nlu import Understanding
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.rights.lookups import assumed
from voicebot.store.sessions import Sessions
from voicebot.store.spoken_files import SpokenFiles
from voicebot.switchboard.duty import noted
from voicebot.turns.runner import Runner

CASES = [(one, channel) for one in all_conversations() for channel in one.channels]


#: How somebody may go through a procedure. Each has a file for each of these.
STORIES = ("straight", "hesitant", "misunderstood", "keypad", "sms", "human")


@pytest.fixture
def runner(
    redis: Redis,
    privacy: Privacy,
    understanding: Understanding,
    flows: Flows,
    prompts: Prompts,
    tmp_path: Path,
) -> Runner:
    sessions, tickets = Sessions(redis, privacy), waiting_room(redis, privacy)
    found = all_lookups(redis, privacy, tickets, tmp_path, lambda: 1.0)
    found |= {"permanence": noted, "rights_possible": assumed}
    return one_edition(flows, understanding, sessions, lambda: 1.0, partial(wording, prompts), found)


@pytest.mark.parametrize(("conversation", "channel"), CASES, ids=[f"{c.file}-{by}" for c, by in CASES])
async def test_conversation(
    conversation: WrittenConversation, channel: Channel, runner: Runner, redis: Redis, privacy: Privacy
) -> None:
    last, _ = await play(conversation, channel, runner, SpokenFiles(redis, privacy))
    await check_end(conversation, channel, runner, last)


def test_every_procedure_has_its_six_stories_and_every_channel() -> None:
    topics = set(Prompts.load(PROMPTS).topics) & set(load_flows(FLOWS).by_name)
    assert len(topics) == 34
    files = {conversation.file for conversation, _ in CASES}
    lacking = {f"{flow}.{story}" for flow in topics for story in STORIES} - files
    assert not lacking, f"write these conversation files: {', '.join(sorted(lacking))}"
    for flow in topics:
        told = {channel for one, channel in CASES if one.file.startswith(f"{flow}.")}
        assert told == {"voice", "keypad", "sms"}, flow


def test_the_stories_are_what_their_names_say() -> None:
    for one, _ in CASES:
        story = one.file.partition(".")[2]
        if story in ("keypad", "sms"):
            assert one.channels == (story,), one.file
        if story == "human":
            assert one.ends.ticket, one.file
        assert one.file.partition(".")[0] == one.flow
