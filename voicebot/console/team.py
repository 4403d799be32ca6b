"""The accounts of everybody who works in the console, for administrators."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import get_args

from fastapi import HTTPException, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console import passwords
from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.console.pages import capitalised
from voicebot.store.accounts import Account, Role


def routes(desk: Desk) -> list[BaseRoute]:
    """`/team` and its forms."""
    team, guard = _Team(desk), desk.guard
    return [
        guard.page("/team", team.show, "administrator"),
        guard.action("/team", team.hire, "administrator"),
        guard.page("/team/{id}", team.show_one, "administrator"),
        guard.action("/team/{id}", team.change, "administrator"),
        guard.action("/team/{id}/password", team.renew_password, "administrator"),
        guard.action("/team/{id}/close", team.close, "administrator"),
        guard.action("/team/{id}/open", team.reopen, "administrator"),
    ]


@dataclass(frozen=True)
class _Team:
    desk: Desk

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """Everybody, and a form for a new colleague."""
        return await self._list(request, visitor)

    async def hire(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Create an account; its password is shown once, to be handed over."""
        email, name = form.text("email"), form.text("name", 80)
        if not name or "@" not in email.strip("@"):
            return await self._list(request, visitor, form, "name" if not name else "email")
        password = passwords.invented()
        account = await self.desk.guard.accounts.add(
            email, name, _role(form), await passwords.hashed(password)
        )
        if account and form.ticked("writes"):
            await self.desk.guard.accounts.save(replace(account, writes=True))
        if account is None:
            return await self._list(request, visitor, form, "email_taken")
        await self.desk.note(visitor, "account_made", account.id)
        return self._password(request, visitor, account, password)

    async def show_one(self, request: Request, visitor: Visitor) -> Response:
        """One account."""
        return await self._one(request, visitor, await self._asked(request))

    async def change(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Change name and role."""
        account = await self._asked(request)
        named, writes = form.text("name", 80), form.ticked("writes")
        changed = replace(account, name=named, role=_role(form), writes=writes)
        wrong = "" if changed.name else "name"
        if not changed.administers and await self._is_last_administrator(account):
            wrong = "last_administrator"
        if wrong:
            return await self._one(request, visitor, account, wrong)
        await self.desk.guard.accounts.save(changed)
        await self.desk.change_mediator(
            changed, lambda one: replace(one, name=changed.name, roles=(changed.role,))
        )
        await self.desk.note(visitor, "account_changed", account.id)
        return self.desk.go(f"/team/{account.id}", "account_saved")

    async def renew_password(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Replace a forgotten password: the new one is shown once, and the second factor is turned off."""
        account, password = await self._asked(request), passwords.invented()
        renewed = replace(account, password=await passwords.hashed(password), totp="")
        await self.desk.guard.accounts.save(renewed)
        await self.desk.guard.signins.close_all(account.id)
        await self.desk.note(visitor, "password_renewed", account.id)
        return self._password(request, visitor, renewed, password)

    async def close(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Close the account of somebody who leaves, signing them out everywhere at once."""
        account = await self._asked(request)
        if await self._is_last_administrator(account):
            return await self._one(request, visitor, account, "last_administrator")
        await self.desk.guard.accounts.save(replace(account, active=False))
        await self.desk.guard.signins.close_all(account.id)
        await self.desk.change_mediator(account, lambda one: replace(one, on_duty=False))
        await self.desk.note(visitor, "account_closed", account.id)
        return self.desk.go(f"/team/{account.id}", "account_closed")

    async def reopen(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Undo `close`."""
        account = await self._asked(request)
        await self.desk.guard.accounts.save(replace(account, active=True))
        await self.desk.note(visitor, "account_opened", account.id)
        return self.desk.go(f"/team/{account.id}", "account_opened")

    async def _asked(self, request: Request) -> Account:
        account = await self.desk.guard.accounts.get(request.path_params["id"])
        if account is None:
            raise HTTPException(404)
        return account

    async def _is_last_administrator(self, account: Account) -> bool:
        others = [
            other for other in await self.desk.guard.accounts.all() if other.active and other.id != account.id
        ]
        return account.administers and account.active and not any(other.administers for other in others)

    async def _list(
        self, request: Request, visitor: Visitor, form: Form | None = None, wrong: str = ""
    ) -> Response:
        accounts = await self.desk.guard.accounts.all()
        profiles = {account.id: await self.desk.mediator(account) for account in accounts}
        typed = (
            {"name": form.text("name"), "email": form.text("email")} if form else {"name": "", "email": ""}
        )
        status = 422 if wrong else 200
        return self.desk.show(
            request,
            visitor,
            "team.html",
            status,
            accounts=accounts,
            profiles=profiles,
            wrong=wrong,
            typed=typed,
        )

    async def _one(self, request: Request, visitor: Visitor, account: Account, wrong: str = "") -> Response:
        status = 422 if wrong else 200
        names = [(code, capitalised(topic.label)) for code, topic in self.desk.prompts.topics.items()]
        return self.desk.show(
            request,
            visitor,
            "team_one.html",
            status,
            account=account,
            profile=await self.desk.mediator(account),
            topics=names,
            wrong=wrong,
        )

    def _password(self, request: Request, visitor: Visitor, account: Account, password: str) -> Response:
        return self.desk.show(request, visitor, "new_password.html", account=account, password=password)


def _role(form: Form) -> Role:
    named = form.text("role")
    return next((role for role in get_args(Role) if role == named), "mediator")
