"""A meaning as plain data, for the command line and for other programs."""

from __future__ import annotations

from typing import Any

from voicebot.dialogue.meaning import Meaning


def as_dict(meaning: Meaning) -> dict[str, Any]:
    """The meaning for JSON; scores with three decimals, `value` None if none was said."""
    return {
        "intent": meaning.intent,
        "score": round(meaning.score, 3),
        "alternatives": [{"intent": c.intent, "score": round(c.score, 3)} for c in meaning.alternatives],
        "entities": dict(meaning.entities),
        "value": meaning.value,
        "certainty": meaning.certainty,
        "danger": meaning.danger,
    }
