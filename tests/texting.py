"""Somebody who texts the real service, in a test: what they send, and the messages that come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from xml.etree.ElementTree import fromstring

import httpx
from fastapi import FastAPI
from redis.asyncio import Redis

from tests import parts
from tests.parts import one_edition
from voicebot.app import all_lookups, waiting_room
from voicebot.channels import sms
from voicebot.channels.service import Service, wording
from voicebot.channels.sms import TextDesk
from voicebot.dialogue.flow import Flows
from voicebot.nlu import Understanding
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.store.sessions import Sessions
from voicebot.telephony import Signature, sign

ORIGIN, TOKEN = "https://voicebot.test", "a-token"
SOMEBODY, NEIGHBOUR = "+33639980011", "+33639980012"


@dataclass
class Clock:
    """Seconds, moved by the test."""

    at: float = 100.0

    def __call__(self) -> float:
        return self.at


def texted_service(
    redis: Redis,
    privacy: Privacy,
    understanding: Understanding,
    flows: Flows,
    prompts: Prompts,
    folder: Path,
    clock: Callable[[], float],
) -> Service:
    """A service that can be texted, with everything that flows look up."""
    tickets = waiting_room(redis, privacy)
    sessions = Sessions(redis, privacy)
    said = partial(wording, prompts)
    connects = parts.switches(redis, privacy, tickets, sessions, clock)
    found = all_lookups(redis, privacy, tickets, folder, clock) | connects.duty.lookups()
    runner = one_edition(flows, understanding, sessions, clock, said, found, missed_call_s=5.0)
    made = {"runner": runner, "prompts": prompts, "understanding": understanding, "switches": connects}
    return parts.service(redis, privacy, folder, **made)


def texted_app(service: Service) -> FastAPI:
    """The webhook for texts alone."""
    app = FastAPI()
    app.include_router(sms.routes(TextDesk.of(service), Signature(TOKEN)))
    return app


@dataclass
class Texting:
    """The carrier's side: calling it texts something and returns the messages that come back."""

    client: httpx.AsyncClient
    of: str = SOMEBODY
    numbers: count[int] = field(default_factory=lambda: count(1))

    async def __call__(self, body: str, *, of: str = "", message_id: str = "", **fields: str) -> str:
        return "\n".join(await self.messages(body, of=of, message_id=message_id, **fields))

    async def messages(
        self, body: str, *, of: str = "", message_id: str = "", **fields: str
    ) -> tuple[str, ...]:
        sid = message_id or f"SM{next(self.numbers):032x}"
        known = {"MessageSid": sid, "From": of or self.of, "To": "+33939000001", "Body": body}
        form = {**known, "NumMedia": "0", **fields}
        signature = sign(ORIGIN + sms.SMS_PATH, form, TOKEN)
        answer = await self.client.post(sms.SMS_PATH, data=form, headers={"X-Twilio-Signature": signature})
        assert answer.status_code == 200
        return tuple(message.text or "" for message in fromstring(answer.text))
