"""The signature that Twilio puts under every request, to check it and, for simulated calls, to make it.

Source: Twilio, "Validating Signatures from Twilio": HMAC-SHA1 with the auth token over the address and the
sorted form fields, in `X-Twilio-Signature`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

HEADER = "x-twilio-signature"


class Signature:
    """Checks signatures with the auth token; with a secondary one too, while tokens are being rotated."""

    def __init__(self, *tokens: str) -> None:
        """`tokens`: the primary auth token, then others that are still good; empty ones are left out."""
        self._validators = tuple(RequestValidator(token) for token in tokens if token)

    def valid(self, url: str, form: Iterable[tuple[str, str]], header: str) -> bool:
        """Whether Twilio sent `form` to `url`.

        `url` is the public address with its query, as Twilio knows it. `form` has every field in it, repeated
        and blank ones too; it is empty for GET. `header` is "" when there was none.
        """
        fields = ImmutableMultiDict(list(form))
        return bool(header) and any(one.validate(url, fields, header) for one in self._validators)

    def valid_socket(self, url: str, header: str) -> bool:
        """Whether Twilio opened the media stream at `url`, "wss://host/path" just as in the TwiML."""
        return self.valid(url, (), header)


def sign(url: str, params: Mapping[str, str], token: str) -> str:
    """The signature of a request as Twilio makes it."""
    return str(RequestValidator(token).compute_signature(url, dict(params)))
