"""`voicebot outbox`: what is on its way and what was given up, without numbers or names."""

from __future__ import annotations

import argparse
import asyncio
import time
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from voicebot.app import privacy
from voicebot.cli.command import Commands, add
from voicebot.config import Settings, read_settings
from voicebot.store.outbox import KINDS, REPEATABLE, Outbox
from voicebot.store.server import connect


def add_commands(commands: Commands) -> None:
    """Add `outbox`."""
    shown = add(commands, "outbox", "texts and call-backs that are waiting or were given up, and why", _show)
    shown.add_argument("--retry", action="store_true", help="send once more what was given up and may arrive")


def _show(options: argparse.Namespace) -> int:
    settings = read_settings()
    asyncio.run(_retry(settings) if options.retry else _print(settings))
    return 0


async def _retry(settings: Settings) -> None:
    async with connect(settings.redis_url, settings.data) as redis:
        outbox = Outbox(redis, privacy(settings))
        for kind in REPEATABLE:
            print(f"{kind}: {await outbox.try_again(kind, time.time())} on their way again")


async def _print(settings: Settings) -> None:
    table = Table("given up at (UTC)", "what", "topic", "why")
    console = Console()
    async with connect(settings.redis_url, settings.data) as redis:
        outbox = Outbox(redis, privacy(settings))
        for kind in KINDS:
            console.print(f"{kind}: {await outbox.count(kind)} waiting")
            for item in await outbox.given_up(kind):
                code = item.delivery.code if item.delivery else None
                at = datetime.fromtimestamp(item.record.at, UTC)
                topic = getattr(item.record.order, "topic", "")
                table.add_row(f"{at:%Y-%m-%d %H:%M}", kind, topic, code or "")
    console.print(table)
