"""Switching alerts on and off for a browser, and the service worker that shows them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from fastapi import HTTPException, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute

from voicebot.console import push
from voicebot.console.desk import Desk
from voicebot.console.forms import read_at_most
from voicebot.console.guard import Visitor
from voicebot.console.pages import STATIC
from voicebot.store.subscriptions import Subscription

_LARGEST: Final = 4096


def routes(desk: Desk) -> list[BaseRoute]:
    """`/push/…`, and the service worker: its folder is the scope for which it may speak."""
    pushing, guard = _Pushing(desk), desk.guard
    return [
        guard.page("/push/key", pushing.key),
        guard.upload("/push/on", pushing.switch_on),
        guard.upload("/push/off", pushing.switch_off),
        guard.page("/alerts.js", _worker),
    ]


async def _worker(request: Request, visitor: Visitor) -> Response:
    """The service worker: at this address it may speak for the whole console."""
    return FileResponse(STATIC / "alerts.js", media_type="text/javascript")


@dataclass(frozen=True)
class _Pushing:
    desk: Desk

    async def key(self, request: Request, visitor: Visitor) -> Response:
        """Our public key, which a browser needs to subscribe."""
        private = await self.desk.subscriptions.key(push.new_key)
        return JSONResponse({"key": push.public_key(private)})

    async def switch_on(self, request: Request, visitor: Visitor) -> Response:
        """Tell this browser what concerns its user."""
        await self.desk.subscriptions.add(visitor.account.id, await _read(request))
        await self.desk.note(visitor, "push_on")
        return Response(status_code=204)

    async def switch_off(self, request: Request, visitor: Visitor) -> Response:
        """Tell this browser nothing more."""
        await self.desk.subscriptions.remove(visitor.account.id, (await _read(request)).endpoint)
        await self.desk.note(visitor, "push_off")
        return Response(status_code=204)


async def _read(request: Request) -> Subscription:
    """The subscription in `request`; HTTPException 422 if it is none of a known push service."""
    try:
        sent = json.loads(await read_at_most(request, _LARGEST))
        found = Subscription(str(sent["endpoint"]), str(sent["keys"]["p256dh"]), str(sent["keys"]["auth"]))
    except (ValueError, KeyError, TypeError):
        raise HTTPException(422) from None
    if not push.is_push_service(found.endpoint):
        raise HTTPException(422)
    return found
