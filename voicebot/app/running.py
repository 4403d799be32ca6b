"""What administrators are told about the running service: versions, engines, store, outbox, errors."""

from __future__ import annotations

import asyncio
import platform
import shutil
import socket
import ssl
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.exceptions import RedisError

from voicebot import __version__
from voicebot.channels.service import Service
from voicebot.config import Settings
from voicebot.console.running import BACKED_UP, Groups, Running, Told
from voicebot.errors import StoreError
from voicebot.flows.load import stale
from voicebot.observability.latest import latest
from voicebot.records import CallBackOrder, Order, Record, TextOrder
from voicebot.speech import models
from voicebot.store import backup
from voicebot.store.outbox import KINDS, REPEATABLE
from voicebot.store.server import arrived
from voicebot.telephony.phone_numbers import may_be_dialled

Examine = Callable[[], Awaitable[Sequence[Told]]]

_ENOUGH_DISK_BYTES: Final = 1 << 30
_GIGABYTE: Final = 1e9
#: Seconds that something may be overdue before it is told as late.
_LATE_S: Final = 300.0
#: Seconds to wait for the front to show its certificate.
_WITHIN_S: Final = 3.0
_DAYS_LEFT: Final = 14
_DAY_S: Final = 86400
_TEST: Final = "sms.test"


def running(service: Service, settings: Settings, redis: Redis, examine: Examine | None) -> Running:
    """What the page of administrators works with."""

    async def look() -> Groups:
        return {
            "versions": _versions(service),
            "engines": _engines(service, settings),
            "store": await _store(redis),
            "outbox": await _outbox(service),
            "machine": [
                *_disks(settings),
                *await _certificate(settings.public_url),
                await _last_backup(service),
            ],
            "facts": _facts(service),
            "errors": [Told(one.event, f"{one.times} ×, {one.error or '…'}", fine=False) for one in latest()],
        }

    async def retry() -> int:
        return sum([await service.outbox.try_again(kind, service.runner.clock()) for kind in REPEATABLE])

    tries = trying(service) if settings.twilio_account else None
    return Running(look, examine, tries, retry if tries else None, partial(backup.packed, redis))


def trying(service: Service) -> Callable[[str, str], Awaitable[bool]]:
    """Texts or calls a number; the outbox does it, so that what is tried is the whole way."""

    async def try_number(how: str, number: str) -> bool:
        if not may_be_dialled(number, service.reach):
            return False
        person, sessions = service.privacy.pseudonym(number), service.runner.sessions
        await sessions.people.keep_number(person, number)
        order: Order = (
            CallBackOrder(person=person) if how == "call" else TextOrder(person=person, notes=(_TEST,))
        )
        await sessions.add(person, Record(f"test:{uuid.uuid4().hex}", service.runner.clock(), order))
        return True

    return try_number


def _versions(service: Service) -> list[Told]:
    edition = service.runner.editions.current.id or "…"
    return [
        Told("voicebot", __version__),
        Told("python", platform.python_version()),
        Told("edition", edition),
    ]


def _engines(service: Service, settings: Settings) -> list[Told]:
    speech, folder = service.speech, settings.var / "models"
    installed = [one.name for one in models.catalogue() if models.is_installed(one.name, folder)]
    hearing = speech.recognizer.name if speech.recognizer else ""
    return [
        Told("recognizer", hearing or "…", fine=speech.hears),
        Told("voices", ", ".join(speech.voice.names) or "…", fine=bool(speech.voice.names)),
        Told("models", ", ".join(installed) or "…"),
    ]


async def _store(redis: Redis) -> list[Told]:
    try:
        info: dict[str, Any] = await arrived(redis.info())
    except RedisError:
        return [Told("redis", "…", fine=False)]
    kept = bool(int(info.get("aof_enabled", 0))) and info.get("aof_last_write_status", "ok") == "ok"
    return [
        Told("redis", str(info.get("valkey_version") or info.get("redis_version", "…")), fine=True),
        Told("memory", str(info.get("used_memory_human", "…"))),
        Told("persistence", "append-only" if kept else "…", fine=kept),
    ]


async def _outbox(service: Service) -> list[Told]:
    told = []
    for kind in KINDS:
        try:
            waiting, given_up, overdue_s = await service.outbox.state(kind, service.runner.clock())
        except StoreError:
            return [Told("redis", "…", fine=False)]
        told.append(Told(f"waiting_{kind}", str(waiting), fine=overdue_s < _LATE_S))
        if given_up:
            failures = await service.outbox.failures(kind)
            codes = ", ".join(f"{code}: {times}" for code, times in failures.items())
            told.append(Told(f"given_up_{kind}", f"{given_up} ({codes})", fine=False))
    return told


async def _last_backup(service: Service) -> Told:
    """When somebody last downloaded one from the console; what is copied by other means is not known here."""
    try:
        deeds = await service.recording.audit.latest()
    except StoreError:
        return Told("last_backup", "…", fine=False)
    at = max((deed.at for deed in deeds if deed.did == BACKED_UP), default=None)
    return Told("last_backup", "…" if at is None else f"{date.fromtimestamp(at):%d/%m/%Y}")


def _disks(settings: Settings) -> list[Told]:
    found: dict[int, Told] = {}
    for path in (settings.var, settings.data, settings.content_folder or settings.var):
        there = next((one for one in (path, *path.absolute().parents) if one.exists()), Path("/"))
        free = shutil.disk_usage(there).free
        told = Told("disk", f"{free / _GIGABYTE:.0f} ({there.name or '/'})", fine=free > _ENOUGH_DISK_BYTES)
        found.setdefault(there.stat().st_dev, told)
    return list(found.values())


async def _certificate(public_url: str) -> list[Told]:
    """Until when the certificate of the front is valid."""
    address = urlsplit(public_url)
    if address.scheme != "https" or not address.hostname:
        return []
    try:
        days = await asyncio.to_thread(_days_left, address.hostname, address.port or 443)
    except (OSError, ValueError, KeyError):
        return [Told("certificate", "…", fine=False)]
    return [Told("certificate", str(days), fine=days > _DAYS_LEFT)]


def _days_left(host: str, port: int) -> int:
    context = ssl.create_default_context()
    plain = socket.create_connection((host, port), _WITHIN_S)
    with context.wrap_socket(plain, server_hostname=host) as secured:
        certificate: Any = secured.getpeercert()
    return int((ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time()) // _DAY_S)


def _facts(service: Service) -> list[Told]:
    flows = service.runner.editions.current.flows
    unverified = sum(not fact["verified_on"] for flow in flows.by_name.values() for fact in flow.facts)
    old = stale(flows, date.today())
    return [
        Told("unverified", str(unverified), fine=unverified == 0),
        *(Told(one.flow, f"{one.about} ({one.expired}, {one.source})", fine=False) for one in old),
    ]
