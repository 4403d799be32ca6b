"""How fast is learned at which step."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi

WARM_UP = 40


@dataclass(frozen=True)
class Plan:
    """The learning rate falls as half a cosine from `rate` at `start` to nothing at `end` (steps)."""

    start: int
    end: int
    rate: float

    def at(self, step: int) -> float:
        """The learning rate of a step."""
        warm = min(1.0, (step + 1) / WARM_UP) if not self.start else 1.0
        done = min(1.0, (step - self.start) / max(1, self.end - self.start))
        return warm * self.rate * (1 + cos(pi * done)) / 2

    def ending(self, step: int, end: int) -> Plan:
        """The same from now on, or cooling down to another end."""
        return self if end == self.end else Plan(step, end, self.at(step))
