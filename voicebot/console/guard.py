"""Who may see a page: cookies, anti-forgery tokens, roles. Every route except signing in is made here.

The cookie holds a random secret. Forms carry a keyed hash of it, which no other site can know.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from fastapi import HTTPException, Request
from starlette.responses import Response
from starlette.routing import Route

from voicebot.console.forms import Form, read_form
from voicebot.console.pages import ROOT
from voicebot.errors import StoreError
from voicebot.privacy import Privacy
from voicebot.store.accounts import Account, Accounts, Need
from voicebot.store.signins import Signins, Stage

COOKIE: Final = "mediation"
#: Says, sealed, which account has signed in from this browser before.
DEVICE_COOKIE: Final = "mediation_device"
_DEVICE_S: Final = 180 * 24 * 3600
TOKEN_FIELD: Final = "token"
#: Our own scripts send the token in this header, which a form on another site cannot set.
TOKEN_HEADER: Final = "x-token"


class SignedOut(Exception):  # noqa: N818 - says what happened
    """Nobody is signed in, or no longer is."""


@dataclass(frozen=True)
class Visitor:
    """Whoever is signed in. `token` goes into every form shown to them."""

    account: Account
    token: str


Page = Callable[[Request, Visitor], Awaitable[Response]]
Act = Callable[[Request, Visitor, Form], Awaitable[Response]]


@dataclass(frozen=True)
class Guard:
    """Admits only those who may pass. `https` marks cookies as secure."""

    accounts: Accounts
    signins: Signins
    privacy: Privacy
    https: bool

    async def visitor(self, request: Request, stage: Stage = "full") -> Visitor:
        """Who sent `request`. Raises SignedOut unless they reached `stage` and their account is open."""
        secret = request.cookies.get(COOKIE, "")
        signin = await self.signins.read(secret) if secret else None
        account = await self.accounts.get(signin.account_id) if signin and signin.stage == stage else None
        if account is None or not account.active:
            raise SignedOut
        return Visitor(account, self.token(secret))

    async def admit(self, request: Request, need: Need) -> Visitor:
        """Who sent `request`; HTTPException 403 if their role may not go there."""
        visitor = await self.visitor(request)
        if not visitor.account.may(need):
            raise HTTPException(403)
        return visitor

    def page(self, path: str, show: Page, need: Need = "mediator") -> Route:
        """A page for visitors who meet `need`; administrators may do everything."""

        async def endpoint(request: Request) -> Response:
            return await show(request, await self.admit(request, need))

        return Route(path, endpoint, methods=["GET"])

    def action(self, path: str, act: Act, need: Need = "mediator") -> Route:
        """A form that changes something, accepted only from one of our own pages."""

        async def endpoint(request: Request) -> Response:
            visitor = await self.admit(request, need)
            return await act(request, visitor, await self.own_form(request))

        return Route(path, endpoint, methods=["POST"])

    def upload(self, path: str, take: Page, need: Need = "mediator") -> Route:
        """Something sent by our own scripts that is not a form; `take` reads the body."""

        async def endpoint(request: Request) -> Response:
            visitor = await self.admit(request, need)
            self._check(request, request.headers.get(TOKEN_HEADER, ""))
            return await take(request, visitor)

        return Route(path, endpoint, methods=["POST"])

    async def own_form(self, request: Request) -> Form:
        """The form in `request`; HTTPException 403 unless it carries the token that belongs to the cookie."""
        form = await read_form(request)
        self._check(request, form.secret(TOKEN_FIELD))
        return form

    def _check(self, request: Request, token: str) -> None:
        expected = self.token(request.cookies.get(COOKIE, ""))
        if not hmac.compare_digest(token.encode(), expected.encode()):
            raise HTTPException(403)

    def token(self, secret: str) -> str:
        """The token that belongs to a cookie; without a cookie, one that nothing matches."""
        return self.privacy.pseudonym(f"console:{secret}") if secret else secrets.token_hex(12)

    def set_cookie(self, response: Response, secret: str) -> None:
        """Give the browser its secret until it is closed; the server forgets it sooner."""
        response.set_cookie(COOKIE, secret, path=ROOT, secure=self.https, httponly=True, samesite="lax")

    def remember_device(self, response: Response, who: str) -> None:
        """The account with this pseudonym has signed in from this browser."""
        sealed = self.privacy.seal(["device", who])
        response.set_cookie(
            DEVICE_COOKIE,
            sealed,
            max_age=_DEVICE_S,
            path=ROOT,
            secure=self.https,
            httponly=True,
            samesite="lax",
        )

    def knows_device(self, request: Request, who: str) -> bool:
        """Whether this account has signed in from this browser within half a year."""
        try:
            told = self.privacy.unseal(request.cookies.get(DEVICE_COOKIE, ""), _DEVICE_S)
        except StoreError:
            return False
        return bool(told == ["device", who])

    def drop_cookie(self, response: Response) -> None:
        """Delete the cookie."""
        response.delete_cookie(COOKIE, path=ROOT, secure=self.https, httponly=True, samesite="lax")
