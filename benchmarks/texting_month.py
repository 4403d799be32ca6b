"""A month's worth of texts: each message is taken exactly once and in its order, whatever happens meanwhile.

    .venv/bin/python -m benchmarks.texting_month [--messages N] [--people P]

A generated mix of conversations comes through the front (Caddy, with the file that is deployed) to two
processes that share one Redis: bursts of several texts at once, webhooks delivered twice, conversations
interleaved. Redis stops and comes back twice. Then
each conversation says what it took: each message once, in the order in which its sender sent it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from socket import create_server as socket_server
from xml.etree.ElementTree import fromstring

import httpx
import uvicorn
from cryptography.fernet import Fernet
from fastapi import FastAPI
from redis.asyncio import Redis

from benchmarks.sentences import development
from voicebot.app import build
from voicebot.channels import sms
from voicebot.channels.service import Service
from voicebot.channels.sms import TextDesk
from voicebot.config import Settings
from voicebot.observability.logs import quiet
from voicebot.store.arrivals import Arrivals
from voicebot.store.rate_limiter import RateLimiter
from voicebot.store.server import embedded, reached
from voicebot.telephony import Signature, sign

TOKEN = "a-token"
#: What people answer in the middle of a procedure.
_ANSWERS = ("1", "2", "oui", "non", "0", "1 2", "35", "93200", "je sais pas", "tout", "c'est quoi", "suite")
_DOUBLED, _BURST, _MOST_AT_ONCE = 0.05, 0.15, 6
#: What conversations begin with: procedures, so that nobody stops the messages or wants to be forgotten.
_TOPICS = frozenset({("rsa",), ("carte_vitale",), ("aide_logement",), ("carte_identite",), ("retraite",)})
_APOLOGY = "petit souci"
_UNLIMITED = 1 << 31
#: How often a process is asked whether it has started, and the seconds in between.
_START_TRIES, _LOOK_S = 600, 0.1
_CADDYFILE = Path(__file__).parents[1] / "deploy" / "Caddyfile"

Door = Callable[[Mapping[str, str]], Awaitable[tuple[str, ...]]]


@dataclass(frozen=True)
class Text:
    """One message of somebody; `doubled` if its webhook is delivered twice."""

    id: str
    number: str
    body: str
    doubled: bool


@dataclass
class Outcome:
    """What became of the messages: the answers, by message; `interrupted` ones met a stopped Redis."""

    answers: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    interrupted: set[str] = field(default_factory=set)
    took_s: float = 0.0

    @property
    def apologies(self) -> int:
        """Messages that were only told to come again later."""
        return sum(any(_APOLOGY in text for text in each[0]) for each in self.answers.values())


def generated(messages: int, people: int, seed: int = 1) -> list[list[Text]]:
    """Messages in groups that are sent at once, each by one person; conversations are interleaved."""
    chance = random.Random(seed)
    openings = _openings()
    groups, sent, numbers = [], 0, [f"+3363998{n:04}" for n in range(people)]
    while sent < messages:
        number = chance.choice(numbers)
        size = min(chance.randint(2, _MOST_AT_ONCE) if chance.random() < _BURST else 1, messages - sent)
        bodies = [chance.choice(openings if chance.random() < 1 / 6 else _ANSWERS) for _ in range(size)]
        groups.append(
            [
                Text(f"SM{sent + at:032x}", number, f"{body} ", chance.random() < _DOUBLED)
                for at, body in enumerate(bodies)
            ]
        )
        sent += size
    return groups


@cache
def _openings() -> Sequence[str]:
    return [one.text for one in development() if one.channel == "sms" and one.meant in _TOPICS]


async def played(
    groups: Sequence[Sequence[Text]],
    doors: Sequence[Door],
    restart: Callable[[], Awaitable[None]],
    at_once: int = 8,
    seed: int = 1,
) -> Outcome:
    """Deliver the groups through random doors, `at_once` at a time; Redis restarts twice meanwhile."""
    outcome, chance, began = Outcome(), random.Random(seed), time.perf_counter()
    restarts = {len(groups) // 3, 2 * len(groups) // 3}
    order: dict[str, asyncio.Lock] = {}
    slots = asyncio.Semaphore(at_once)

    running: list[Sequence[Text]] = []
    away: list[bool] = []

    async def stopped() -> None:
        away.append(True)
        await restart()
        outcome.interrupted.update(text.id for group in running for text in group)
        away.pop()

    async def deliver(text: Text) -> None:
        doors_of = [chance.choice(doors) for _ in range(1 + text.doubled)]
        replies = [await door(_form(text)) for door in doors_of]
        outcome.answers[text.id] = replies

    async def send(group: Sequence[Text]) -> None:
        # Nobody sends the next group before the last one was answered.
        async with order.setdefault(group[0].number, asyncio.Lock()):
            running.append(group)
            started = []
            for text in group:
                started.append(asyncio.create_task(deliver(text)))
                await asyncio.sleep(0.05)  # nobody, and no carrier, sends faster
            await asyncio.gather(*started)
            running.remove(group)
            if away:
                outcome.interrupted.update(text.id for text in group)

    async def limited(group: Sequence[Text]) -> None:
        try:
            await send(group)
        finally:
            slots.release()

    tasks = []
    for number, group in enumerate(groups):
        if number in restarts:
            tasks.append(asyncio.create_task(stopped()))
        await slots.acquire()
        tasks.append(asyncio.create_task(limited(group)))
    await asyncio.gather(*tasks)
    outcome.took_s = time.perf_counter() - began
    return outcome


def wrong(
    groups: Sequence[Sequence[Text]], outcome: Outcome, seen: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """What did not end well; `seen` are the ids of the messages that each number's turns took, in order."""
    sent: dict[str, list[str]] = {}
    burst: dict[str, str] = {}
    for number, group in enumerate(groups):
        for text in group:
            sent.setdefault(text.number, []).append(text.id)
            # Within a burst that met a stopped Redis, whoever asks again first comes first.
            burst[text.id] = f"burst {number}" if text.id in outcome.interrupted else text.id
    for sender, ids in sent.items():
        taken = [each for each in seen.get(sender, ()) if each in set(ids)]
        for id_, times in Counter(taken).items():
            if times > 1:
                yield f"{id_} was taken {times} times"
        if missing := set(ids) - set(taken):
            yield f"{len(missing)} messages of a person were not taken"
        elif [burst[each] for each in taken] != [burst[each] for each in ids]:
            yield "the messages of a person were taken in another order"
    for id_, replies in outcome.answers.items():
        if any(_APOLOGY in text for reply in replies for text in reply):
            yield f"{id_} was not answered but told to come again later"


def _form(text: Text) -> dict[str, str]:
    known = {"MessageSid": text.id, "From": text.number, "To": "+33939000001", "Body": text.body}
    return {**known, "NumMedia": "0"}


def webhook(service: Service) -> FastAPI:
    """The application with the webhook for texts alone."""
    app = FastAPI()
    app.include_router(sms.routes(TextDesk.of(service), Signature(TOKEN)))
    app.add_api_route("/health", lambda: {})
    return app


def door(service: Service) -> Door:
    """The webhook of a service, without a network."""
    url = service.public_url
    transport = httpx.ASGITransport(webhook(service))
    return posting(httpx.AsyncClient(transport=transport, base_url=url, timeout=30), url)


def posting(client: httpx.AsyncClient, url: str) -> Door:
    """Texts as Twilio posts them, signed for the public address `url`."""

    async def post(form: Mapping[str, str]) -> tuple[str, ...]:
        signature = sign(url + sms.SMS_PATH, dict(form), TOKEN)
        answer = await client.post(sms.SMS_PATH, data=dict(form), headers={"X-Twilio-Signature": signature})
        return tuple(message.text or "" for message in fromstring(answer.text))

    return post


def main() -> None:
    """Play the month and print what became of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=5000)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--door", type=int, metavar="PORT", help=argparse.SUPPRESS)
    options = parser.parse_args()
    quiet()
    if options.door:
        serve(options.door)
        return
    asyncio.run(_month(options.messages, options.people))


async def _month(messages: int, people: int) -> None:
    groups = generated(messages, people)
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder) / "redis.sock"
        running = Stoppable(Path(folder) / "data", socket)
        os.environ |= _settings(Path(folder), socket)
        with running, ExitStack() as processes:
            service = _service(Settings())
            ports = [await process(processes) for _ in range(2)]
            doors = [await front_door(processes, ports, Path(folder), service.public_url)]
            outcome = await played(groups, doors, running.restart)
            seen = await taken(service, {text.number for group in groups for text in group})
            found = list(wrong(groups, outcome, seen))
    sent = sum(map(len, groups))
    doubled = sum(text.doubled for group in groups for text in group)
    print(
        f"{sent} messages of {people} people, {doubled} delivered twice, a front and two processes, "
        "Redis stopped twice:"
    )
    met = len(outcome.interrupted)
    print(f"{outcome.took_s:.0f} s; {met} met a stopped Redis; {outcome.apologies} told to come again")
    print(f"{len(found)} wrong")
    for each in found[:20]:
        print(f"  {each}")
    raise SystemExit(1 if found else 0)


def _settings(folder: Path, socket: Path) -> dict[str, str]:
    """Keys for this run alone, for all processes; nothing is heard."""
    return {
        "REDIS_URL": f"unix://{socket}",
        "VOICEBOT_DATA": str(folder / "data"),
        "VOICEBOT_DATA_KEYS": Fernet.generate_key().decode(),
        "VOICEBOT_PSEUDONYM_KEY": "a month",
        "VOICEBOT_RECOGNIZER": "none",
    }


def _service(settings: Settings) -> Service:
    redis = reached(str(settings.redis_url))
    return unlimited(build(settings, redis), redis)


async def process(processes: ExitStack) -> int:
    """The port of a process of its own, which ends with `processes`."""
    port = _free_port()
    command = [sys.executable, "-m", "benchmarks.texting_month", "--door", str(port)]
    await _started(processes, command, dict(os.environ), f"http://127.0.0.1:{port}")
    return port


async def front_door(processes: ExitStack, ports: Sequence[int], folder: Path, url: str) -> Door:
    """The webhook at the front of the services at `ports`."""
    at = f"http://127.0.0.1:{_free_port()}"
    settings = {
        "VOICEBOT_SITE": at,
        "VOICEBOT_APPS": " ".join(f"127.0.0.1:{port}" for port in ports),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    command = [str(Path(sys.executable).with_name("caddy")), "run", "--config", str(_CADDYFILE)]
    client = await _started(processes, command, {**os.environ, **settings}, at)
    return posting(client, url)


async def _started(
    processes: ExitStack, command: Sequence[str], environment: dict[str, str], url: str
) -> httpx.AsyncClient:
    process = subprocess.Popen(  # noqa: ASYNC220 - it starts while nothing else runs
        command, env=environment, stderr=subprocess.DEVNULL
    )
    processes.callback(process.wait)
    processes.callback(process.terminate)
    client = httpx.AsyncClient(base_url=url, timeout=30)
    for _ in range(_START_TRIES):
        with suppress(httpx.TransportError):
            if (await client.get("/health")).is_success:
                return client
        await asyncio.sleep(_LOOK_S)
    raise SystemExit(f"expected {command[0]} to answer within a minute, it did not start")


def _free_port() -> int:
    with socket_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def serve(port: int) -> None:
    """Be one of the processes."""
    uvicorn.run(webhook(_service(Settings())), port=port, log_config=None)


async def taken(service: Service, numbers: set[str]) -> dict[str, list[str]]:
    """The ids of the messages that each number's conversation took, in order; it remembers the last 64."""
    found = {}
    for number in numbers:
        person = service.privacy.pseudonym(number)
        arrival = await Arrivals(service.runner.sessions).arrive(person, "none", time.time())
        events = arrival.known.session.seen if arrival.known else ()
        # A text that opens a conversation is two events; it counts once, where it was answered.
        answered = {event for event in events if ":" not in event}
        named = [
            event.partition(":")[0]
            for event in events
            if event.partition(":")[0] not in answered or event in answered
        ]
        found[number] = [id_ for at, id_ in enumerate(named) if at == 0 or named[at - 1] != id_]
    return found


def unlimited(service: Service, redis: Redis) -> Service:
    """The same service, which refuses nobody: in real life a month has more than a minute."""
    texts = RateLimiter(redis, of_one=_UNLIMITED, of_all=_UNLIMITED)
    return replace(service, limits=replace(service.limits, texts=texts))


class Stoppable:
    """A Redis that can be stopped and started again on the same file."""

    def __init__(self, data: Path, socket: Path) -> None:
        self._data, self._socket = data, socket
        self._stack = ExitStack()

    def __enter__(self) -> Stoppable:
        self._stack.enter_context(embedded(self._data, self._socket))
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    async def restart(self, away_s: float = 1.0) -> None:
        """Stop for `away_s` seconds; whoever asks meanwhile gets no answer."""
        self._stack.close()
        await asyncio.sleep(away_s)
        self._stack.enter_context(embedded(self._data, self._socket))


if __name__ == "__main__":
    main()
