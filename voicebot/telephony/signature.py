"""The signature that Twilio adds to every request, to verify it and, in simulated calls, to create it.

Source: Twilio, "Validating Signatures from Twilio": HMAC-SHA1 with the auth token over the address and the
sorted form fields, in `X-Twilio-Signature`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

HEADER = "x-twilio-signature"


class Signature:
    """Verifies signatures with the auth token, and with a secondary one while tokens are being rotated."""

    def __init__(self, *tokens: str) -> None:
        """`tokens`: the primary auth token, then any others that are still valid; empty ones are ignored."""
        self._validators = tuple(RequestValidator(token) for token in tokens if token)

    def valid(self, url: str, form: Iterable[tuple[str, str]], header: str) -> bool:
        """Whether Twilio sent `form` to `url`.

        `url` is the public address with its query, as Twilio knows it. `form` contains every field, including
        repeated and blank ones; for GET it is empty. `header` is "" if there was none.
        """
        fields = ImmutableMultiDict(list(form))
        return bool(header) and any(one.validate(url, fields, header) for one in self._validators)

    def valid_socket(self, url: str, header: str) -> bool:
        """Whether Twilio opened the media stream at `url`, "wss://host/path" exactly as in the TwiML."""
        return self.valid(url, (), header)


def sign(url: str, params: Mapping[str, str], token: str) -> str:
    """The signature of a request as Twilio makes it."""
    return str(RequestValidator(token).compute_signature(url, dict(params)))
