"""Permits: what a browser presents instead of Twilio's signature, which it cannot make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from voicebot.errors import StoreError
from voicebot.privacy import Privacy

Purpose = Literal["visit", "call", "stream"]

#: Seconds for which a permit is valid: a day of trying out, a long call, the time to open a socket.
_GOOD_FOR_S: Final[Mapping[Purpose, float]] = {"visit": 24 * 3600.0, "call": 2 * 3600.0, "stream": 60.0}
_LONGEST: Final = 1024


@dataclass(frozen=True)
class SignedTokens:
    """Encrypted with the data key: nobody else can make, read or change one."""

    privacy: Privacy
    clock: Callable[[], float]

    def issue(self, purpose: Purpose, subject: str) -> str:
        """A permit for `subject`, usable within an address."""
        return self.privacy.seal([purpose, subject, self.clock() + _GOOD_FOR_S[purpose]])

    def subject(self, purpose: Purpose, permit: str) -> str | None:
        """Whom the permit is for; None if it is not ours, for another purpose, or too old."""
        if not permit or len(permit) > _LONGEST:
            return None
        try:
            found = self.privacy.unseal(permit)
        except StoreError:
            return None
        match found:
            case [str(what), str(subject), float() | int() as until] if what == purpose:
                return subject if self.clock() < until else None
        return None
