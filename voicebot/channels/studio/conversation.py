"""The audio side of a call to the voice studio: plays what `StudioTalk` says, records what follows the beep.

Nothing of it is stored at Twilio, as `<Record>` would do. Time is counted in frames.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable
from typing import Final

from voicebot.channels.studio.dialogue import StudioAct, StudioTalk
from voicebot.channels.studio.take_endpointer import TakeEndpointer
from voicebot.sound import Speech
from voicebot.speech.audio import Pcm
from voicebot.speech.conversation import FRAME_S, FrameSink
from voicebot.speech.playback import PlaybackBuffer
from voicebot.speech.voice import Voice

#: Seconds to wait for a key before the caller is asked again.
_KEY_S: Final = 12.0


class StudioConversation:
    """One call to the studio, frame by frame."""

    def __init__(self, talk: StudioTalk, line: FrameSink, voice: Voice) -> None:
        self._talk, self._line, self._voice = talk, line, voice
        self._playback = PlaybackBuffer(self._say)
        self._act = StudioAct((), "keys")
        self._thinking: asyncio.Future[StudioAct | None] | None = None
        self._keys: deque[str] = deque()
        self._speaking = False
        self._waited_s = 0.0
        self._take: TakeEndpointer | None = None

    @property
    def over(self) -> bool:
        """Everything was said: nothing remains but to leave the line."""
        return self._act.then == "leave" and not self._speaking

    async def begin(self) -> None:
        """Answer the call."""
        await self._do(await self._talk.begin())

    async def close(self) -> None:
        """The line is gone."""
        self._playback.stop()
        if self._thinking:
            self._thinking.cancel()
            await asyncio.gather(self._thinking, return_exceptions=True)

    async def press(self, key: str) -> None:
        """The person pressed `key`; keys are taken one after another."""
        self._keys.append(key)

    def read(self, text: str) -> None:
        """Nobody types in the studio."""

    async def frame(self, pcm: Pcm) -> None:
        """20 ms came in: speak on, record, and take what was pressed."""
        if self._thinking and self._thinking.done():
            thought, self._thinking = self._thinking.result(), None
            if thought:
                await self._do(thought)
        if self._keys and not self._thinking and self._act.then != "leave":
            self._take_key(self._keys.popleft())
        await self._play()
        if self._take and not self._thinking and self._take.accept(pcm):
            self._think_of_take()
        elif not (self._take or self._speaking or self._thinking or self.over):
            self._wait()

    def _take_key(self, key: str) -> None:
        if self._take and key == "#":
            self._think_of_take()
        else:
            self._think(self._talk.press(key))

    async def _play(self) -> None:
        for frame in self._playback.tick():
            await self._line.play(frame)
        if self._speaking and not self._playback.speaking:
            self._speaking = False
            await self._spoken()

    async def _spoken(self) -> None:
        failure = self._playback.failure()
        if failure:
            raise failure
        if self._act.then == "record":
            self._take = TakeEndpointer()
        await self._line.mark("leave" if self.over else "listen")

    async def _do(self, act: StudioAct) -> None:
        """Play what comes next, replacing whatever is still being played."""
        if self._speaking:
            await self._line.clear()
        self._act, self._take, self._waited_s = act, None, 0.0
        self._playback.start(act.sounds)
        self._speaking = True

    def _think_of_take(self) -> None:
        if self._take:
            self._think(self._talk.heard(self._take.sound()))
            self._take = None

    def _think(self, answer: Awaitable[StudioAct | None]) -> None:
        self._thinking = asyncio.ensure_future(answer)

    def _wait(self) -> None:
        self._waited_s += FRAME_S
        if self._waited_s >= _KEY_S:
            self._waited_s = 0.0
            self._think(self._talk.waited())

    async def _say(self, speech: Speech) -> Pcm:
        return await asyncio.to_thread(self._voice.audio, speech)
