"""The facts that sentences state: records with their sources, and how each is checked again."""

from voicebot.facts.confirmed import confirm, confirmations, with_confirmations
from voicebot.facts.records import FACTS, Fact, Standing, doubtful, read_facts, standing

__all__ = [
    "FACTS",
    "Fact",
    "Standing",
    "confirm",
    "confirmations",
    "doubtful",
    "read_facts",
    "standing",
    "with_confirmations",
]
