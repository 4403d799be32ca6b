"""A worker process for the crash test: rings mediators with the real parts, in more of a hurry.

python -m tests.switchboard.worker SOCKET API_URL DATA_KEY
"""

from __future__ import annotations

import asyncio
import sys
import time
from functools import partial
from pathlib import Path

from tests.outbox.worker import IN_A_HURRY, OURS
from voicebot.app import PROMPTS, waiting_room
from voicebot.channels.deliveries import hooks
from voicebot.outbox.queue import OutboxQueue, work
from voicebot.outbox.sender import OutboxSender, Terms
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.store.lease import Lease
from voicebot.store.mediators import Mediators
from voicebot.store.opening import Opening
from voicebot.store.outbox import Outbox
from voicebot.store.server import connect
from voicebot.store.sessions import Sessions
from voicebot.store.ticket_events import TicketEvents
from voicebot.switchboard.rings import Rings
from voicebot.switchboard.switchboard import Switchboard
from voicebot.telephony.rest import TwilioClient


async def main(socket: str, api: str, key: str) -> None:
    secrets = Privacy("pepper", [key])
    twilio = TwilioClient("AC" + "0b" * 16, "secret", base_url=api, timeout_s=2)
    async with connect(f"unix://{socket}", Path(socket).parent) as redis:
        queue, outbox, tickets = (
            OutboxQueue(redis, IN_A_HURRY),
            Outbox(redis, secrets),
            waiting_room(redis, secrets),
        )
        sessions, mediators = Sessions(redis, secrets, queue.announce), Mediators(redis, secrets)
        rings = Rings(tickets, mediators, outbox, time.time)
        board = Switchboard(tickets, mediators, sessions, Opening(redis), time.time)
        at, terms = hooks("https://voicebot.test"), Terms(OURS, settle_s=1.5)
        errands = OutboxSender(
            outbox, sessions, partial(Prompts.load, PROMPTS), secrets, twilio, at, terms, time.time, rings
        )
        ringing = asyncio.create_task(board.run(TicketEvents(redis), Lease(redis, "switchboard", 1.0)))
        await work(queue, errands, signals=True)
        ringing.cancel()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
