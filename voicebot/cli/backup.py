"""`voicebot backup FILE` and `voicebot restore FILE`: what Redis keeps, sealed (docs/operating.md)."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from voicebot.cli.command import Commands, add
from voicebot.config import read_settings
from voicebot.store import backup
from voicebot.store.server import connect


def add_commands(commands: Commands) -> None:
    """Add `backup` and `restore`."""
    saved = add(commands, "backup", "write all that Redis keeps, sealed, to a file", _backup)
    saved.add_argument("file", metavar="FILE", type=Path)
    restored = add(commands, "restore", "read a backup into a Redis that is empty", _restore)
    restored.add_argument("file", metavar="FILE", type=Path)


def _backup(options: argparse.Namespace) -> int:
    asyncio.run(_write(options.file))
    return 0


def _restore(options: argparse.Namespace) -> int:
    print(f"{asyncio.run(_read(options.file))} keys")
    return 0


async def _write(file: Path) -> None:
    settings = read_settings()
    async with connect(settings.redis_url, settings.data) as redis:
        with file.open("wb") as written:
            async for piece in backup.packed(redis):
                written.write(piece)


async def _read(file: Path) -> int:
    settings = read_settings()
    async with connect(settings.redis_url, settings.data) as redis:
        return await backup.unpack(redis, file)
