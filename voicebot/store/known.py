"""What the store holds of a person when a turn of theirs begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voicebot.dialogue.codec import from_dict, to_dict
from voicebot.dialogue.meaning import Value
from voicebot.dialogue.session import Session
from voicebot.privacy import Privacy
from voicebot.store.keys import DAY_S, RECORD_TTL_S, PersonKeys

Plain = Mapping[str, Any]


@dataclass(frozen=True)
class Memory:
    """What a person said to being remembered, and the shared answers of their calls if they agreed."""

    agreed: bool
    slots: Mapping[str, Value]


class Known:
    """What the store holds of a person when a turn of theirs begins; opened only as far as asked for.

    `recognized` tells whether their number is kept, `number_is_fresh` whether it was kept within a day.
    `held` is the ticket for which a mediator answers their texts.
    """

    def __init__(
        self, privacy: Privacy, person: str, session_id: str, found: Sequence[Any], held: str | None = None
    ) -> None:
        """`found` is what `look` found (`store/scripts.py`)."""
        blob, version, self._other, self._is_latest, self._memory, number_s = found[:6]
        self._proposed, self._follow_up = found[6:]
        self._privacy = privacy
        self.version = 0 if blob is None else int(version or 0)
        self.session = Session(session_id, person) if blob is None else from_dict(privacy.unseal(blob))
        self.recognized = int(number_s) > 0
        self.number_is_fresh = int(number_s) > RECORD_TTL_S - DAY_S
        self.held = held

    @property
    def previous(self) -> Plain | None:
        """The plain form of the person's last session if it broke off and is still kept."""
        if self._other is not None:
            last = from_dict(self._privacy.unseal(self._other))
        else:
            last = self.session if self._is_latest and self.version else None
        return to_dict(last) if last and last.status in ("open", "suspended") else None

    @property
    def memory(self) -> Memory | None:
        """What the person agreed to be remembered by; None when they were never asked, or it expired."""
        return None if self._memory is None else Memory(**self._privacy.unseal(self._memory))

    @property
    def proposed(self) -> str:
        """The procedure that a mediator wants offered, "" for none."""
        return "" if self._proposed is None else str(self._privacy.unseal(self._proposed))

    @property
    def follows_up(self) -> bool:
        """Whether the person is, or will be, asked how a procedure went."""
        return self._follow_up is not None

    def follow_up(self, now: float) -> str:
        """The procedure that the person was asked about; "" when they were not, or not yet."""
        topic, at = self._privacy.unseal(self._follow_up) if self._follow_up else ("", now)
        return str(topic) if now >= at else ""


def looked_at(keys: PersonKeys) -> tuple[str, ...]:
    """The keys that `look` reads (`store/scripts.py`)."""
    return keys.latest(), keys.memory(), keys.number(), keys.proposed(), keys.follow_up()
