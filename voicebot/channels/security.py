"""Forms sent by Twilio: read with a size limit, verified by signature before anything looks at them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from time import time
from typing import Final
from urllib.parse import parse_qsl

import structlog
from fastapi import HTTPException, Request
from starlette.requests import ClientDisconnect

from voicebot.observability.logs import about_call
from voicebot.telephony.signature import HEADER, Signature

log = structlog.get_logger()

#: Bytes. Twilio's webhooks stay under 4 KB; a long text with all its parameters under 16 KB.
LARGEST_BODY: Final = 65_536
MOST_FIELDS: Final = 500
_LONGEST_TOKEN: Final = 128
#: When the front got a request: "t=" and milliseconds since 1970, as fronts write it by custom. The front
#: (deploy/Caddyfile) overwrites what comes from outside.
ARRIVED_HEADER: Final = "x-request-start"
_ARRIVED: Final = re.compile(r"t=(\d{13})")
#: Seconds. A webhook is answered within fifteen; other differences are those of clocks.
_PLAUSIBLE_S: Final = 15.0
#: The field that names what a form is about; only this id is logged.
_IDS: Final = ("CallSid", "MessageSid")
_ID: Final = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")


@dataclass(frozen=True)
class SignedForm:
    """A form signed by Twilio. `address` is path and query; `retry_token` is "" if there was none.

    `arrived_at` (Unix seconds) is when the front got it, None if there is no front that says so.
    """

    address: str
    fields: Mapping[str, str]
    retry_token: str
    arrived_at: float | None = None

    def event_id(self) -> str:
        """The same for a request and its repetition.

        Source: Twilio, "Webhooks connection overrides": a retry has the same I-Twilio-Idempotency-Token.
        Without one, the address must suffice: ours contain the turn.
        """
        parts = (self.fields.get("CallSid", ""), self.address, self.fields.get("CallStatus", ""))
        return self.retry_token or ":".join(parts)


async def read_signed(request: Request, signature: Signature, origin: str) -> SignedForm:
    """The form in `request`, if Twilio signed it for our public `origin`.

    Raises HTTPException 413 if it is too large and 403 if the signature is wrong; for the check, the fields
    stay as they arrived, including blank and repeated ones.
    """
    pairs = _pairs(await read_body(request))
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if not signature.valid(origin + address, pairs, request.headers.get(HEADER, "")):
        log.warning("webhook refused: the Twilio signature is wrong or missing", path=request.url.path)
        raise HTTPException(403, "wrong signature")
    about_call(next((value for name, value in pairs if name in _IDS and _ID.fullmatch(value)), ""))
    token = request.headers.get("i-twilio-idempotency-token", "")
    token = token if len(token) <= _LONGEST_TOKEN else ""
    return SignedForm(address, dict(pairs), token, _arrived_at(request.headers.get(ARRIVED_HEADER, "")))


def _arrived_at(header: str) -> float | None:
    """When a request reached the front; nothing that cannot be, as by a clock that is wrong."""
    told = _ARRIVED.fullmatch(header)
    at = int(told[1]) / 1000 if told else None
    return at if at is not None and abs(time() - at) <= _PLAUSIBLE_S else None


async def read_body(request: Request) -> bytes:
    """The body, but no more than `LARGEST_BODY`, whatever its Content-Length says.

    Raises HTTPException 413 for more, and 400 if it breaks off.
    """
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                raise _too_large(request)
    except ClientDisconnect:
        raise HTTPException(400, "the body ended too soon") from None
    return body


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(413, f"expected at most {MOST_FIELDS} fields") from None


def _too_large(request: Request) -> HTTPException:
    log.warning("webhook refused: the body is too large", path=request.url.path, limit=LARGEST_BODY)
    return HTTPException(413, f"expected at most {LARGEST_BODY} bytes")
