"""Letters people receive: what follows from who wrote and which kind of letter it is."""

from voicebot.letters.lookups import LOOKUPS, lookups
from voicebot.letters.table import Table, load_table

__all__ = ["LOOKUPS", "Table", "load_table", "lookups"]
