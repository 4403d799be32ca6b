"""`voicebot outbox`: what is on its way, and what was given up, without numbers and names."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from voicebot.app import privacy
from voicebot.cli.command import Commands, add
from voicebot.config import Settings, read_settings
from voicebot.errors import ConfigError
from voicebot.store.outbox import KINDS, Outbox
from voicebot.store.server import connect


def add_commands(commands: Commands) -> None:
    """Add `outbox`."""
    add(commands, "outbox", "texts and call-backs that wait, and those that were given up and why", _show)


def _show(options: argparse.Namespace) -> int:
    settings = read_settings()
    if not settings.redis_url:
        raise ConfigError(
            "REDIS_URL: expected the Redis that the service uses, none came; the embedded one can only be "
            "looked into by the service"
        )
    asyncio.run(_print(settings))
    return 0


async def _print(settings: Settings) -> None:
    table = Table("given up at (UTC)", "what", "topic", "why")
    console = Console()
    async with connect(settings.redis_url, settings.data) as redis:
        outbox = Outbox(redis, privacy(settings))
        for kind in KINDS:
            console.print(f"{kind}: {await outbox.count(kind)} waiting")
            for letter in await outbox.given_up(kind):
                code = letter.delivery.code if letter.delivery else None
                at = datetime.fromtimestamp(letter.content["at"], UTC)
                topic = str(letter.content.get("topic") or "")
                table.add_row(f"{at:%Y-%m-%d %H:%M}", kind, topic, code or "")
    console.print(table)
