"""Our own failures, by name. Each message says what was expected, what came, and what to do.

The person's trouble is an event, never an exception; an exception is ours, and the caller still hears
a sentence.
"""

from __future__ import annotations


class VoicebotError(Exception):
    """Any failure of ours that the command line shows as one sentence."""


class AudioError(VoicebotError):
    """Audio that cannot be read, decoded or made."""


class CallError(VoicebotError):
    """The app does not answer a simulated call as the telephone network expects."""


class ConfigError(VoicebotError):
    """A setting is missing or has a wrong value."""


class DataError(VoicebotError):
    """A YAML or CSV file does not say what it must."""


class ModelError(VoicebotError):
    """A speech model is missing, damaged or cannot be fetched."""


class PromptError(VoicebotError):
    """A prompt cannot be said: it does not exist, or a slot that it needs is not known."""


class StoreError(VoicebotError):
    """Redis cannot be reached or refuses to write."""
