"""Settings that work, and that somebody would regret: each with what to do instead."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from voicebot.config import Settings
from voicebot.errors import VoicebotError

#: Characters of a key that nobody guesses.
_LONG_ENOUGH: Final = 32
_HERE: Final = ("localhost", "127.0.0.1", "::1")
#: Twenty times the usual; more than that protects nobody.
_MANY_TEXTS: Final = 12_000
_SERVERS: Final = ("redis://", "rediss://", "unix://")


async def weak(settings: Settings) -> str:
    """None of the settings is dangerous."""
    found = list(weaknesses(settings))
    if found:
        raise VoicebotError("; ".join(found))
    return "none"


def weaknesses(settings: Settings) -> Iterator[str]:
    """One sentence for each setting that somebody would regret."""
    public = urlsplit(settings.public_url)
    if public.scheme != "https" and public.hostname not in _HERE:
        yield "VOICEBOT_PUBLIC_URL is not https: cookies and words travel in clear; put a TLS front before it"
    if 0 < len(settings.pseudonym_key.get_secret_value()) < _LONG_ENOUGH:
        yield "VOICEBOT_PSEUDONYM_KEY is short, so numbers can be guessed from pseudonyms: take 32 characters"
    yield from _of_redis(settings)
    if public.hostname not in _HERE and not os.environ.get("FORWARDED_ALLOW_IPS"):
        yield "FORWARDED_ALLOW_IPS is not set: behind a proxy, all who sign in count as one machine; name it"
    if settings.demo_key.get_secret_value():
        yield "VOICEBOT_DEMO_KEY is set: whoever knows it talks to this service for free; unset it when done"
    if "+" in settings.beginnings or any(len(one) < 3 for one in settings.beginnings):
        yield "VOICEBOT_REACH contains prefixes of many countries: toll fraud is easy; name each country"
    if settings.texts_an_hour > _MANY_TEXTS:
        yield "VOICEBOT_TEXTS_AN_HOUR hardly limits anything: a fault would cost a fortune; lower it"
    if not settings.fallback_number:
        yield "VOICEBOT_FALLBACK_NUMBER is not set: when all fails, callers are only told to call back"


def _of_redis(settings: Settings) -> Iterator[str]:
    at = urlsplit(settings.redis_url or "")
    if at.hostname and at.hostname not in _HERE:
        if not at.password:
            yield "REDIS_URL has no password: whoever reaches Redis reads it; set requirepass and name it"
        if not settings.personal_keys:
            yield (
                "VOICEBOT_PERSONAL_KEYS is not set although Redis is shared: name the file or server that "
                "all services share"
            )
    if settings.personal_keys.startswith(_SERVERS) and settings.personal_keys == settings.redis_url:
        yield "VOICEBOT_PERSONAL_KEYS is the Redis whose data they open: a backup would hold both; part them"
