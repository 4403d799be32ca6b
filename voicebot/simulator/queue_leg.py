"""The part of a call spent in a queue: `<Enqueue>`, what it plays, and the talk that may follow.

Source: Twilio, "TwiML Voice: Enqueue", "Leave" and "Queue".
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from xml.etree.ElementTree import Element

from voicebot.errors import CallError
from voicebot.simulator.clock import TICK_S
from voicebot.simulator.document import parse_twiml
from voicebot.simulator.exchange import Exchange, Waiting
from voicebot.simulator.keypad_leg import Player
from voicebot.simulator.line import LineDropped
from voicebot.speech.audio import Pcm
from voicebot.speech.telephone_line import frames as cut
from voicebot.speech.telephone_line import hum, silence

#: What a talk sounds like from a distance.
_HUM_S: Final = 0.2

#: Twilio's QueueResult.
Result = Literal["leave", "bridged"]


@dataclass(frozen=True)
class _Next:
    """The document to fetch next, and what to report there besides the usual form."""

    url: str
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class QueueLeg:
    """One stay in a queue. Other people's time is real time, even in a fast call."""

    player: Player
    exchange: Exchange
    form: Mapping[str, str]

    async def wait(self, name: str, wait_url: str) -> Result:
        """Wait, and talk with whoever comes. Raises LineDropped if the caller hangs up."""
        waiting = self.exchange.enter(name, self.form["CallSid"])
        try:
            return await self._until_it_is_over(waiting, wait_url)
        except LineDropped:
            waiting.gone.set()
            raise
        finally:
            self.exchange.leave(waiting)

    async def _until_it_is_over(self, waiting: Waiting, wait_url: str) -> Result:
        holding = asyncio.create_task(self._hold(wait_url))
        connected = asyncio.create_task(waiting.bridged.wait())
        await asyncio.wait((holding, connected), return_when=asyncio.FIRST_COMPLETED)
        connected.cancel()
        if holding.done():
            return holding.result()
        holding.cancel()
        await asyncio.wait((holding,))
        await self._talk(waiting)
        return "bridged"

    async def _hold(self, wait_url: str) -> Literal["leave"]:
        """Play what people in the queue hear, over and over, until it says to leave."""
        next_ = _Next(wait_url)
        while True:
            body, url = await self._fetch(next_)
            next_ = _Next(wait_url)
            for verb in parse_twiml(body):
                if verb.tag == "Leave":
                    return "leave"
                gone_to = await self._perform(verb, url)
                if gone_to:
                    next_ = gone_to
                    break

    async def _perform(self, verb: Element, url: str) -> _Next | None:
        """Carry out one verb; returns where to continue, if it says so."""
        match verb.tag:
            case "Redirect":
                return _Next(self.player.webhooks.public(url, (verb.text or "").strip()))
            case "Gather":
                return await self._gather(verb, url)
            case "Play" | "Say" | "Pause":
                for frame in await self.player.sound(verb, url):
                    await self._tick(frame)
                return None
        raise CallError(f"12200: expected a verb that may be heard in a queue, got {verb.tag}")

    async def _gather(self, verb: Element, url: str) -> _Next | None:
        """A single key ends it at once."""
        for nested in verb:
            for frame in await self.player.sound(nested, url):
                key = await self._tick(frame)
                if key:
                    return _Next(self.player.webhooks.public(url, verb.get("action", "")), {"Digits": key})
        return None

    async def _talk(self, waiting: Waiting) -> None:
        """What is heard before being connected, then voices, until the other side hangs up."""
        if waiting.heard_url:
            body, url = await self._fetch(_Next(waiting.heard_url))
            for verb in parse_twiml(body):
                for frame in await self.player.sound(verb, url):
                    await self._tick(frame)
        talk = (*cut(hum(_HUM_S)), *silence(len(cut(hum(_HUM_S)))))
        while not waiting.over.is_set():
            for frame in talk:
                await self._tick(frame)

    async def _fetch(self, next_: _Next) -> tuple[bytes, str]:
        reply = await self.player.webhooks.request("POST", next_.url, {**self.form, **next_.form})
        self.exchange.documents.append(reply.body.decode())
        return reply.body, reply.url

    async def _tick(self, frame: Pcm) -> str | None:
        """Let 20 ms pass; returns the key that was pressed meanwhile."""
        await self.player.line.clock.tick(lambda: TICK_S)
        act = await self.player.line.tick(frame, playing=True, listening=False)
        return act.key
