"""Recording by telephone: the caller types their code, then repeats one text after another.

`StudioTalk` decides; `StudioConversation` plays and listens. Each answer says what to play, and what to do
then.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from voicebot.dialogue.action import Say, Variant
from voicebot.dialogue.meaning import Value
from voicebot.errors import AudioError
from voicebot.prompts import Prompts
from voicebot.prompts.recordable import Recordable
from voicebot.sound import Audio, Pause, Sound, Speech
from voicebot.speech.audio import TELEPHONE_HZ, Pcm
from voicebot.speech.recordings import RATE_HZ
from voicebot.speech.take import Take
from voicebot.speech.tts.synthesizer import for_telephone
from voicebot.store.audit import Audit, Deed
from voicebot.store.studio_codes import DIGITS, StudioCodes
from voicebot.studio import Studio

KEEP, REDO, SKIP, STOP = "1", "2", "3", "0"
#: A caller who types this many wrong codes in one call, or stays silent this often, is disconnected.
_MOST_CODES: Final = 3
_MOST_WAITS: Final = 3
#: After this many bad takes of one text, the next one is offered.
_MOST_TAKES: Final = 3
_REST: Final = Pause(0.4)

Then = Literal["keys", "record", "leave"]


@dataclass(frozen=True)
class StudioAct:
    """Play `sounds`, then wait for keys, record a take, or leave."""

    sounds: tuple[Sound, ...]
    then: Then


class StudioTalk:
    """One call to the studio, by the person whose number was given on the page."""

    def __init__(
        self, person: str, studio: Studio, codes: StudioCodes, audit: Audit | None, prompts: Prompts
    ) -> None:
        self._person = person
        self._studio, self._codes, self._audit, self._prompts = studio, codes, audit, prompts
        self._account = ""
        self._typed = ""
        self._wrong_codes = self._waits = self._bad_takes = self._kept = 0
        self._left: deque[Recordable] = deque()
        self._take: Take | None = None

    async def begin(self) -> StudioAct:
        """The call was answered."""
        return StudioAct(self._say("code"), "keys")

    async def press(self, key: str) -> StudioAct | None:
        """A key was pressed; None: it belongs to an incomplete entry, or means nothing here."""
        self._waits = 0
        if not self._account:
            self._typed = (self._typed + key)[-DIGITS:] if key.isdigit() else ""
            return await self._enter() if len(self._typed) == DIGITS else None
        if key == STOP:
            return self._end()
        if key == KEEP and self._take:
            return await self._keep(self._take)
        if key == REDO:
            return self._ask()
        return self._next() if key == SKIP else None

    async def heard(self, pcm: Pcm) -> StudioAct:
        """What was said after the beep, at 8 kHz."""
        take = await asyncio.to_thread(self._studio.judge, self._left[0], pcm, TELEPHONE_HZ)
        if take.fault:
            self._bad_takes += 1
            if self._bad_takes >= _MOST_TAKES:
                return StudioAct((*self._say(take.fault), _REST, *self._say("choix", "help")), "keys")
            return self._ask(take.fault)
        self._take = take
        played = Audio("take", for_telephone(take.pcm, RATE_HZ, "a take"))
        return StudioAct((played, _REST, *self._say("choix", "ask" if self._kept else "help")), "keys")

    async def waited(self) -> StudioAct:
        """No key was pressed in time."""
        self._waits += 1
        if self._waits >= _MOST_WAITS:
            return self._end()
        return StudioAct(self._say("choix", "help") if self._account else self._say("code"), "keys")

    async def _enter(self) -> StudioAct:
        code, self._typed = self._typed, ""
        granted = await self._codes.take(self._person, code)
        if granted is None:
            self._wrong_codes += 1
            if self._wrong_codes >= _MOST_CODES or not await self._codes.awaited(self._person):
                return StudioAct(self._say("ferme"), "leave")
            return StudioAct(self._say("code_faux"), "keys")
        self._account = granted.account_id
        lines = await asyncio.to_thread(self._studio.lines)
        asked = [
            line for line in lines if line.state != "recorded" and granted.group in ("", line.what.group)
        ]
        # Changed texts come first: there the assistant has two voices.
        self._left.extend(line.what for line in sorted(asked, key=lambda line: line.state != "stale"))
        if not self._left:
            return StudioAct(self._say("rien"), "leave")
        return StudioAct((*self._say("debut", reste=len(self._left)), _REST, *self._ask().sounds), "record")

    async def _keep(self, take: Take) -> StudioAct:
        what = self._left[0]
        try:
            await asyncio.to_thread(self._studio.keep, what, take)
        except AudioError:
            return StudioAct(self._say("panne"), "leave")
        self._kept += 1
        if self._audit:
            await self._audit.note(Deed(self._studio.clock(), self._account, "recorded", what.keys[0]))
        return self._next("garde")

    def _next(self, first: str = "") -> StudioAct:
        self._left.popleft()
        self._bad_takes = 0
        return self._ask(first) if self._left else self._end()

    def _ask(self, first: str = "") -> StudioAct:
        """Say a text, for the person to repeat after the beep."""
        self._take = None
        what = self._left[0]
        said = (*self._say(first), _REST) if first else ()
        return StudioAct((*said, Speech(what.text, what.keys[0]), _REST, Audio("beep", _beep())), "record")

    def _end(self) -> StudioAct:
        return StudioAct(self._say("fin" if self._kept else "fin_sans_rien"), "leave")

    def _say(self, name: str, variant: Variant = "ask", **slots: Value) -> tuple[Sound, ...]:
        return self._prompts.render(Say(f"studio.{name}", variant, slots=slots), "voice")


def _beep() -> Pcm:
    """A fifth of a second of a soft tone, without clicks."""
    at = np.arange(TELEPHONE_HZ // 5)
    edge = np.minimum(1.0, np.minimum(at, at[::-1]) / 80)
    return np.asarray(4000 * edge * np.sin(2 * np.pi * 800 * at / TELEPHONE_HZ), dtype=np.int16)
