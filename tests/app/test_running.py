"""What administrators are told about the running service, from its real parts."""

from __future__ import annotations

from pathlib import Path

from redis.asyncio import Redis

from tests.texting import Clock, texted_service
from voicebot.app.running import running
from voicebot.channels.service import Service
from voicebot.config import Settings
from voicebot.console.running import BACKED_UP, Groups
from voicebot.dialogue.flow import Flows
from voicebot.nlu import Understanding
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.store.audit import Deed

#: The 28th of November 2026, at noon.
NOON = 1_795_863_600.0


def told(groups: Groups, group: str) -> dict[str, str]:
    return {one.name: one.value for one in groups[group]}


async def test_the_page_is_told_what_runs_and_when_it_was_last_saved(
    redis: Redis,
    privacy: Privacy,
    understanding: Understanding,
    flows: Flows,
    prompts: Prompts,
    tmp_path: Path,
) -> None:
    service: Service = texted_service(redis, privacy, understanding, flows, prompts, tmp_path, Clock(NOON))
    look = running(service, Settings(_env_file=None, data=tmp_path, var=tmp_path), redis, None).look
    before = await look()
    assert told(before, "outbox")["waiting_sms"] == "0"
    assert told(before, "store")["redis"] != "…"
    assert told(before, "machine")["last_backup"] == "…"
    await service.recording.audit.note(Deed(NOON, "chief", BACKED_UP))
    assert told(await look(), "machine")["last_backup"] == "28/11/2026"
