"""The core: `step(session, event, flows) -> (session, actions)`. Standard library only, no I/O, no clock."""

from voicebot.dialogue.engine import step

__all__ = ["step"]
