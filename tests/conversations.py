"""The conversation files that are shipped."""

from __future__ import annotations

from pathlib import Path

from voicebot.replay import CONVERSATIONS, Conversation, Line, play, read

__all__ = ["FOLDER", "Conversation", "Line", "all_conversations", "play", "read"]

FOLDER = Path(__file__).parents[1] / CONVERSATIONS


def all_conversations() -> list[Conversation]:
    return [read(path) for path in sorted(FOLDER.glob("*.yaml"))]
