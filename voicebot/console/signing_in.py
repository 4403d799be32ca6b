"""Signing in and out: password, then six digits if the account requires them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from voicebot.console import lost, passwords
from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import COOKIE, Visitor
from voicebot.console.pages import ROOT, words
from voicebot.store.accounts import Account
from voicebot.store.audit import Deed
from voicebot.store.keys import ATTEMPTS_TTL_S

PATH: Final = "/sign-in"
CODE_PATH: Final = "/sign-in/code"
_LONGEST_NEXT: Final = 200


def routes(desk: Desk) -> list[BaseRoute]:
    """The only pages open to visitors who are not signed in."""
    door = _Door(desk)
    return [
        Route(PATH, door.ask, methods=["GET"]),
        Route(PATH, door.check, methods=["POST"]),
        Route(CODE_PATH, door.ask_code, methods=["GET"]),
        Route(CODE_PATH, door.check_code, methods=["POST"]),
        desk.guard.action("/sign-out", door.leave, "anyone"),
    ]


@dataclass(frozen=True)
class _Door:
    desk: Desk

    async def ask(self, request: Request) -> Response:
        """The form for email address and password."""
        return self._form(request, "")

    async def check(self, request: Request) -> Response:
        """Check the form: too many attempts, wrong, or one step further."""
        form = await self.desk.guard.own_form(request)
        email = form.text("email").casefold()
        who, machine = self._pseudonyms(request, email)
        known = self.desk.guard.knows_device(request, who)
        if not await self.desk.guard.signins.try_once(who, machine, known=known):
            await self._failed("", "too_many_attempts")
            return self._form(request, "too_many", 429, email, form.text("next", _LONGEST_NEXT))
        account = await self.desk.guard.accounts.by_email(email)
        fits = await passwords.verified(form.secret("password"), account.password if account else None)
        if account is None or not fits or not account.active:
            await self._failed(account.id if account else "", "wrong_password")
            return self._form(request, "wrong", 401, email, form.text("next", _LONGEST_NEXT))
        await self.desk.guard.signins.succeeded(who, machine)
        return await self._welcome(request, account, "code" if account.totp else "full", form)

    async def ask_code(self, request: Request) -> Response:
        """The form for the six digits."""
        visitor = await self.desk.guard.visitor(request, "code")
        wanted = request.query_params.get("next", "")
        return self.desk.show(request, None, "code.html", token=visitor.token, wrong="", next=_inside(wanted))

    async def check_code(self, request: Request) -> Response:
        """Check that the six digits are right and have not been used before."""
        guard, signins = self.desk.guard, self.desk.guard.signins
        visitor = await guard.visitor(request, "code")
        form = await guard.own_form(request)
        account, code = visitor.account, form.text("code", 12).replace(" ", "")
        who, machine = self._pseudonyms(request, f"code:{account.id}")
        known = guard.knows_device(request, self._pseudonyms(request, account.email.casefold())[0])
        if not await signins.try_once(who, machine, known=known):
            await self._failed(account.id, "too_many_attempts")
            return self._code_form(request, visitor, form, "too_many", 429)
        fits = passwords.code_fits(account.totp, code, self.desk.clock())
        if not fits or not await signins.use_code(account.id, code):
            await self._failed(account.id, "wrong_code")
            return self._code_form(request, visitor, form, "wrong_code", 401)
        return await self._welcome(request, account, "full", form)

    async def leave(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Sign out of this browser."""
        await self.desk.guard.signins.close(request.cookies.get(COOKIE, ""))
        await self.desk.note(visitor, "signed_out")
        response = self.desk.go(PATH, "signed_out")
        response.delete_cookie(lost.KNOWN, path=ROOT)
        self.desk.guard.drop_cookie(response)
        return response

    async def _welcome(self, request: Request, account: Account, stage: str, form: Form) -> Response:
        """Give the browser a fresh secret: anybody who knew the old one stays out."""
        await self.desk.guard.signins.close(request.cookies.get(COOKIE, ""))
        wanted = _inside(form.text("next", _LONGEST_NEXT))
        if stage == "full":
            await self.desk.audit.note(Deed(self.desk.clock(), account.id, "signed_in"))
            response = self.desk.go(wanted or words()["home"][account.role])
            response.set_cookie(
                lost.KNOWN, "1", path=ROOT, secure=self.desk.guard.https, httponly=True, samesite="lax"
            )
            secret = await self.desk.guard.signins.open(account.id, "full")
            who, _ = self._pseudonyms(request, account.email.casefold())
            self.desk.guard.remember_device(response, who)
        else:
            response = self.desk.go(f"{CODE_PATH}?next={wanted}")
            secret = await self.desk.guard.signins.open(account.id, "code")
        self.desk.guard.set_cookie(response, secret)
        return response

    def _form(
        self, request: Request, wrong: str, status: int = 200, email: str = "", wanted: str = ""
    ) -> HTMLResponse:
        guard = self.desk.guard
        secret = request.cookies.get(COOKIE) or secrets.token_urlsafe(32)
        context = {
            "token": guard.token(secret),
            "wrong": wrong,
            "email": email,
            "next": _inside(wanted or request.query_params.get("next", "")),
        }
        response = self.desk.show(request, None, "sign_in.html", status, **context)
        guard.set_cookie(response, secret)
        return response

    def _code_form(
        self, request: Request, visitor: Visitor, form: Form, wrong: str, status: int
    ) -> HTMLResponse:
        wanted = _inside(form.text("next", _LONGEST_NEXT))
        return self.desk.show(
            request, None, "code.html", status, token=visitor.token, wrong=wrong, next=wanted
        )

    def _pseudonyms(self, request: Request, email: str) -> tuple[str, str]:
        machine = request.client.host if request.client else ""
        pseudonym = self.desk.privacy.pseudonym
        return pseudonym(f"account:{email}"), pseudonym(f"machine:{machine}")

    async def _failed(self, account_id: str, how: str) -> None:
        """Attempts are counted in the figures; the audit log gets the first of a quarter of an hour."""
        at = self.desk.clock()
        await self.desk.figures.count(at, {f"signin:{how}": 1})
        await self.desk.audit.note_first(Deed(at, account_id, how), ATTEMPTS_TTL_S)


def sign_in_path(request: Request) -> str:
    """Where to send visitors who are signed out, so that they then return to the page they wanted."""
    wanted = lost.page_before(request)
    return f"{PATH}?next={wanted}" if wanted not in ("", "/") else PATH


def _inside(wanted: str) -> str:
    """`wanted` if it is a page of the console, else "": nobody is redirected to another site."""
    plain = wanted.startswith("/") and all(
        sign.isascii() and (sign.isalnum() or sign in "/-_:") for sign in wanted
    )
    return wanted if plain and not wanted.startswith("//") else ""
