"""The French of the commands meant for people who write procedures."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from voicebot.datafile import read
from voicebot.packaged import packaged

_WORDS = packaged("cli", "fr", "writing.yaml")


@cache
def words_of(command: str) -> Mapping[str, str]:
    """The messages of the command, by name."""
    found: Mapping[str, str] = read(_WORDS).data[command]
    return found
