"""Requests to the app as the carrier makes them: signed, timed, retried once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit
from uuid import uuid4

import httpx

from voicebot.errors import CallError
from voicebot.telephony import sign

#: Source: Twilio, "Webhooks connection overrides", defaults.
TIMEOUT: Final = httpx.Timeout(15.0, connect=5.0)
USER_AGENT: Final = "TwilioProxy/1.1"


@dataclass(frozen=True)
class WebhookReply:
    """The body of a response, its media type, its public address, and the seconds it took."""

    body: bytes
    media_type: str
    url: str
    seconds: float


@dataclass(frozen=True)
class WebhookClient:
    """Reaches the app at `app_origin` while signing addresses as `public_origin`."""

    client: httpx.AsyncClient
    app_origin: str
    public_origin: str
    auth_token: str

    async def request(self, method: str, url: str, form: Mapping[str, str] | None = None) -> WebhookReply:
        """Send the signed `form` (GET: as query) to the public `url`; raises `CallError` if that fails."""
        if method == "GET" and form:
            url, form = f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(form)}", None
        headers = {
            "X-Twilio-Signature": sign(url, dict(form or {}), self.auth_token),
            "I-Twilio-Idempotency-Token": str(uuid4()),
            "User-Agent": USER_AGENT,
        }
        began = time.monotonic()
        response = await self._send(method, url, form, headers)
        if not response.is_success:
            raise CallError(
                f"11200: expected {method} {urlsplit(url).path} to answer 2xx, got {response.status_code}"
            )
        media_type = response.headers.get("content-type", "").partition(";")[0].strip()
        return WebhookReply(response.content, media_type, url, time.monotonic() - began)

    async def _send(
        self, method: str, url: str, form: Mapping[str, str] | None, headers: Mapping[str, str]
    ) -> httpx.Response:
        for last_try in (False, True):
            try:
                return await self.client.request(
                    method, self.local(url), data=form, headers=headers, follow_redirects=True
                )
            except httpx.TransportError as error:
                if last_try:
                    raise CallError(
                        f"11200: expected the app to answer at {self.app_origin}, got {type(error).__name__}:"
                        " is it running?"
                    ) from error
        raise AssertionError("unreachable")

    def stream_headers(self, url: str) -> dict[str, str]:
        """The headers of the handshake: the signature covers the address in the TwiML, and no parameters."""
        return {"x-twilio-signature": sign(url, {}, self.auth_token)}

    def public(self, current: str, reference: str) -> str:
        """The public address meant by `reference`, found in the document at `current`."""
        return urljoin(current, reference)

    def local(self, url: str) -> str:
        """Where a public address is actually reached; foreign addresses stay unchanged."""
        public, app, asked = urlsplit(self.public_origin), urlsplit(self.app_origin), urlsplit(url)
        if asked.netloc != public.netloc:
            return url
        scheme = asked.scheme
        if app.scheme in ("http", "ws"):
            scheme = {"https": "http", "wss": "ws"}.get(scheme, scheme)
        return urlunsplit(asked._replace(scheme=scheme, netloc=app.netloc))
