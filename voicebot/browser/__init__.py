"""Sound in a browser: the modules that the telephone at /essai and the voice studio share."""

from voicebot.packaged import packaged

STATIC = packaged("browser", "static")
