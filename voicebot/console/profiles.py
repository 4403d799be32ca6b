"""How a mediator is reached and what they help with: duty, own number, territories, topics."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from fastapi import HTTPException, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.telephony.phone_numbers import e164

#: Departments as postal codes begin: two digits, or three overseas; 2A and 2B in Corsica.
_DEPARTMENT: Final = re.compile(r"\b(97\d|98\d|2[AB]|\d{2})\b")


def routes(desk: Desk) -> list[BaseRoute]:
    """The forms of `/me` and `/team/{id}` that concern a profile."""
    profiles, guard = _Profiles(desk), desk.guard
    return [
        guard.action("/me/duty", profiles.go_on_or_off_duty),
        guard.action("/me/number", profiles.change_own_number),
        guard.action("/team/{id}/profile", profiles.change, "administrator"),
    ]


@dataclass(frozen=True)
class _Profiles:
    desk: Desk

    async def go_on_or_off_duty(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Start or stop offering calls to this mediator."""
        on = form.ticked("on")
        if on and not (await self.desk.mediator(visitor.account)).phone:
            return self.desk.go("/me", "number_first")
        await self.desk.change_mediator(visitor.account, lambda one: replace(one, on_duty=on))
        did = "on_duty" if on else "off_duty"
        await self.desk.note(visitor, did)
        return self.desk.go(_back(form), did)

    async def change_own_number(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Change the number on which they are rung; without one they are off duty."""
        written = form.text("number", 30)
        number = e164(written)
        if written and number is None:
            return self.desk.go("/me", "number_wrong")
        phone = number or ""
        await self.desk.change_mediator(
            visitor.account, lambda one: replace(one, phone=phone, on_duty=one.on_duty and bool(phone))
        )
        await self.desk.note(visitor, "number_changed")
        return self.desk.go("/me", "profile_saved")

    async def change(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Change what only an administrator decides about a mediator."""
        account = await self.desk.guard.accounts.get(request.path_params["id"])
        if account is None:
            raise HTTPException(404)
        territories = tuple(dict.fromkeys(_DEPARTMENT.findall(form.text("territories", 500).upper())))
        skills = tuple(skill for skill in form.every("skills") if skill in self.desk.prompts.topics)
        await self.desk.change_mediator(
            account, lambda one: replace(one, territories=territories, skills=skills)
        )
        await self.desk.note(visitor, "profile_changed", account.id)
        return self.desk.go(f"/team/{account.id}", "profile_saved")


def _back(form: Form) -> str:
    return "/me" if form.text("from") == "me" else "/"
