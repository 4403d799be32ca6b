"""Ten thousand texts drained through the queue against a slow and failing Twilio: none lost, none duplicated.

    .venv/bin/python -m benchmarks.outbox [--texts N]

The simulated Twilio waits 20 to 50 ms, is busy one time in twenty, and loses its response or is in trouble
one time in fifty each. It shares this process, so the queue alone is somewhat faster.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from voicebot.app import PROMPTS
from voicebot.channels.deliveries import hooks
from voicebot.observability.logs import quiet
from voicebot.outbox.queue import OutboxQueue, Tempo, work
from voicebot.outbox.sender import OutboxSender, Terms
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.records import Record, TextOrder
from voicebot.simulator.twilio_api import Trouble, TwilioAccount, twilio_api
from voicebot.store.outbox import Outbox
from voicebot.store.server import connect
from voicebot.store.sessions import Sessions
from voicebot.telephony.rest import TwilioClient

#: In a hurry, so that whatever was put off returns while we watch.
TEMPO = Tempo(at_once=32, first_wait_s=0.5, longest_wait_s=5.0, refill_s=0.5, tries=1000)
_SETTLE_S = 5.0
_LOOK_S = 0.2


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=10_000)
    texts = parser.parse_args().texts
    quiet()
    table = Table("texts", "written per s", "sent per s", "refused", "answer lost", "lost", "doubled")
    with tempfile.TemporaryDirectory() as data, twilio_api(TwilioAccount(Luck())) as twilio:
        table.add_row(*asyncio.run(_drain(twilio, texts, Path(data))))
    Console(width=100).print(table)


class Luck:
    """What goes wrong, identical in every run."""

    def __init__(self) -> None:
        self._chance = random.Random(3)
        self.met: Counter[str] = Counter()

    def __call__(self, kind: str) -> Trouble:
        """The trouble of the next request."""
        wait_s, luck = self._chance.uniform(0.02, 0.05), self._chance.random()
        if luck < 0.05:
            self.met["refused"] += 1
            return Trouble(20429, 429, wait_s=wait_s)
        if luck < 0.07:
            self.met["lost"] += 1
            return Trouble(answer_lost=True, wait_s=wait_s)
        return Trouble(20500, 503, wait_s=wait_s) if luck < 0.09 else Trouble(wait_s=wait_s)


async def _drain(twilio: TwilioAccount, texts: int, data: Path) -> tuple[str, ...]:
    privacy = Privacy("pepper", [Fernet.generate_key().decode()])
    async with connect(None, data) as redis:
        queue = OutboxQueue(redis, TEMPO)
        sessions = Sessions(redis, privacy, queue.announce)
        written_s = await _write(sessions, texts)
        client = TwilioClient("AC" + "0b" * 16, "secret", base_url=twilio.url)
        at, terms = hooks("https://voicebot.test"), Terms("+33939000001", settle_s=_SETTLE_S)
        outbox, prompts = Outbox(redis, privacy), Prompts.load(PROMPTS)
        errands = OutboxSender(outbox, sessions, lambda: prompts, privacy, client, at, terms, time.time)
        sent_s = await _send(queue, errands, texts)
        await queue.close()
    counted = Counter(text.asked["To"] for text in twilio.texts)
    luck = twilio.trouble.met if isinstance(twilio.trouble, Luck) else Counter[str]()
    doubled = sum(times - 1 for times in counted.values())
    figures = (texts, round(texts / written_s), round(texts / sent_s), luck["refused"], luck["lost"])
    return tuple(map(str, (*figures, texts - len(counted), doubled)))


async def _write(sessions: Sessions, texts: int) -> float:
    began = time.perf_counter()
    for person in range(texts):
        name = f"p{person}"
        await sessions.people.keep_number(name, f"+336{person:08}")
        order = TextOrder(person=name, topic="rsa", notes=("rsa.note_caf",))
        await sessions.add(name, Record(f"CA{person}:1", time.time(), order))
    return time.perf_counter() - began


async def _send(queue: OutboxQueue, errands: OutboxSender, texts: int) -> float:
    began = time.perf_counter()
    working = asyncio.create_task(work(queue, errands))
    with Progress() as progress:
        bar = progress.add_task("sending", total=texts)
        while left := await errands.outbox.count("sms"):
            progress.update(bar, completed=texts - left)
            await asyncio.sleep(_LOOK_S)
    seconds = time.perf_counter() - began
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    return seconds


if __name__ == "__main__":
    main()
