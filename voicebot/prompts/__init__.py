"""All we say: prompt key, slots and channel become text to speak or to send. The words are in prompts/fr."""

from voicebot.prompts.load import Entry, Topic
from voicebot.prompts.pieces import Pause, Piece, Text
from voicebot.prompts.render import Prompts

__all__ = ["Entry", "Pause", "Piece", "Prompts", "Text", "Topic"]
