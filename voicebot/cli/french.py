"""The words of the commands for people who write procedures."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from voicebot.datafile import read

_WORDS = Path(__file__).parent / "fr" / "writing.yaml"


@cache
def words_of(command: str) -> Mapping[str, str]:
    """What the command says, by what it says it about."""
    found: Mapping[str, str] = read(_WORDS).data[command]
    return found
