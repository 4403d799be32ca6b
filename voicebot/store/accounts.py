"""Who may sign in to the console: accounts in Redis, encrypted, found by id or by email address."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, replace
from typing import Literal

from redis.asyncio import Redis

from voicebot.privacy import Privacy
from voicebot.store import keys
from voicebot.store.server import arrived
from voicebot.store.transactions import named_failure

Role = Literal["mediator", "author", "administrator"]
#: What a page or an action asks for: a role, or only an account.
Need = Literal["anyone", "mediator", "author", "administrator"]


@dataclass(frozen=True)
class Account:
    """Somebody who works in the console; `writes`: a mediator who also writes procedures.

    `password` is an argon2 hash. `totp` is the base32 secret of the second factor, "" if it is not used. An
    account that is not `active` cannot sign in.
    """

    id: str
    email: str
    name: str
    role: Role
    password: str
    totp: str = ""
    active: bool = True
    writes: bool = False

    def may(self, need: Need) -> bool:
        """Whether the account meets `need`; administrators meet every one."""
        met: dict[Need, bool] = {
            "anyone": True,
            "mediator": self.role == "mediator",
            "author": self.role == "author" or self.writes,
        }
        return self.administers or met.get(need, False)

    @property
    def administers(self) -> bool:
        """Whether the account may change others, opening hours and notices."""
        return self.role == "administrator"


class Accounts:
    """The accounts in Redis. Email addresses are compared case-insensitively."""

    def __init__(self, redis: Redis, privacy: Privacy) -> None:
        self._redis = redis
        self._privacy = privacy

    async def add(self, email: str, name: str, role: Role, password: str) -> Account | None:
        """A new account; None if the address already has one."""
        account = Account(secrets.token_hex(6), email.strip(), name.strip(), role, password)
        async with named_failure():
            if not await self._redis.set(self._address(email), account.id, nx=True):
                return None
        await self.save(account)
        return account

    async def save(self, account: Account) -> None:
        """Store `account` as it is now."""
        async with named_failure(), self._redis.pipeline() as pipe:
            pipe.set(keys.account(account.id), self._privacy.seal(asdict(account)))
            pipe.sadd(keys.accounts(), account.id)
            await pipe.execute()

    async def get(self, account_id: str) -> Account | None:
        """The account with this id."""
        async with named_failure():
            sealed = await self._redis.get(keys.account(account_id))
        return None if sealed is None else Account(**self._privacy.unseal(sealed))

    async def by_email(self, email: str) -> Account | None:
        """The account with this email address."""
        async with named_failure():
            account_id = await self._redis.get(self._address(email))
        return None if account_id is None else await self.get(str(account_id))

    async def all(self) -> list[Account]:
        """Every account, by name."""
        async with named_failure():
            ids = sorted(str(one) for one in await arrived(self._redis.smembers(keys.accounts())))
            sealed = await self._redis.mget([keys.account(one) for one in ids]) if ids else []
        found = [Account(**self._privacy.unseal(one)) for one in sealed if one is not None]
        return sorted(found, key=lambda account: account.name.casefold())

    async def make_administrator(self, email: str, password: str) -> Account:
        """The account of `email` as an active administrator with a new password and no second factor."""
        known = await self.by_email(email)
        if known is None:
            known = await self.add(email, email.partition("@")[0], "administrator", password)
        if known is None:
            return await self.make_administrator(email, password)
        account = replace(known, role="administrator", password=password, totp="", active=True)
        await self.save(account)
        return account

    def _address(self, email: str) -> str:
        return keys.account_of(self._privacy.pseudonym(email.strip().casefold()))
