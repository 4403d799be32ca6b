"""Privacy: pseudonyms, sealed fields, redacted words. No number, name or utterance leaves here in clear."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from voicebot.errors import ConfigError, StoreError

_PSEUDONYM_CHARS = 24
_DIGIT_RUNS = re.compile(r"\d(?:[\s.\-/]?\d){3,}")
#: As long as the numbers of social security, bank cards and accounts are, and longer than a telephone number.
_IDENTIFIERS = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]){11,30}\b|\d(?:[\s.\-/]?\d){10,}")
_EMAILS = re.compile(r"\S+@\S+")
_HIDDEN = "…"


class Privacy:
    """Keys for pseudonyms and sealing. The first Fernet key seals, all of them open: keys can rotate."""

    def __init__(self, pseudonym_key: str, fernet_keys: Sequence[str]) -> None:
        """Raise ConfigError when a key is missing or malformed; a key is never part of the message."""
        if not pseudonym_key or not fernet_keys:
            raise ConfigError(
                "VOICEBOT_PSEUDONYM_KEY and VOICEBOT_DATA_KEYS: expected keys, none came; make them with "
                "`voicebot doctor --new-key`, see docs/operating.md"
            )
        self._pseudonym_key = pseudonym_key.encode()
        try:
            self._fernet = MultiFernet([Fernet(key) for key in fernet_keys])
        except ValueError as error:
            raise ConfigError(
                "VOICEBOT_DATA_KEYS: expected Fernet keys (44 characters of url-safe base64), got something "
                "else; make one with `voicebot doctor --new-key`"
            ) from error

    def pseudonym(self, number: str) -> str:
        """The same 24 hex characters for the same number, not reversible without the key."""
        digest = hmac.new(self._pseudonym_key, number.encode(), hashlib.sha256)
        return digest.hexdigest()[:_PSEUDONYM_CHARS]

    def seal(self, thing: Any) -> str:
        """Encrypt something JSON-ready."""
        return self._fernet.encrypt(json.dumps(thing, ensure_ascii=False).encode()).decode()

    def unseal(self, sealed: str | bytes) -> Any:
        """The inverse of `seal`; StoreError when no key fits."""
        try:
            return json.loads(self._fernet.decrypt(sealed))
        except (InvalidToken, ValueError) as error:  # ValueError: letters that no token has
            raise StoreError(
                "a stored record fits none of the data keys: was a key removed too early?"
            ) from error


def redact(text: str) -> str:
    """`text` without runs of four or more digits and without addresses of mail."""
    return _EMAILS.sub(_HIDDEN, _DIGIT_RUNS.sub(_HIDDEN, text))


def without_identifiers(text: str) -> str:
    """`text` without numbers of social security, cards and accounts; days and telephone numbers stay."""
    return _IDENTIFIERS.sub(_HIDDEN, text)
