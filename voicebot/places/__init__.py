"""Places where people get help: the ones nearest to a postal code or town, and when they are open."""

from voicebot.places.directory import Directory, load_directory, read_local_places
from voicebot.places.listed import import_list
from voicebot.places.lookups import LOOKUPS, lookups

__all__ = ["LOOKUPS", "Directory", "import_list", "load_directory", "lookups", "read_local_places"]
