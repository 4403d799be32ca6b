"""Passwords and the second factor. The only module that imports argon2 and pyotp."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime
from typing import Final

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST: Final = 12
LONGEST: Final = 200
_ISSUER: Final = "voicebot"
_HASHER: Final = PasswordHasher()
#: Checked when there is no such account, so that a wrong address takes as long as a wrong password.
_NOBODY: Final = _HASHER.hash(secrets.token_hex(16))


async def hashed(password: str) -> str:
    """The argon2id hash of `password`, computed in a thread: it deliberately takes some 50 ms."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def verified(password: str, kept: str | None) -> bool:
    """Whether `password` matches the hash `kept`; without a hash the answer is no, after the same time."""
    return await asyncio.to_thread(_fits, kept or _NOBODY, password[:LONGEST]) and kept is not None


def acceptable(password: str) -> bool:
    """Whether `password` may be chosen: long enough, and not one character repeated."""
    return SHORTEST <= len(password) <= LONGEST and len(set(password)) > 4


def invented() -> str:
    """A random password, to be handed over and then changed."""
    return "-".join(secrets.token_hex(2) for _ in range(4))


def new_code_secret() -> str:
    """A secret for the six digits of the second factor, in base32."""
    return pyotp.random_base32()


def code_address(secret: str, email: str) -> str:
    """The `otpauth:` address that an authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=_ISSUER)


def code_fits(secret: str, code: str, now: float) -> bool:
    """Whether the six digits are right at `now` (Unix seconds), give or take 30 seconds."""
    return pyotp.TOTP(secret).verify(
        code.replace(" ", ""), for_time=datetime.fromtimestamp(now, UTC), valid_window=1
    )


def _fits(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
