"""Privacy: pseudonyms, encrypted fields, redacted words. No number, name or utterance leaves in clear."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from voicebot.errors import ConfigError, Erased, StoreError

_PSEUDONYM_CHARS = 24
_DIGIT_RUNS = re.compile(r"\d(?:[\s.\-/]?\d){3,}")
#: As long as social security, bank card and account numbers are; telephone numbers are shorter.
_IDENTIFIERS = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]){11,30}\b|\d(?:[\s.\-/]?\d){10,}")
_EMAILS = re.compile(r"\S+@\S+")
_HIDDEN = "…"
#: What begins a record that only its person's own key opens; Fernet's own tokens begin with "g".
_PERSONAL = "p"


@dataclass(frozen=True)
class PersonalKey:
    """A person's key as it is kept: sealed. `renewed` is False if its lifetime should be extended."""

    sealed: str
    renewed: bool = True


class PersonalKeys(Protocol):
    """Where each person's own key is kept, apart from what it opens. Its methods raise StoreError."""

    async def find(self, person: str) -> PersonalKey | None:
        """The key of a person; None if they have none, or no longer."""

    async def make(self, person: str, sealed: str) -> str:
        """Keep a new key, unless the person has one meanwhile; returns the one in force."""

    async def renew(self, person: str, sealed: str) -> None:
        """Keep the key for longer, as sealed now; does nothing if it is destroyed."""

    async def destroy(self, person: str) -> None:
        """From now on nothing opens what was sealed with it."""


class Privacy:
    """Keys for pseudonyms and encryption. The first Fernet key encrypts, all decrypt: keys can rotate."""

    def __init__(
        self, pseudonym_key: str, fernet_keys: Sequence[str], personal: PersonalKeys | None = None
    ) -> None:
        """Raise ConfigError if a key is missing or malformed; the message never contains a key.

        Without `personal` keys, what concerns a person is sealed with the common ones.
        """
        if not pseudonym_key or not fernet_keys:
            raise ConfigError(
                "VOICEBOT_PSEUDONYM_KEY and VOICEBOT_DATA_KEYS: expected keys, none came; make them with "
                "`voicebot doctor --new-key`, see docs/operating.md"
            )
        self._pseudonym_key = pseudonym_key.encode()
        self.personal = personal
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

    async def of(self, person: str, *, make: bool = False) -> Seal:
        """What seals and opens the records of one person. To write, `make` a key if they have none."""
        if self.personal is None:
            return Seal(self)
        kept = await self.personal.find(person)
        if kept is None and not make:
            return Seal(self, destroyed=True)
        if kept is None:
            sealed = await self.personal.make(person, self.seal(Fernet.generate_key().decode()))
            return Seal(self, Fernet(str(self.unseal(sealed))))
        own = str(self.unseal(kept.sealed))
        if not kept.renewed:  # sealed anew, so that the oldest common key can be dropped one day
            await self.personal.renew(person, self.seal(own))
        return Seal(self, Fernet(own))

    async def forget(self, person: str) -> None:
        """Destroy the key of a person: nothing that was sealed for them can be opened, wherever it lies."""
        if self.personal is not None:
            await self.personal.destroy(person)

    def seal(self, thing: Any) -> str:
        """Encrypt anything that JSON can represent."""
        return self._fernet.encrypt(_as_json(thing)).decode()

    def unseal(self, sealed: str | bytes, ttl_s: int | None = None) -> Any:
        """The inverse of `seal`; StoreError if no key fits, or it was sealed over `ttl_s` seconds ago."""
        try:
            return json.loads(self._fernet.decrypt(sealed, ttl_s))
        except (InvalidToken, ValueError) as error:  # ValueError: characters that no token contains
            raise StoreError(
                "a stored record fits none of the data keys: was a key removed too early?"
            ) from error


class Seal:
    """Seals and opens the records of one person."""

    def __init__(self, common: Privacy, own: Fernet | None = None, *, destroyed: bool = False) -> None:
        self._common, self._own, self._destroyed = common, own, destroyed

    def seal(self, thing: Any) -> str:
        """Encrypt anything that JSON can represent. Raises Erased for somebody whose key is destroyed."""
        if self._destroyed:
            raise Erased("expected the key of a person to write with, found none")
        return self._common.seal(thing) if self._own is None else self._sealed(self._own, thing)

    def unseal(self, sealed: str | bytes) -> Any:
        """The inverse of `seal`. Raises Erased if its key is destroyed, StoreError if no key fits.

        What was written before people had keys of their own is opened with the common ones.
        """
        token = sealed if isinstance(sealed, str) else sealed.decode(errors="replace")
        if not token.startswith(_PERSONAL):
            return self._common.unseal(token)
        try:
            if self._own is None:
                raise InvalidToken
            return json.loads(self._own.decrypt(token.removeprefix(_PERSONAL)))
        except (InvalidToken, ValueError):
            raise Erased("a record whose person was forgotten: its key is destroyed") from None

    def open(self, sealed: str | bytes | None) -> Any:
        """As `unseal`; None for nothing, and for what belongs to somebody who was forgotten."""
        try:
            return None if sealed is None else self.unseal(sealed)
        except Erased:
            return None

    @staticmethod
    def _sealed(own: Fernet, thing: Any) -> str:
        return _PERSONAL + own.encrypt(_as_json(thing)).decode()


def _as_json(thing: Any) -> bytes:
    return json.dumps(thing, ensure_ascii=False).encode()


def redact(text: str) -> str:
    """`text` without runs of four or more digits and without email addresses."""
    return _EMAILS.sub(_HIDDEN, _DIGIT_RUNS.sub(_HIDDEN, text))


def without_identifiers(text: str) -> str:
    """`text` without social security, card and account numbers; dates and telephone numbers stay."""
    return _IDENTIFIERS.sub(_HIDDEN, text)
