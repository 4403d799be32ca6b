"""Checks on this machine: settings, written content, recognizers and voices, keys, disk."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from voicebot.app import content_of, privacy, recognizer, studio, voice
from voicebot.config import Settings, unknown_names
from voicebot.content.folders import files_in
from voicebot.datafile import raise_if_any
from voicebot.errors import VoicebotError
from voicebot.flows.load import load_flows
from voicebot.prompts import Prompts
from voicebot.studio import counted

_ENOUGH_DISK_BYTES: Final = 1 << 30
_ENV_FILE: Final = Path(".env")


async def settings_known(settings: Settings) -> str:
    """Every VOICEBOT_ name in the environment and in .env is one that we read."""
    names = [*os.environ, *_names(_ENV_FILE)]
    strange = unknown_names(names)
    if strange:
        told = (f"{name}" + (f" (did you mean {like}?)" if like else "") for name, like in strange.items())
        raise VoicebotError(f"nobody reads {', '.join(told)}: correct or remove it")
    return "all names are known"


def _names(env_file: Path) -> Iterable[str]:
    if not env_file.is_file():
        return []
    lines = env_file.read_text(encoding="utf-8").splitlines()
    return [line.partition("=")[0].strip() for line in lines if "=" in line and not line.startswith("#")]


async def content(settings: Settings) -> str:
    """The association's own folder can be found, and every file in it is read."""
    found = content_of(settings)
    if found.own is None:
        return "ours alone: VOICEBOT_CONTENT is not set"
    raise_if_any(found.unread())
    return f"{len(files_in([found.own]))} files in {found.own}, laid over ours"


async def flows(settings: Settings) -> str:
    """The procedures can be read."""
    return f"{len(load_flows(*content_of(settings).flows).by_name)} procedures"


async def prompts(settings: Settings) -> str:
    """The sentences can be read."""
    return f"{len(Prompts.load(*content_of(settings).prompts).entries)} prompts"


async def recognition(settings: Settings) -> str:
    """The chosen recognizer can be loaded; told when a lesser Whisper stands in for the learned one."""
    if settings.recognizer == "none":
        return "none, as set: calls go by keypad"
    found, notes = await asyncio.to_thread(recognizer, settings)
    if found is None:
        raise VoicebotError("no recognizer: calls go by keypad. " + " ".join(notes))
    found.close()
    return ". ".join([found.name, *(note for note in notes if "whisper" in note)])


async def voices(settings: Settings) -> str:
    """The chosen voices are installed."""
    return ", ".join(voice(settings).names)


async def recordings(settings: Settings) -> str:
    """How much is recorded by human voices; texts changed since are reported, but are not an error."""
    counts = counted(studio(settings, Prompts.load(*content_of(settings).prompts)).lines())
    told = f"{counts['recorded']} of {sum(counts.values())} texts"
    if counts["stale"]:
        told += f", {counts['stale']} changed since: a synthesizer says them (`voicebot prompts check`)"
    return told


async def keys(settings: Settings) -> str:
    """The keys that encrypt stored data are present and well formed."""
    privacy(settings)
    return "set"


async def disk(settings: Settings) -> str:
    """The folders we write to are writable and have room."""
    folders = [settings.var] if settings.redis_url else [settings.var, settings.data]
    frees = []
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as written:
            written.write(b"voicebot")
        frees.append(shutil.disk_usage(folder).free)
        if frees[-1] < _ENOUGH_DISK_BYTES:
            free = frees[-1] / 1e9
            raise VoicebotError(f"only {free:.1f} GB free under {folder}: expected at least 1 GB; make room")
    return f"{min(frees) / 1e9:.0f} GB free"
