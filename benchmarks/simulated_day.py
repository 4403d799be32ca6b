"""A day of a national service on a virtual clock, against the real store: what is lost, how long people wait.

    python -m benchmarks.simulated_day --calls 2000 --mediators 12

Calls arrive at random, more of them in the morning and the afternoon, five times as many for ten minutes
after a programme on television. At eleven the store is away for ten minutes. Who needs a person waits for one
of the mediators, who work from nine to twelve and from two to five. Nothing is heard or understood here: what
a turn writes is what counts.
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from cryptography.fernet import Fernet
from redis.asyncio import Redis
from rich.console import Console
from rich.table import Table

from voicebot.channels.durable import Durable
from voicebot.channels.security import SignedForm
from voicebot.dialogue.session import Session
from voicebot.errors import StoreError
from voicebot.handoff import ticket as handoff
from voicebot.observability.logs import quiet
from voicebot.privacy import Privacy
from voicebot.records import Record, TextOrder, TicketRequest, TurnRecord
from voicebot.store import keys
from voicebot.store.figures import Figures
from voicebot.store.personal_keys import FiledKeys
from voicebot.store.server import connect
from voicebot.store.sessions import Change, Sessions
from voicebot.store.spool import Spool
from voicebot.store.tickets import Tickets

HOUR, MINUTE = 3600.0, 60.0
#: Calls an hour, relative to each other, from midnight on. Estimate.
PROFILE = (1, 1, 1, 1, 1, 2, 4, 10, 25, 45, 50, 40, 25, 30, 45, 45, 35, 25, 12, 8, 5, 3, 2, 1)
BURST = (10 * HOUR, 10 * HOUR + 10 * MINUTE, 5)
AWAY = (11 * HOUR, 11 * HOUR + 10 * MINUTE)
WORKING = ((9 * HOUR, 12 * HOUR), (14 * HOUR, 17 * HOUR))
#: Of all calls: who asks for a person, who breaks off in the middle and is texted how to go on.
ASKS, BREAKS_OFF = 0.12, 0.35
TURNS, TURN_S, TALK_S = (4, 12), 18.0, 8 * MINUTE
STATUS = "/twilio/voice/status"
Event = tuple[float, int, str, str]


def arrivals(calls: int, rng: random.Random) -> list[float]:
    """When calls begin, in seconds from midnight."""
    weights = [
        PROFILE[minute // 60] * (BURST[2] if BURST[0] <= minute * 60 < BURST[1] else 1)
        for minute in range(1440)
    ]
    return sorted(
        minute * MINUTE + rng.uniform(0, MINUTE) for minute in rng.choices(range(1440), weights, k=calls)
    )


@dataclass
class Day:
    """What happens, in order of time, and what is known of it."""

    redis: Redis
    privacy: Privacy
    rng: random.Random
    spool: Path
    mediators: int
    now: float = 0.0
    known: Counter[str] = field(default_factory=Counter)
    waits_s: list[float] = field(default_factory=list)
    busiest: tuple[int, int] = (0, 0)
    most_open: int = 0

    def __post_init__(self) -> None:
        self.tickets = Tickets(self.redis, self.privacy, clock=lambda: self.now)
        self.sessions = Sessions(self.redis, self.privacy, self.tickets.announce)
        self.figures = Figures(self.redis)
        self.durable = Durable(Spool(self.spool, self.privacy))
        self.durable.serve(STATUS, self._ended_late)
        self.free, self.ended = self.mediators, Counter[str]()
        self._events: list[Event] = []
        self._order = count()
        self._turns: dict[str, int] = {}

    def plan(self, at: float, what: str, whom: str) -> None:
        """Something will happen."""
        heapq.heappush(self._events, (at, next(self._order), what, whom))

    async def run(self, calls: int) -> None:
        """From midnight until everything is over."""
        for number, at in enumerate(arrivals(calls, self.rng)):
            self.plan(at, "call", f"{number:032x}")
        for minute in range(1440):
            self.plan(minute * MINUTE, "minute", str(minute))
        before = 0
        while self._events:
            self.now, _, what, whom = heapq.heappop(self._events)
            if what == "minute":
                sent = int((await self.redis.info("stats"))["total_commands_processed"])
                self.busiest = max(self.busiest, (sent - before, int(whom)))
                before = sent
                await self._work()
                continue
            try:
                await getattr(self, f"_{what}")(whom)
            except StoreError:
                self.known[f"apologies ({what})"] += 1
        await self.durable.replay()

    @property
    def away(self) -> bool:
        """Whether the store does not answer."""
        return AWAY[0] <= self.now < AWAY[1]

    def _answers(self) -> None:
        if self.away:
            raise StoreError("away")

    async def _call(self, call: str) -> None:
        self.known["calls"] += 1
        turns = self.rng.randint(*TURNS)
        self.plan(self.now + TURN_S * (turns + 1), "hang_up", call)
        self._answers()
        person = self.privacy.pseudonym(call)
        await self.sessions.people.keep_number(person, "+33639980000")
        await self.sessions.calls.bind(call, person)
        for turn in range(turns):
            self.plan(self.now + TURN_S * turn, "turn", call)

    async def _turn(self, call: str) -> None:
        self._answers()
        person, turn = self.privacy.pseudonym(call), self._turns.get(call, 0)
        session = Session(call, person, channel="keypad", status="open", turn=turn, updated_at=self.now)
        record = TurnRecord(
            turn=turn, at=self.now, event="Pressed", channel="keypad", status="open", heard="1"
        )
        asked = self.rng.random() < ASKS / TURNS[1]
        records = (self._request(call, person),) if asked else ()
        assert await self.sessions.commit(Change(session, turn, record, records))
        await self.figures.count(self.now, {"understood": 1})
        self._turns[call] = turn + 1
        self.known["turns"] += 1
        self.known["requests"] += asked

    def _request(self, call: str, person: str) -> Record:
        return Record(
            f"{call}:{self._turns.get(call, 0)}",
            self.now,
            TicketRequest(person=person, reason="asked", session=call),
        )

    async def _hang_up(self, call: str) -> None:
        self.known["hang-ups"] += 1
        form = SignedForm(STATUS, {"CallSid": call, "CallStatus": "completed"}, "")
        await self.durable.received(form, self._ended)

    async def _ended_late(self, form: SignedForm, answered: bool) -> None:
        await self._ended(form)
        self.known["taken later"] += 1

    async def _ended(self, form: SignedForm) -> None:
        self._answers()
        call = form.fields["CallSid"]
        person = self.privacy.pseudonym(call)
        session, version = await self.sessions.load(person, call)
        text = Record(f"{call}:broken", self.now, TextOrder(person=person))
        records = (text,) if version and self.rng.random() < BREAKS_OFF else ()
        assert await self.sessions.commit(
            Change(replace(session, status="suspended"), version, None, records)
        )
        self.ended[call] += 1
        self.known["texts"] += len(records)

    async def _work(self) -> None:
        """Each minute, free mediators take whoever has waited longest."""
        self.most_open = max(self.most_open, await self.redis.zcard(keys.waiting("ticket")))
        if self.away or not any(start <= self.now < end for start, end in WORKING):
            return
        waiting = [one for one in await self.tickets.waiting() if one.state == "waiting"][: self.free]
        for ticket in waiting:
            taken = await self.tickets.change(ticket.id, lambda one: handoff.claim(one, "m", self.now))
            self.waits_s.append(self.now - taken.opened_at)
            self.free -= 1
            self.plan(self.now + self.rng.expovariate(1 / TALK_S), "close", ticket.id)

    async def _close(self, ticket_id: str) -> None:
        self.free += 1
        if self.away:
            self.plan(AWAY[1], "close", ticket_id)
            self.free -= 1
            return
        await self.tickets.change(ticket_id, lambda one: handoff.close(one, "m", "helped", self.now))
        self.known["requests closed"] += 1


async def day(calls: int, mediators: int, seed: int) -> Table:
    """The figures of one day."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        privacy = Privacy("pepper", [Fernet.generate_key().decode()], FiledKeys(data / "keys.sqlite"))
        async with connect(None, data / "redis") as redis:
            world = Day(redis, privacy, random.Random(seed), data / "spool", mediators)
            await world.run(calls)
            told = await redis.info()
            table = Table("what", "figure", title=f"a day of {calls} calls, {mediators} mediators")
            for what, figure in rows(world, told):
                table.add_row(what, figure)
    return table


def rows(world: Day, told: dict[str, float]) -> Iterator[tuple[str, str]]:
    """What is worth knowing."""
    known, waits = world.known, sorted(world.waits_s)
    for what in sorted(known):
        yield what, str(known[what])
    yield "hang-ups missing", str(known["hang-ups"] - len(world.ended))
    yield "hang-ups taken twice", str(sum(times > 1 for times in world.ended.values()))
    commands, minute = world.busiest
    yield (
        f"Redis commands a second, busiest minute ({minute // 60:02}:{minute % 60:02})",
        f"{commands / 60:.1f}",
    )
    yield (
        "Redis: CPU seconds per 1000 calls",
        f"{1000 * (told['used_cpu_user'] + told['used_cpu_sys']) / known['calls']:.2f}",
    )
    yield "Redis: memory, MB", f"{told['used_memory'] / 1e6:.1f}"
    yield "requests open at once, most", str(world.most_open)
    if waits:
        yield (
            "minutes until a mediator, median and 95 %",
            f"{waits[len(waits) // 2] / 60:.0f}, {waits[int(len(waits) * 0.95)] / 60:.0f}",
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--mediators", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    quiet()
    Console().print(asyncio.run(day(options.calls, options.mediators, options.seed)))


if __name__ == "__main__":
    main()
