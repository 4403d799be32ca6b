"""Mediators as the console sees them: where they help, with what, when, and how they are rung."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Profile:
    """A mediator; `id` is that of their account.

    `territories` are departments ("93", "2A", "974"), none means everywhere; `skills` are topics, none means
    all; `hours` are from and until, in minutes since midnight, by weekday (Monday is 0), none means always.
    """

    id: str
    number: str = ""
    on_duty: bool = False
    territories: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()


class Mediators(Protocol):
    """The directory."""

    async def get(self, mediator_id: str) -> Profile:
        """The profile; an empty one for who has none yet."""

    async def save(self, profile: Profile) -> None:
        """Keep a profile."""

    async def all(self) -> Sequence[Profile]:
        """Every profile."""
