"""Mediators: the humans to whom people are handed over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["mediator", "author", "administrator"]


@dataclass(frozen=True)
class Mediator:
    """Somebody who helps people.

    `phone` is in E.164, or "" if they cannot be rung. `territories` are departments ("93", "2A", "974");
    without
    any, everywhere. `skills` are topics; without any, all. `last_busy_at` is when they were last rung or had
    somebody on the line (Unix seconds).
    """

    id: str
    name: str
    territories: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    phone: str = ""
    on_duty: bool = False
    roles: tuple[Role, ...] = ("mediator",)
    last_busy_at: float = 0.0
    """Unix seconds."""

    @property
    def can_be_rung(self) -> bool:
        """Whether calls may be offered to them."""
        return self.on_duty and bool(self.phone)


def department(postal_code: str) -> str | None:
    """The department of a French postal code; None if it has none. Source: INSEE, geographic codes.

    Corsican postal codes begin with 20: 200 and 201 in the south (2A), 202 and 206 in the north (2B).
    """
    if len(postal_code) != 5 or not postal_code.isdecimal():
        return None
    if postal_code.startswith(("97", "98")):
        return postal_code[:3]
    if postal_code.startswith("20"):
        return "2A" if postal_code[2] in "01" else "2B"
    return postal_code[:2]
