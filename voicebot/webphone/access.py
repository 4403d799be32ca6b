"""Who may try it out: everybody in a demonstration, elsewhere whoever knows the key."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from fastapi import HTTPException, Request, Response

from voicebot.webphone.signed_tokens import SignedTokens

ROOT: Final = "/essai"
_COOKIE: Final = "voicebot-essai"
_DAY_S: Final = 24 * 3600


@dataclass(frozen=True)
class WebphoneAccess:
    """`key` is "" if everybody may enter; `https` says whether the cookie is for HTTPS only."""

    permits: SignedTokens
    key: str
    https: bool

    @property
    def open(self) -> bool:
        """Whether no key is required."""
        return not self.key

    def fits(self, key: str) -> bool:
        """Whether this is the key; takes the same time whatever is wrong with it."""
        return hmac.compare_digest(key.encode(), self.key.encode())

    def visitor(self, request: Request) -> str | None:
        """Who this is, according to the cookie that `admit` set."""
        return self.permits.subject("visit", request.cookies.get(_COOKIE, ""))

    def known(self, request: Request) -> str:
        """Like `visitor`. Raises HTTPException 403 for strangers, 415 for what another site may have sent."""
        visitor = self.visitor(request)
        if visitor is None:
            raise HTTPException(403, "expected a visitor of this page, got none; load it again")
        if request.method == "POST" and not _is_json(request):
            raise HTTPException(415, "expected application/json")
        return visitor

    def admit(self, response: Response) -> None:
        """Give the browser an identity for a day."""
        response.set_cookie(
            _COOKIE,
            self.permits.issue("visit", uuid4().hex),
            max_age=_DAY_S,
            path=ROOT,
            secure=self.https,
            httponly=True,
            samesite="strict",
        )


def _is_json(request: Request) -> bool:
    """Another site's form cannot send this media type without the browser asking us first."""
    return request.headers.get("content-type", "").partition(";")[0] == "application/json"
