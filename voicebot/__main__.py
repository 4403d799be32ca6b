"""`python -m voicebot` is the `voicebot` program."""

from voicebot.cli import script

script()
