"""Which benefits a person probably has a right to: estimated by OpenFisca, a service of its own."""

from voicebot.rights.lookups import LOOKUPS, lookups

__all__ = ["LOOKUPS", "lookups"]
