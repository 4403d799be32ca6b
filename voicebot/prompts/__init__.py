"""Everything we say: prompt key, slots and channel become text to speak or send. Words: prompts/fr."""

from voicebot.prompts.load import PromptEntry, Topic
from voicebot.prompts.pieces import Piece
from voicebot.prompts.render import Prompts

__all__ = ["Piece", "PromptEntry", "Prompts", "Topic"]
