"""One call's turns: between the conversation, which knows sounds, and the runner, which knows dialogue."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Final

from voicebot import metrics
from voicebot.channels.service import Service, to_say
from voicebot.dialogue.action import Say
from voicebot.dialogue.meaning import Expecting
from voicebot.dialogue.session import Pace
from voicebot.nlu.hints import hints
from voicebot.nlu.progress import progress
from voicebot.runner import Reply, Who
from voicebot.speech.audio import Pcm
from voicebot.speech.endpointing import Progress
from voicebot.speech.piece import Piece, Rest
from voicebot.speech.stt.recognizer import Transcript
from voicebot.speech.turn import Spoken, TurnTiming

_DEAF: Final = "common.hearing_lost"
_ONE_MOMENT: Final = "common.one_moment"
#: Between two sentences of different prompts.
_BREATH_S = 0.25


class CallTurns:
    """The `Turns` of a media stream. `stream_id` makes the event ids of this connection its own."""

    def __init__(
        self, service: Service, who: Who, stream_id: str, textable: bool, resumes: bool = False
    ) -> None:
        self._service = service
        self._who = who
        self._stream_id = stream_id
        self._textable = textable
        self._resumes = resumes
        self._numbers = count(1)
        self._pace: Pace = "normal"

    async def start(self) -> Spoken:
        """The call was answered, or goes on after a lost connection."""
        return self._spoken(
            await self._service.runner.start(
                self._who, "voice", self._event_id(), self._textable, self._resumes
            )
        )

    async def hear(self, transcript: Transcript) -> Spoken:
        """The person said this."""
        reply = await self._service.runner.hear(
            self._who, transcript.text, self._event_id(), transcript.confidence, transcript.others
        )
        return self._spoken(reply)

    async def press(self, digits: str) -> Spoken:
        """The person pressed these keys."""
        return self._spoken(await self._service.runner.press(self._who, digits, self._event_id()))

    async def stay_silent(self) -> Spoken:
        """The person said nothing until the time was up."""
        return self._spoken(await self._service.runner.stay_silent(self._who, self._event_id()))

    async def lose_hearing(self) -> Spoken:
        """The recognizer failed: leave the stream; the call goes on by keypad behind it."""
        await self._service.runner.change_channel(self._who, "keypad", "recognizer lost", self._event_id())
        return Spoken(self._pieces((Say(_DEAF),)), leaves=True)

    def fail(self) -> Spoken:
        """The dialogue failed: as `lose_hearing`, for another reason. Needs no store."""
        return Spoken(self._pieces((Say(_ONE_MOMENT),)), leaves=True)

    def hold_on(self) -> Spoken:
        """The answer takes a moment. Needs no store either."""
        metrics.count({"held_on": 1})
        return Spoken(self._pieces((Say(_ONE_MOMENT),)))

    def judge(self, text: str, expecting: Expecting) -> Progress:
        """How `text` looks as an answer that may still go on."""
        return progress(self._service.understanding, text, expecting)

    def took(self, timing: TurnTiming) -> None:
        """A reply has begun to sound."""
        self._service.watch(timing)

    async def say(self, piece: Piece) -> Pcm:
        """The sound of `piece`, at the pace the person asked for."""
        return await asyncio.to_thread(self._service.voice.audio, piece, self._pace)

    def _event_id(self) -> str:
        return f"{self._stream_id}:{next(self._numbers)}"

    def _spoken(self, reply: Reply) -> Spoken:
        self._pace = reply.session.pace
        if reply.session.channel != "voice":
            # Behind the stream the question is put again, with its keys; here only the remark is said.
            return Spoken(self._pieces(reply.says[:1]), leaves=True)
        listen, pieces = reply.listen, self._pieces(reply.says)
        if listen is None:
            return Spoken(pieces, leaves=True)
        phrases = hints(self._service.understanding, listen.expecting)
        return Spoken(pieces[:-1], listen.expecting, phrases, listen.timeout_s)

    def _pieces(self, says: tuple[Say, ...]) -> tuple[Piece | Rest, ...]:
        pieces: list[Piece | Rest] = []
        for say in says:
            for part in self._service.prompts.render(say, "voice"):
                pieces.append(to_say(part))
            pieces.append(Rest(_BREATH_S))
        return tuple(pieces)
