"""The conversation files that are shipped."""

from __future__ import annotations

from voicebot.authoring.replay import ScriptLine, WrittenConversation, play, read
from voicebot.packaged import CONVERSATIONS as FOLDER

__all__ = ["FOLDER", "ScriptLine", "WrittenConversation", "all_conversations", "play", "read"]


def all_conversations() -> list[WrittenConversation]:
    return [read(path) for path in sorted(FOLDER.glob("*.yaml"))]
