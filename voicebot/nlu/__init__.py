"""Understanding French utterances: text and what is expected → `Meaning`."""

from voicebot.nlu.report import as_dict
from voicebot.nlu.understanding import Understanding

__all__ = ["Understanding", "as_dict"]
