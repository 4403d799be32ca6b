"""Web Push: what we tell browsers that are closed. The only module that imports pywebpush.

The payload is sealed for the browser and signed with our key (VAPID); it holds a sentence without personal
words, and where to look.
"""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import structlog
from py_vapid import Vapid02, VapidException
from pywebpush import WebPushException, webpush

from voicebot.console.alerts import Alert, alerts
from voicebot.console.pages import ROOT, words
from voicebot.errors import StoreError
from voicebot.store.mediators import Mediators
from voicebot.store.subscriptions import Subscription, Subscriptions
from voicebot.store.ticket_events import Listener, TicketEvents
from voicebot.store.tickets import Tickets

log = structlog.get_logger()

#: The push services of Chrome, Firefox, Edge and Safari: we call no other address that a browser gives us.
_SERVICES: Final = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    ".notify.windows.com",
    ".push.apple.com",
)
#: Seconds for which a push service keeps what it cannot deliver: later it is no news.
_KEPT_S: Final = 900
_TIMEOUT_S: Final = 10.0
#: Seconds between looks while nothing happens: a call-back is due, an old danger rings again.
_LOOK_S: Final = 20.0
#: The subscription is over: the browser was closed for good, or permission withdrawn.
_GONE: Final = frozenset({404, 410})


class Sends(Protocol):
    """Sends a payload to a browser; returns the status of its push service."""

    def __call__(self, to: Subscription, payload: str, key: str, contact: str) -> int:
        """`key` is our private key, `contact` the https address of this service."""


def is_push_service(endpoint: str) -> bool:
    """Whether an address is one of a known push service, by https."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    known = any(host == one or (one.startswith(".") and host.endswith(one)) for one in _SERVICES)
    return parts.scheme == "https" and known


def new_key() -> str:
    """A new private key, as PEM."""
    made = Vapid02()
    made.generate_keys()
    return str(made.private_pem().decode())


def public_key(private: str) -> str:
    """The public half of a private key, as browsers want it: an uncompressed point in base64url."""
    numbers = Vapid02.from_pem(private.encode()).public_key.public_numbers()
    point = b"\x04" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


def send(to: Subscription, payload: str, key: str, contact: str) -> int:
    """Send a payload through the browser's push service; the status of its answer, 0 if there was none."""
    try:
        answer: Any = webpush(
            dict(to.info),
            payload,
            vapid_private_key=Vapid02.from_pem(key.encode()),
            vapid_claims={"sub": contact},
            ttl=_KEPT_S,
            timeout=_TIMEOUT_S,
            headers={"Urgency": "high"},
        )
    except WebPushException as error:
        return error.response.status_code if error.response is not None else 0
    except (OSError, VapidException, ValueError):  # no network, or a service without https
        return 0
    return int(answer.status_code)


def payload(alert: Alert) -> str:
    """What the browser shows, and the page it opens."""
    forms: Mapping[str, str] = words()["alerts"]
    told = {"title": forms["title"], "body": forms[alert.kind], "url": f"{ROOT}/tickets/{alert.ticket}"}
    return json.dumps({**told, "tag": f"{alert.kind}:{alert.ticket}"}, ensure_ascii=False)


@dataclass(frozen=True)
class Alerting:
    """Looks at the requests and tells browsers, each thing once whatever the number of processes."""

    tickets: Tickets
    mediators: Mediators
    subscriptions: Subscriptions
    clock: Callable[[], float]
    contact: str
    send: Sends = send

    async def run(self, news: TicketEvents) -> None:
        """Look on every event until cancelled. Failures of the store are survived."""
        while True:
            try:
                async with news.listen() as heard:
                    while True:
                        await self.look()
                        await _next(heard)
            except (StoreError, OSError) as error:
                log.warning("alerting waits", error=type(error).__name__)
                await asyncio.sleep(1.0)

    async def look(self) -> None:
        """Tell what has not been told yet."""
        known, mediators = await self.tickets.waiting(), await self.mediators.all()
        for alert in alerts(known, mediators, self.clock()):
            browsers = await self.subscriptions.of(alert.to)
            if browsers and await self.subscriptions.first(alert.mark):
                for browser in browsers:
                    await self._tell(browser, alert)

    async def _tell(self, browser: Subscription, alert: Alert) -> None:
        key = await self.subscriptions.key(new_key)
        status = await asyncio.to_thread(self.send, browser, payload(alert), key, self.contact)
        if status in _GONE:
            await self.subscriptions.remove(alert.to, browser.endpoint)
        elif not 200 <= status < 300:
            log.warning("push not taken", status=status)


async def _next(heard: Listener) -> None:
    """Wait for an event; several at once count as one."""
    if await heard.next(_LOOK_S):
        while await heard.next(0.0):
            pass
