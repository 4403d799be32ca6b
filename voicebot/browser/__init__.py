"""Sound in a browser: the modules that the telephone at /essai and the voice studio share."""

from pathlib import Path

STATIC = Path(__file__).parent / "static"
