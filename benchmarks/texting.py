"""SMS turns per second on one core, compared with a bare FastAPI route that only returns TwiML, in one run.

    .venv/bin/python -m benchmarks.texting [--seconds S]

Both run in one process on one core, including signatures, understanding, dialogue and Redis; the texters are
on the other core. Every request is a real turn of a conversation about the RSA, now and then by a new person,
who states the need in their own words; an apology instead of an answer ends the measurement. The two routes
alternate, so that other load on the machine affects both alike; the CPU time per turn, including Redis, is
independent of other load.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Iterator
from functools import cache
from itertools import count, cycle
from urllib.parse import urlencode, urlsplit

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.pinned import Pinned, pinned
from benchmarks.sentences import development
from voicebot.channels.sms import SMS_PATH
from voicebot.telephony import sign

#: What each person texts after stating their need; then another person comes.
SAID = ("1", "1", "rien", "non", "suite", "suite", "suite", "suite")
_APOLOGY = b"petit souci"
BARE_PATH = "/benchmark/bare"
ROUTES = {BARE_PATH: "bare", SMS_PATH: "SMS webhook"}
_AT_ONCE, _TURN_S = 8, 2.0
_numbers = count(1)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each route is measured")
    seconds = parser.parse_args().seconds
    columns = ("route", "turns per s", "p50 ms", "p99 ms", "of the bare route", "CPU µs per turn", "of it")
    table = Table(*columns, title="One core")
    waits: dict[str, list[float]] = {path: [] for path in ROUTES}
    cpu = dict.fromkeys(ROUTES, 0.0)
    with pinned("none") as service:
        _openings()
        asyncio.run(measure(service, SMS_PATH, _TURN_S))  # warm up
        for path in list(ROUTES) * max(1, round(seconds / _TURN_S)):
            before = service.cpu_s()
            waits[path] += asyncio.run(measure(service, path, _TURN_S))
            cpu[path] += service.cpu_s() - before
    taken = {path: sum(each) / _AT_ONCE / len(each) for path, each in waits.items()}
    each_cpu = {path: cpu[path] / len(waits[path]) for path in ROUTES}
    for path, name in ROUTES.items():
        p50, p99 = (f"{wait * 1000:.1f}" for wait in np.percentile(waits[path], (50, 99)))
        share, cpu_share = (f"{of[BARE_PATH] / of[path]:.2f}" for of in (taken, each_cpu))
        rate, us = f"{1 / taken[path]:.0f}", f"{each_cpu[path] * 1e6:.0f}"
        table.add_row(name, rate, p50, p99, share, us, cpu_share)
    Console(width=100).print(table)


async def measure(service: Pinned, path: str, seconds: float) -> list[float]:
    """Seconds that each answer took, of `_AT_ONCE` texters who each write as soon as they are answered."""
    until = time.perf_counter() + seconds
    texters = [_texter(service, path, until) for _ in range(_AT_ONCE)]
    return [wait for one in await asyncio.gather(*texters) for wait in one]


async def _texter(service: Pinned, path: str, until: float) -> list[float]:
    at = urlsplit(service.url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    waits = []
    for body in _requests(service, path):
        if time.perf_counter() >= until:
            break
        began = time.perf_counter()
        writer.write(body)
        if _APOLOGY in await _answer(reader):
            raise SystemExit("expected an answer to a text, got an apology: the service failed")
        waits.append(time.perf_counter() - began)
    writer.close()
    return waits


def _requests(service: Pinned, path: str) -> Iterator[bytes]:
    """Signed requests as bytes, one person after the other."""
    openings = cycle(_openings())
    while True:
        person, age = next(_numbers), 26 + next(_numbers) % 40
        for text in (next(openings), f"{age} ans", *SAID):
            yield _request(service, path, person, text)


@cache
def _openings() -> list[str]:
    """How people ask for the RSA by SMS."""
    return [one.text for one in development() if one.channel == "sms" and one.meant == ("rsa",)]


def _request(service: Pinned, path: str, person: int, text: str) -> bytes:
    form = {
        "MessageSid": f"SM{next(_numbers):032x}",
        "From": f"+336{person % 100_000_000:08}",
        "To": "+33939000001",
        "Body": text,
        "NumMedia": "0",
    }
    body = urlencode(form).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {urlsplit(service.url).netloc}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        f"X-Twilio-Signature: {sign(service.url + path, form, service.auth_token)}\r\n\r\n"
    )
    return head.encode() + body


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"expected 200, got {head.splitlines()[0].decode()}")
    length = next(line for line in head.lower().splitlines() if line.startswith(b"content-length:"))
    return await reader.readexactly(int(length.split(b":")[1]))


if __name__ == "__main__":
    main()
