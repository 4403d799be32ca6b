"""What Redis raises becomes one error of ours, which says what to look at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.exceptions import RedisError

from voicebot.errors import StoreError


@asynccontextmanager
async def named_failure() -> AsyncIterator[None]:
    """Raise StoreError for whatever Redis raises within the block."""
    try:
        yield
    except RedisError as error:
        raise StoreError(
            f"Redis refused or did not answer ({type(error).__name__}): is it up, has it memory?"
        ) from error
