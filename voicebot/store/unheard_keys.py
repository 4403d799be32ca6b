"""The Redis keys of what was said and not understood, and their lifetime."""

from __future__ import annotations

from voicebot.store.keys import DAY_S, PREFIX

#: Seconds. What was not understood is kept for three months after it was last said.
UNHEARD_TTL_S = 90 * DAY_S


def unheard() -> str:
    """Sorted set: the sentences that several people said and nobody understood, by when they last did."""
    return f"{PREFIX}:unheard"


def unheard_text(id: str) -> str:
    """String: one such sentence with its step, sealed."""
    return f"{PREFIX}:unheard:{id}:text"


def unheard_count(id: str) -> str:
    """HyperLogLog: how many people said it, without saying who."""
    return f"{PREFIX}:unheard:{id}:people"


def unheard_ignored() -> str:
    """Set: sentences that were dealt with."""
    return f"{PREFIX}:unheard-ignored"
