"""A worker process for the crash tests: the real parts, in more of a hurry.

python -m tests.outbox.worker SOCKET API_URL DATA_KEY
"""

from __future__ import annotations

import asyncio
import sys
import time
from functools import partial
from pathlib import Path

from voicebot.app import PROMPTS
from voicebot.channels.deliveries import hooks
from voicebot.outbox.calling_hours import CallingHours
from voicebot.outbox.queue import OutboxQueue, Tempo, work
from voicebot.outbox.sender import OutboxSender, Terms
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.store.outbox import Outbox
from voicebot.store.server import connect
from voicebot.store.sessions import Sessions
from voicebot.telephony.rest import TwilioClient

IN_A_HURRY = Tempo(timeout_s=2, first_wait_s=0.1, longest_wait_s=1.0, refill_s=0.2, sweep_s=1, tries=1000)
OURS = "+33939000001"


async def main(socket: str, api: str, key: str) -> None:
    secrets = Privacy("pepper", [key])
    twilio = TwilioClient("AC" + "0b" * 16, "secret", base_url=api, timeout_s=2)
    terms = Terms(OURS, hours=CallingHours(0, 24), settle_s=1.5)
    async with connect(f"unix://{socket}", Path(socket).parent) as redis:
        sessions, outbox = Sessions(redis, secrets), Outbox(redis, secrets)
        at = hooks("https://voicebot.test")
        prompts = partial(Prompts.load, PROMPTS)
        errands = OutboxSender(outbox, sessions, prompts, secrets, twilio, at, terms, time.time)
        await work(OutboxQueue(redis, IN_A_HURRY), errands, signals=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
