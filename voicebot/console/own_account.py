"""One's own account: password and second factor."""

from __future__ import annotations

from dataclasses import dataclass, replace

import segno
from fastapi import HTTPException, Request
from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console import passwords
from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.errors import StoreError


def routes(desk: Desk) -> list[BaseRoute]:
    """`/me` and its forms."""
    own = _OwnAccount(desk)
    return [
        desk.guard.page("/me", own.show, "anyone"),
        desk.guard.action("/me/password", own.change_password, "anyone"),
        desk.guard.page("/me/code", own.offer_code, "anyone"),
        desk.guard.action("/me/code", own.take_code, "anyone"),
        desk.guard.action("/me/code/off", own.drop_code, "anyone"),
    ]


@dataclass(frozen=True)
class _OwnAccount:
    desk: Desk

    async def show(self, request: Request, visitor: Visitor, wrong: str = "", status: int = 200) -> Response:
        """The account as it stands."""
        profile = await self.desk.mediator(visitor.account)
        return self.desk.show(request, visitor, "me.html", status, profile=profile, wrong=wrong)

    async def change_password(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Change the password, which signs out every other browser."""
        new, account = form.secret("new"), visitor.account
        if not await self._knows(request, visitor, form):
            return await self.show(request, visitor, "password_old", 422)
        if not passwords.acceptable(new):
            return await self.show(request, visitor, "password_short", 422)
        if new != form.secret("again"):
            return await self.show(request, visitor, "password_other", 422)
        guard = self.desk.guard
        await guard.accounts.save(replace(account, password=await passwords.hashed(new)))
        await guard.signins.close_all(account.id)
        await self.desk.note(visitor, "changed_password")
        response = self.desk.go("/me", "password_changed")
        guard.set_cookie(response, await guard.signins.open(account.id, "full"))
        return response

    async def offer_code(self, request: Request, visitor: Visitor) -> Response:
        """Offer a new secret, as a picture for the telephone's camera and as letters."""
        return self._offer(request, visitor, passwords.new_code_secret())

    async def take_code(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Turn the second factor on once the first six digits prove that the secret has arrived."""
        secret = self._offered(form, visitor)
        if not await self._knows(request, visitor, form):
            return self._offer(request, visitor, secret, "password_old")
        if not passwords.code_fits(secret, form.text("code", 12), self.desk.clock()):
            return self._offer(request, visitor, secret, "wrong_code")
        await self.desk.guard.accounts.save(replace(visitor.account, totp=secret))
        await self.desk.note(visitor, "code_on")
        return self.desk.go("/me", "code_on")

    async def drop_code(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Go back to signing in by password alone."""
        if not await self._knows(request, visitor, form):
            return await self.show(request, visitor, "password_old", 422)
        await self.desk.guard.accounts.save(replace(visitor.account, totp=""))
        await self.desk.note(visitor, "code_off")
        return self.desk.go("/me", "code_off")

    async def _knows(self, request: Request, visitor: Visitor, form: Form) -> bool:
        """Whether whoever sits here knows the password; wrong guesses count like those at sign-in."""
        machine = self.desk.privacy.pseudonym(f"machine:{request.client.host if request.client else ''}")
        who = self.desk.privacy.pseudonym(f"own:{visitor.account.id}")
        if not await self.desk.guard.signins.try_once(who, machine):
            return False
        fits = await passwords.verified(form.secret("password"), visitor.account.password)
        if fits:
            await self.desk.guard.signins.succeeded(who, machine)
        return fits

    def _offer(self, request: Request, visitor: Visitor, secret: str, wrong: str = "") -> Response:
        address = passwords.code_address(secret, visitor.account.email)
        picture = segno.make(address).svg_inline(dark="#1c2b33", light="#ffffff", omitsize=True)
        return self.desk.show(
            request,
            visitor,
            "own_code.html",
            422 if wrong else 200,
            wrong=wrong,
            secret=secret,
            sealed=self.desk.privacy.seal([visitor.account.id, secret]),
            address=address,
            picture=Markup(picture),
        )

    def _offered(self, form: Form, visitor: Visitor) -> str:
        """The secret that we offered to this account; HTTPException 403 for any other."""
        try:
            account_id, secret = self.desk.privacy.unseal(form.text("sealed", 1000))
        except (StoreError, ValueError):
            raise HTTPException(403) from None
        if account_id != visitor.account.id:
            raise HTTPException(403)
        return str(secret)
