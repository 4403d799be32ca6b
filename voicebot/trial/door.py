"""Who may try: everybody in a demonstration, elsewhere who knows the key."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from fastapi import HTTPException, Request, Response

from voicebot.trial.permits import Permits

ROOT: Final = "/essai"
_COOKIE: Final = "voicebot-essai"
_DAY_S: Final = 24 * 3600


@dataclass(frozen=True)
class Door:
    """`key` is "" where everybody may enter; `https` tells whether the cookie may travel in clear."""

    permits: Permits
    key: str
    https: bool

    @property
    def open(self) -> bool:
        """Whether no key is asked for."""
        return not self.key

    def fits(self, key: str) -> bool:
        """Whether this is the key; takes the same time whatever is wrong with it."""
        return hmac.compare_digest(key.encode(), self.key.encode())

    def visitor(self, request: Request) -> str | None:
        """Who this is, by the cookie that `admit` gave."""
        return self.permits.subject("visit", request.cookies.get(_COOKIE, ""))

    def known(self, request: Request) -> str:
        """As `visitor`. Raises HTTPException 403 for strangers, 415 for what another site may have sent."""
        visitor = self.visitor(request)
        if visitor is None:
            raise HTTPException(403, "expected a visitor of this page, got none; load it again")
        if request.method == "POST" and not _is_json(request):
            raise HTTPException(415, "expected application/json")
        return visitor

    def admit(self, response: Response) -> None:
        """From now on the browser is one and the same person, for a day."""
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
    """A form of another site cannot send this type without being asked first."""
    return request.headers.get("content-type", "").partition(";")[0] == "application/json"
