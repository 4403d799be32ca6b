"""Twilio's REST API as far as we need it: send a text, place a call, redirect a call, find either again.

The library blocks, so each request runs in a thread. Its errors and its log contain telephone numbers:
neither leaves this module.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar

from requests import RequestException
from twilio.base.exceptions import (
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from voicebot.errors import TwilioRefused, TwilioUnreachable
from voicebot.pools import Pool

#: Not attached to the root logger, so it outputs nothing.
_SILENT: Final = logging.Logger("twilio", logging.CRITICAL + 1)
#: Unless the library is given an environment that is not empty, it reads TWILIO_EDGE and TWILIO_REGION from
#: ours.
_NO_ENVIRONMENT: Final = {"VOICEBOT": "1"}

#: How many of the latest texts or calls to a person are searched.
_LOOKED_AT: Final = 50

#: Threads of its own, more than the outbox sends at once: a slow Twilio must not occupy those that speak.
_SENDING = Pool("twilio", 16)

T = TypeVar("T")


@dataclass(frozen=True)
class AccountState:
    """How Twilio sees the account: `status` "active" means usable; `clock` is Twilio's, in Unix seconds."""

    status: str
    clock: float | None


@dataclass(frozen=True)
class OwnNumber:
    """A number of the account (E.164), what it can do, and the webhooks for its calls and texts."""

    number: str
    calls: bool
    texts: bool
    voice_url: str
    fallback_url: str
    status_url: str
    sms_url: str


class _Dated(TwilioHttpClient):  # type: ignore[misc]  # the library has no types
    """Notes the time of the last response by Twilio's clock."""

    clock: float | None = None

    def request(self, *args: Any, **options: Any) -> Any:
        answer = super().request(*args, **options)
        with suppress(TypeError, ValueError):
            self.clock = parsedate_to_datetime(answer.headers["Date"]).timestamp()
        return answer


class TwilioClient:
    """One account. Safe for concurrent tasks. Nothing is retried here: the outbox does that."""

    def __init__(
        self, account_sid: str, auth_token: str, *, base_url: str | None = None, timeout_s: float = 10.0
    ) -> None:
        """`base_url` replaces Twilio's address in tests; `timeout_s` limits connecting and each read."""
        self._http = _Dated(timeout=timeout_s, logger=_SILENT)
        self._client = Client(account_sid, auth_token, http_client=self._http, environment=_NO_ENVIRONMENT)
        if base_url:
            self._client.api.base_url = base_url

    async def account(self) -> AccountState:
        """Whether Twilio accepts our account and token. Raises TwilioRefused or TwilioUnreachable."""
        fetch = self._client.api.v2010.account.fetch
        status = await _request(lambda: str(fetch().status))
        return AccountState(status, self._http.clock)

    async def numbers(self) -> tuple[OwnNumber, ...]:
        """The account's telephone numbers. Raises as above."""
        find = self._client.incoming_phone_numbers.list
        return await _request(lambda: tuple(map(_own_number, find(page_size=_LOOKED_AT))))

    async def create_message(
        self, *, to: str, from_: str, body: str, status_callback: str | None = None
    ) -> str:
        """Send a text and return its SID. Raises TwilioRefused or TwilioUnreachable."""
        options = _given(status_callback=status_callback)
        create = self._client.messages.create
        return await _request(lambda: _sid(create(to=to, from_=from_, body=body, **options)))

    async def find_messages(self, *, to: str, from_: str, body: str, since: float) -> tuple[str, ...]:
        """The SIDs of texts like this one made at `since` (Unix seconds) or later, oldest first.

        For a request whose response was lost: Twilio's API has no idempotency key. Raises as above.
        """
        find = self._client.messages.list
        found = await _request(lambda: find(to=to, from_=from_, limit=_LOOKED_AT, page_size=_LOOKED_AT))
        # A trial account prepends a sentence of its own to the text.
        return _oldest_first(each for each in found if str(each.body).endswith(body) and _made(each) >= since)

    async def find_calls(self, *, to: str, from_: str, since: float) -> tuple[str, ...]:
        """The SIDs of calls made at `since` (Unix seconds) or later, oldest first. Raises as above."""
        find = self._client.calls.list
        found = await _request(lambda: find(to=to, from_=from_, limit=_LOOKED_AT, page_size=_LOOKED_AT))
        return _oldest_first(each for each in found if _made(each) >= since)

    async def create_call(
        self,
        *,
        to: str,
        from_: str,
        url: str,
        status_callback: str | None = None,
        timeout_s: int = 25,
        detect_machine: bool = False,
        machine_callback: str | None = None,
    ) -> str:
        """Call `to`, continue at `url`, and return the SID. Raises TwilioRefused or TwilioUnreachable.

        `timeout_s`: how long it may ring. `detect_machine`: find out during the call whether an answering
        machine took it, and tell `machine_callback`.
        """
        options = _given(
            status_callback=status_callback,
            status_callback_event=["completed"] if status_callback else None,
            machine_detection="Enable" if detect_machine else None,
            async_amd="true" if detect_machine else None,
            async_amd_status_callback=machine_callback,
        )
        create = self._client.calls.create
        return await _request(
            lambda: _sid(create(to=to, from_=from_, url=url, method="POST", timeout=timeout_s, **options))
        )

    async def update_call(
        self, call_sid: str, *, twiml: str | None = None, url: str | None = None, end: bool = False
    ) -> None:
        """Redirect a call to `twiml` or to `url`, or end it. Raises TwilioRefused or TwilioUnreachable."""
        method = "POST" if url else None
        options = _given(twiml=twiml, url=url, method=method, status="completed" if end else None)
        await _request(lambda: self._client.calls(call_sid).update(**options))

    async def delete_queue(self, queue_sid: str) -> None:
        """Remove a queue in which nobody is waiting. Raises TwilioRefused or TwilioUnreachable."""
        await _request(lambda: self._client.queues(queue_sid).delete())


def _own_number(record: Any) -> OwnNumber:
    can: Mapping[str, bool] = record.capabilities or {}
    urls = (record.voice_url, record.voice_fallback_url, record.status_callback, record.sms_url)
    return OwnNumber(
        record.phone_number,
        bool(can.get("voice")),
        bool(can.get("sms")),
        *(url or "" for url in urls),
    )


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _made(resource: Any) -> float:
    """When Twilio made it, in Unix seconds; 0 if it does not say."""
    return float(resource.date_created.timestamp()) if resource.date_created else 0.0


def _oldest_first(resources: Iterable[Any]) -> tuple[str, ...]:
    return tuple(sid for _, sid in sorted((_made(each), _sid(each)) for each in resources))


def _sid(made: Any) -> str:
    if not isinstance(made.sid, str):
        raise ValueError("expected a SID")
    return made.sid


async def _request(send: Callable[[], T]) -> T:
    """Send in a thread; errors become ours, without the library's wording."""
    try:
        return await _SENDING.run(send)
    except (TwilioRestException, TwilioServiceException) as error:
        raise TwilioRefused(error.code or error.status, error.status) from None
    except (RequestException, TwilioException, OSError) as error:
        raise TwilioUnreachable(type(error).__name__) from None
    except (ValueError, AttributeError, TypeError) as error:  # a response, but not Twilio's
        raise TwilioUnreachable(f"something else ({type(error).__name__})") from None
