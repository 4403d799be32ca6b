"""What the store holds about a person at the start of one of their turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voicebot.dialogue.codec import from_dict, to_dict
from voicebot.dialogue.meaning import Value
from voicebot.dialogue.session import Session
from voicebot.privacy import Seal
from voicebot.store.keys import DAY_S, RECORD_TTL_S, PersonKeys

Plain = Mapping[str, Any]


@dataclass(frozen=True)
class Memory:
    """A person's answer about being remembered and, if they agreed, the shared answers of their calls."""

    agreed: bool
    slots: Mapping[str, Value]


class PersonSnapshot:
    """What the store holds about a person at the start of one of their turns; decrypted only as needed.

    `recognized` says whether their number is stored, `number_is_fresh` whether it was stored within a day.
    `held` is the ticket for which a mediator answers their texts.
    """

    def __init__(
        self, seal: Seal, person: str, session_id: str, found: Sequence[Any], held: str | None = None
    ) -> None:
        """`found` is what `look` found (`store/scripts.py`)."""
        blob, version, self._other, self._is_latest, self._memory, number_s = found[:6]
        self._proposed, self._follow_up = found[6:]
        self._seal = seal
        self.version = 0 if blob is None else int(version or 0)
        plain = seal.open(blob)
        self.session = Session(session_id, person) if plain is None else from_dict(plain)
        self.recognized = int(number_s) > 0
        self.number_is_fresh = int(number_s) > RECORD_TTL_S - DAY_S
        self.held = held

    @property
    def previous(self) -> Plain | None:
        """The plain form of the person's last session, if it broke off and is still stored."""
        return self._last_if("open", "suspended")

    @property
    def previous_or_handed_off(self) -> Plain | None:
        """As `previous`, also if the person was given to a mediator."""
        return self._last_if("open", "suspended", "handed_off")

    def _last_if(self, *statuses: str) -> Plain | None:
        if self._other is not None:
            plain = self._seal.open(self._other)
            last = None if plain is None else from_dict(plain)
        else:
            last = self.session if self._is_latest and self.version else None
        return to_dict(last) if last and last.status in statuses else None

    @property
    def memory(self) -> Memory | None:
        """What the person agreed to have remembered; None if they were never asked, or it expired."""
        plain = self._seal.open(self._memory)
        return None if plain is None else Memory(**plain)

    @property
    def proposed(self) -> str:
        """The procedure that a mediator wants offered, or ""."""
        return str(self._seal.open(self._proposed) or "")

    @property
    def follows_up(self) -> bool:
        """Whether the person is, or will be, asked how a procedure went."""
        return self._follow_up is not None

    def follow_up(self, now: float) -> str:
        """The procedure about which the person was asked; "" if they were not, or not yet."""
        topic, at = self._seal.open(self._follow_up) or ("", now)
        return str(topic) if now >= at else ""


def looked_at(keys: PersonKeys) -> tuple[str, ...]:
    """The keys that `look` reads (`store/scripts.py`)."""
    return keys.latest(), keys.memory(), keys.number(), keys.proposed(), keys.follow_up()
