"""What the carrier plays itself: `<Say>`, `<Play>`, `<Pause>` and `<Gather>` with keys.

Source: Twilio, "TwiML Voice: Gather".
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from xml.etree.ElementTree import Element

from voicebot.errors import AudioError, CallError
from voicebot.simulator.line import PhoneLine
from voicebot.simulator.webhook import WebhookClient, WebhookReply
from voicebot.speech import telephone_line
from voicebot.speech.audio import TELEPHONE_HZ, Pcm, decode, read_wav, resample
from voicebot.speech.tts.synthesizer import Synthesizer

#: Characters per second: without a synthesizer, `<Say>` is a hum as long as speaking the text would take.
READING_SPEED: Final = 15.0
MULAW_TYPES: Final = ("audio/basic", "audio/ulaw", "audio/x-mulaw")


@dataclass(frozen=True)
class GatheredKeys:
    """What a `<Gather>` collected; `finished_on` is the key that ended it, if one did."""

    digits: str
    finished_on: str = ""


@dataclass(frozen=True)
class Player:
    """Renders the sound of verbs and plays it on the line."""

    line: PhoneLine
    webhooks: WebhookClient
    say_voice: Synthesizer | None

    async def play(self, verb: Element, document_url: str) -> None:
        """Play one `<Say>`, `<Play>` or `<Pause>`."""
        await self.line.play(await self.sound(verb, document_url))

    async def gather(self, verb: Element, document_url: str) -> GatheredKeys:
        """Play what is nested, stop at the first key, collect keys until the gather is over."""
        sounds = [await self.sound(nested, document_url) for nested in verb]
        prompt = tuple(frame for sound in sounds for frame in sound)
        patience = telephone_line.ticks(number(verb, "timeout", 5))
        limit, finish = number(verb, "numDigits", 0), verb.get("finishOnKey", "#")
        digits, waited, at = "", 0, 0
        while waited < patience:
            await self.line.clock.tick(self.line.clock.keypad_interval)
            playing = at < len(prompt)
            frame = prompt[at] if playing else telephone_line.silence()[0]
            act = await self.line.tick(frame, playing=playing, listening=not playing)
            at, waited = at + 1, 0 if playing else waited + 1
            if not act.key:
                continue
            at, waited = len(prompt), 0
            if act.key == finish:
                return GatheredKeys(digits, act.key)
            digits += act.key
            if len(digits) == limit:
                break
        return GatheredKeys(digits)

    async def sound(self, verb: Element, document_url: str) -> tuple[Pcm, ...]:
        """The frames of one `<Say>`, `<Play>` or `<Pause>`."""
        match verb.tag:
            case "Play":
                return await self._fetched(verb, document_url) * max(1, number(verb, "loop", 1))
            case "Say":
                return await asyncio.to_thread(self._said, "".join(verb.itertext()).strip())
            case "Pause":
                return telephone_line.silence(telephone_line.ticks(number(verb, "length", 1)))
        raise CallError(f"12100: expected Say, Play or Pause, got {verb.tag}")

    async def _fetched(self, verb: Element, document_url: str) -> tuple[Pcm, ...]:
        url = self.webhooks.public(document_url, (verb.text or "").strip())
        return telephone_line.frames(playable(await self.webhooks.request("GET", url)))

    def _said(self, text: str) -> tuple[Pcm, ...]:
        if self.say_voice is None:
            return telephone_line.frames(telephone_line.hum(len(text) / READING_SPEED))
        return telephone_line.frames(self.say_voice.speak(text, "normal"))


def number(verb: Element, name: str, default: int) -> int:
    """A whole-number attribute of `verb`; raises `CallError` if it is anything else."""
    text = verb.get(name, str(default))
    if not text.isdecimal():
        raise CallError(f"12200: expected a whole number in {verb.tag} {name}, got {text!r}")
    return int(text)


def playable(reply: WebhookReply) -> Pcm:
    """What a `<Play>` fetched, at 8 kHz: bare μ-law or WAV; raises `CallError` for anything else."""
    if reply.media_type in MULAW_TYPES:
        return decode(reply.body)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "play.wav"
        file.write_bytes(reply.body)
        try:
            return resample(*read_wav(file), TELEPHONE_HZ)
        except AudioError as error:
            raise CallError(f"12300: Expected WAV or μ-law to play, got {reply.media_type}.") from error
