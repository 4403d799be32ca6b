"""The digital needs check: from answers to one of three levels, and what would help."""

from voicebot.assessment.levels import LEVELS, LOOKUPS, Grid, load_grid

__all__ = ["LEVELS", "LOOKUPS", "Grid", "load_grid"]
