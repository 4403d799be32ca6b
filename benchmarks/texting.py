"""Turns by SMS a second on one core, beside a bare FastAPI route that only returns TwiML, in one run.

    .venv/bin/python -m benchmarks.texting [--seconds S]

Both run in one process on one core, signatures, understanding, dialogue and Redis included; the texters are
on the other core. Every request is a real turn of a conversation about the RSA, by a new person now and then.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Iterator
from itertools import count, cycle
from urllib.parse import urlencode, urlsplit

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.pinned import Pinned, pinned
from voicebot.channels.sms import SMS_PATH
from voicebot.twilio import sign

#: What each person texts, then another one comes.
SAID = ("jé besoin du rsa", "1", "61 ans", "1", "1", "rien", "non", "suite", "suite", "suite", "suite")
BARE_PATH = "/benchmark/bare"
_AT_ONCE = 8
_numbers = count(1)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each is asked")
    seconds = parser.parse_args().seconds
    table = Table("route", "turns a second", "p50 ms", "p99 ms", "of the bare route", title="One core")
    with pinned("none") as service:
        asyncio.run(measure(service, SMS_PATH, 2.0))  # warm
        rates = []
        for name, path in (("bare", BARE_PATH), ("SMS webhook", SMS_PATH)):
            waits, took = asyncio.run(measure(service, path, seconds))
            rates.append(len(waits) / took)
            p50, p99 = np.percentile(waits, (50, 99)) * 1000
            table.add_row(name, f"{rates[-1]:.0f}", f"{p50:.1f}", f"{p99:.1f}", f"{rates[-1] / rates[0]:.2f}")
    Console(width=100).print(table)


async def measure(service: Pinned, path: str, seconds: float) -> tuple[list[float], float]:
    """Seconds that each answer took, and how long all of it did."""
    began = time.perf_counter()
    texters = [_texter(service, path, began + seconds) for _ in range(_AT_ONCE)]
    waits = [wait for one in await asyncio.gather(*texters) for wait in one]
    return waits, time.perf_counter() - began


async def _texter(service: Pinned, path: str, until: float) -> list[float]:
    at = urlsplit(service.url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    waits = []
    for body in _requests(service, path):
        if time.perf_counter() >= until:
            break
        began = time.perf_counter()
        writer.write(body)
        await _answer(reader)
        waits.append(time.perf_counter() - began)
    writer.close()
    return waits


def _requests(service: Pinned, path: str) -> Iterator[bytes]:
    """Signed requests as bytes: one person after the other."""
    person = 0
    for number, text in enumerate(cycle(SAID)):
        if number % len(SAID) == 0:
            person = next(_numbers)
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
        yield head.encode() + body


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"expected 200, got {head.splitlines()[0].decode()}")
    length = next(line for line in head.lower().splitlines() if line.startswith(b"content-length:"))
    return await reader.readexactly(int(length.split(b":")[1]))


if __name__ == "__main__":
    main()
