"""Which browsers want to be told what happens, and the key with which we sign what we tell them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from redis.asyncio import Redis

from voicebot.privacy import Privacy
from voicebot.store import keys
from voicebot.store.server import arrived
from voicebot.store.transactions import named_failure


@dataclass(frozen=True)
class Subscription:
    """A browser, as it describes itself. Source: W3C, Push API, PushSubscription."""

    endpoint: str
    p256dh: str
    auth: str

    @property
    def info(self) -> Mapping[str, object]:
        """The form that browsers give and senders take."""
        return {"endpoint": self.endpoint, "keys": {"p256dh": self.p256dh, "auth": self.auth}}


class Subscriptions:
    """The subscriptions of each account in Redis, sealed: an endpoint leads to somebody's device."""

    def __init__(self, redis: Redis, privacy: Privacy) -> None:
        self._redis = redis
        self._privacy = privacy

    async def add(self, account: str, subscription: Subscription) -> None:
        """From now on this browser is told what concerns `account`."""
        name, key = _digest(subscription.endpoint), keys.subscriptions(account)
        async with named_failure():
            await arrived(self._redis.hset(key, name, self._privacy.seal(asdict(subscription))))
            await self._redis.expire(key, keys.SUBSCRIPTION_TTL_S)

    async def remove(self, account: str, endpoint: str) -> None:
        """Tell this browser nothing more."""
        async with named_failure():
            await arrived(self._redis.hdel(keys.subscriptions(account), _digest(endpoint)))

    async def of(self, account: str) -> list[Subscription]:
        """The browsers of an account."""
        async with named_failure():
            sealed = await arrived(self._redis.hvals(keys.subscriptions(account)))
        return [Subscription(**self._privacy.unseal(one)) for one in sealed]

    async def key(self, make: Callable[[], str]) -> str:
        """Our private key (PEM): the same for all processes, made by `make` at the first use."""
        async with named_failure():
            await self._redis.set(keys.push_key(), self._privacy.seal(make()), nx=True)
            return str(self._privacy.unseal(str(await self._redis.get(keys.push_key()))))

    async def first(self, mark: str) -> bool:
        """Whether nobody has told this yet; whoever asks first tells it."""
        async with named_failure():
            return bool(await self._redis.set(keys.alerted(mark), "1", nx=True, ex=keys.DAY_S))


def _digest(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()[:24]
