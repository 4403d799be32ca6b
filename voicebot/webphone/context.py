"""What the trial page works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from fastapi import HTTPException, Request

from voicebot.channels.service import Service
from voicebot.channels.sms import TextDesk
from voicebot.channels.voice.call_handler import CallHandler
from voicebot.datafile import read
from voicebot.packaged import packaged
from voicebot.store.latencies import Latencies
from voicebot.turns.runner import ConversationRef
from voicebot.webphone.access import WebphoneAccess
from voicebot.webphone.signed_tokens import SignedTokens
from voicebot.webphone.voice_comparison import VoiceComparison

_WORDS = packaged("webphone", "fr", "words.yaml")


@dataclass(frozen=True)
class WebphoneContext:
    """The real service with its desks, and what only the page needs."""

    service: Service
    desk: CallHandler
    texts: TextDesk
    permits: SignedTokens
    door: WebphoneAccess
    latencies: Latencies
    showroom: VoiceComparison

    def person(self, visitor: str) -> str:
        """The pseudonym of a visitor; no telephone caller can have it, and it has no number."""
        return self.service.privacy.pseudonym(f"essai:{visitor}")

    def call_permit(self, call_id: str, visitor: str) -> str:
        """The permit that the page presents with each request about its call."""
        return self.permits.issue("call", f"{call_id}/{visitor}")

    def caller(self, request: Request, permit: str) -> ConversationRef:
        """Whose call it is. Raises HTTPException 403 if it is not the visitor's own or is too old."""
        visitor = self.door.known(request)
        call_id, _, owner = (self.permits.subject("call", permit) or "").partition("/")
        if not call_id or owner != visitor:
            raise HTTPException(403, "expected a call of this visitor, got none; call again")
        return ConversationRef(self.person(visitor), call_id)


@cache
def words() -> Mapping[str, Any]:
    """The French of the page that is not in its template."""
    data: Mapping[str, Any] = read(_WORDS).data
    return data
