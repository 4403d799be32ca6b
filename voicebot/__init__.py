"""voicebot: a French telephone and SMS assistant for people who read and write with difficulty."""

__version__ = "0.2.0"
