"""SMS text: the letters that cost little, and how many segments a message takes."""

from __future__ import annotations


def segments(text: str) -> int:
    """Rough until the real one lands."""
    return -(-len(text) // 153)


def split(text: str, most: int = 3, segments_each: int = 2) -> tuple[str, ...]:
    """Rough until the real one lands."""
    return (text,)
