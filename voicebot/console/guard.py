"""Who may see a page: cookies, anti-forgery tokens, roles. Every route but signing in is made here.

The cookie holds a random secret. A form carries a keyed hash of it, which no other site can know.
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
from voicebot.privacy import Privacy
from voicebot.store.accounts import Account, Accounts, Role
from voicebot.store.signins import Signins, Stage

COOKIE: Final = "mediation"
TOKEN_FIELD: Final = "token"
#: Scripts of ours send the token in a header, which no form of another site can set.
TOKEN_HEADER: Final = "x-token"


class SignedOut(Exception):  # noqa: N818 - says what happened
    """Nobody is signed in, or no longer."""


@dataclass(frozen=True)
class Visitor:
    """Who is signed in. `token` goes into every form of theirs."""

    account: Account
    token: str


Page = Callable[[Request, Visitor], Awaitable[Response]]
Act = Callable[[Request, Visitor, Form], Awaitable[Response]]


@dataclass(frozen=True)
class Guard:
    """Lets through who may pass. `https` marks cookies as secure."""

    accounts: Accounts
    signins: Signins
    privacy: Privacy
    https: bool

    async def visitor(self, request: Request, stage: Stage = "full") -> Visitor:
        """Who sent `request`; SignedOut unless they came as far as `stage` and their account is open."""
        secret = request.cookies.get(COOKIE, "")
        signin = await self.signins.read(secret) if secret else None
        account = await self.accounts.get(signin.account_id) if signin and signin.stage == stage else None
        if account is None or not account.active:
            raise SignedOut
        return Visitor(account, self.token(secret))

    async def admit(self, request: Request, role: Role) -> Visitor:
        """Who sent `request`; HTTPException 403 where only administrators may go."""
        visitor = await self.visitor(request)
        if role == "administrator" and not visitor.account.administers:
            raise HTTPException(403)
        return visitor

    def page(self, path: str, show: Page, role: Role = "mediator") -> Route:
        """A page for who is signed in with `role`; administrators may do what mediators may."""

        async def endpoint(request: Request) -> Response:
            return await show(request, await self.admit(request, role))

        return Route(path, endpoint, methods=["GET"])

    def action(self, path: str, act: Act, role: Role = "mediator") -> Route:
        """A form that changes something, sent by one of our own pages."""

        async def endpoint(request: Request) -> Response:
            visitor = await self.admit(request, role)
            return await act(request, visitor, await self.own_form(request))

        return Route(path, endpoint, methods=["POST"])

    def upload(self, path: str, take: Page, role: Role = "mediator") -> Route:
        """What a script of ours sends, which is no form; `take` reads its body."""

        async def endpoint(request: Request) -> Response:
            visitor = await self.admit(request, role)
            self._check(request, request.headers.get(TOKEN_HEADER, ""))
            return await take(request, visitor)

        return Route(path, endpoint, methods=["POST"])

    async def own_form(self, request: Request) -> Form:
        """The form of `request`; HTTPException 403 unless it carries the token of the cookie."""
        form = await read_form(request)
        self._check(request, form.secret(TOKEN_FIELD))
        return form

    def _check(self, request: Request, token: str) -> None:
        expected = self.token(request.cookies.get(COOKIE, ""))
        if not hmac.compare_digest(token.encode(), expected.encode()):
            raise HTTPException(403)

    def token(self, secret: str) -> str:
        """The token that belongs to a cookie; one that nothing fits when there is no cookie."""
        return self.privacy.pseudonym(f"console:{secret}") if secret else secrets.token_hex(12)

    def set_cookie(self, response: Response, secret: str) -> None:
        """Give the browser its secret until it is closed; the server forgets it earlier."""
        response.set_cookie(COOKIE, secret, path=ROOT, secure=self.https, httponly=True, samesite="lax")

    def drop_cookie(self, response: Response) -> None:
        """Take it away."""
        response.delete_cookie(COOKIE, path=ROOT, secure=self.https, httponly=True, samesite="lax")
