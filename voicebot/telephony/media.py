"""What people send with their texts: fetched from Twilio, limited in size, and deleted there afterwards.

Source: Twilio, "Media resource": basic authentication, a redirect to where the file lies, DELETE removes it.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final, Protocol

import httpx

from voicebot.errors import MediaRefused, TwilioUnreachable

#: Bytes. Twilio takes no larger message.
LARGEST: Final = 5 * 1024 * 1024
#: Seconds for the whole file: Twilio waits 15 for the answer to the text.
TIMEOUT_S: Final = 4.0
_API: Final = "https://api.twilio.com"
_PATH: Final = r"/2010-04-01/Accounts/{account}/Messages/[SM]M[0-9a-fA-F]{{32}}/Media/ME[0-9a-fA-F]{{32}}"


class MediaSource(Protocol):
    """Where files that were sent can be had."""

    async def fetch(self, url: str) -> bytes:
        """The file at `url`. Raises MediaRefused if it may not be fetched, TwilioUnreachable if it cannot."""
        ...

    async def delete(self, url: str) -> None:
        """Remove it where it was. Never raises: Twilio removes it by itself some day."""
        ...


class NoMedia:
    """Without an account nothing can be fetched."""

    async def fetch(self, url: str) -> bytes:
        """Raises MediaRefused."""
        raise MediaRefused("no Twilio account to fetch it with")

    async def delete(self, url: str) -> None:
        """Does nothing."""


class TwilioMedia:
    """The files of one account."""

    def __init__(
        self, account_sid: str, auth_token: str, *, base_url: str | None = None, timeout_s: float = TIMEOUT_S
    ) -> None:
        """`base_url` replaces Twilio's address in tests."""
        self._ours = re.compile(re.escape(base_url or _API) + _PATH.format(account=re.escape(account_sid)))
        self._auth, self._timeout_s = (account_sid, auth_token), timeout_s

    async def fetch(self, url: str) -> bytes:
        """See `MediaSource`."""
        if not self._ours.fullmatch(url):
            raise MediaRefused("an address that is not Twilio's")
        try:
            # The client drops the credentials when it is redirected to another host.
            async with self._client() as client, client.stream("GET", url) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise TwilioUnreachable(f"HTTP {answer.status_code}")
                return await _limited(answer)
        except httpx.HTTPError as error:
            raise TwilioUnreachable(type(error).__name__) from None

    async def delete(self, url: str) -> None:
        """See `MediaSource`."""
        if self._ours.fullmatch(url):
            with suppress(httpx.HTTPError):
                async with self._client() as client:
                    await client.delete(f"{url}.json")

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            auth=self._auth, timeout=self._timeout_s, follow_redirects=True, max_redirects=3, trust_env=False
        )


async def _limited(answer: httpx.Response) -> bytes:
    data = b""
    async for chunk in answer.aiter_bytes():
        data += chunk
        if len(data) > LARGEST:
            raise MediaRefused(f"more than {LARGEST} bytes")
    return data
