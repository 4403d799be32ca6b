"""What the trial page works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import HTTPException, Request

from voicebot.channels.service import Service
from voicebot.channels.sms import TextDesk
from voicebot.channels.telephone_desk import TelephoneDesk
from voicebot.datafile import read
from voicebot.runner import Who
from voicebot.store.gaps import Gaps
from voicebot.trial.door import Door
from voicebot.trial.permits import Permits
from voicebot.trial.showroom import Showroom

_WORDS = Path(__file__).parent / "fr" / "words.yaml"


@dataclass(frozen=True)
class Bench:
    """The real service with its desks, and what only the page needs."""

    service: Service
    desk: TelephoneDesk
    texts: TextDesk
    permits: Permits
    door: Door
    gaps: Gaps
    showroom: Showroom

    def person(self, visitor: str) -> str:
        """The pseudonym of a visitor: nobody who telephones can have it, and it has no number."""
        return self.service.privacy.pseudonym(f"essai:{visitor}")

    def call_permit(self, call_id: str, visitor: str) -> str:
        """What the page shows for each request about its call."""
        return self.permits.issue("call", f"{call_id}/{visitor}")

    def caller(self, request: Request, permit: str) -> Who:
        """Whose call it is. Raises HTTPException 403 when it is not the visitor's own or too long ago."""
        visitor = self.door.known(request)
        call_id, _, owner = (self.permits.subject("call", permit) or "").partition("/")
        if not call_id or owner != visitor:
            raise HTTPException(403, "expected a call of this visitor, got none; call again")
        return Who(self.person(visitor), call_id)


@cache
def words() -> Mapping[str, Any]:
    """The French words of the page that do not stand in its template."""
    data: Mapping[str, Any] = read(_WORDS).data
    return data
