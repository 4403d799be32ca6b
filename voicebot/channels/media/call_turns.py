"""One call's turns: between the conversation, which knows sounds, and the runner, which knows dialogue."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Final

from voicebot.channels.first_aid import first_aid
from voicebot.channels.service import Service
from voicebot.dialogue.action import Say
from voicebot.dialogue.meaning import Expecting
from voicebot.dialogue.session import Pace
from voicebot.errors import StoreError
from voicebot.nlu.hints import hints
from voicebot.nlu.progress import progress
from voicebot.observability import metrics
from voicebot.sound import Pause, Sound, Speech
from voicebot.speech.audio import Pcm
from voicebot.speech.endpointing import Progress
from voicebot.speech.stt.recognizer import Transcript
from voicebot.speech.turn import Spoken, TurnTiming
from voicebot.turns.runner import ConversationRef, Reply

_DEAF: Final = "common.hearing_lost"
_ONE_MOMENT: Final = "common.one_moment"
#: The pause between sentences of different prompts.
_BREATH = Pause(0.25)


class CallTurns:
    """The `Turns` of a media stream. `stream_id` makes this connection's event ids unique."""

    def __init__(
        self, service: Service, who: ConversationRef, stream_id: str, textable: bool, resumes: bool = False
    ) -> None:
        self._service = service
        self._who = who
        self._stream_id = stream_id
        self._textable = textable
        self._resumes = resumes
        self._numbers = count(1)
        self._pace: Pace = "normal"
        self._edition = ""
        #: The number for the last reported danger, said if the store does not answer.
        self._first_aid: tuple[Say, ...] = ()

    async def start(self) -> Spoken:
        """The call was answered, or continues after a lost connection."""
        return self._spoken(
            await self._service.runner.start(
                self._who, "voice", self._event_id(), self._textable, self._resumes
            )
        )

    async def hear(self, transcript: Transcript) -> Spoken:
        """The person said this. Raises StoreError on a stream that a newer one has replaced."""
        meaning = self._service.understanding.interpret(transcript.text, Expecting(), "voice")
        self._first_aid = first_aid(self._service, meaning)
        await self._check_live()
        reply = await self._service.runner.hear(
            self._who, transcript.text, self._event_id(), transcript.confidence, transcript.others
        )
        return self._spoken(reply)

    async def press(self, digits: str) -> Spoken:
        """The person pressed these keys."""
        await self._check_live()
        return self._spoken(await self._service.runner.press(self._who, digits, self._event_id()))

    async def stay_silent(self) -> Spoken:
        """The person said nothing until the time was up."""
        return self._spoken(await self._service.runner.stay_silent(self._who, self._event_id()))

    async def on_recognizer_lost(self) -> Spoken:
        """The recognizer failed: leave the stream; the call continues by keypad after it."""
        await self._service.runner.change_channel(self._who, "keypad", "recognizer lost", self._event_id())
        return Spoken(self._sounds((Say(_DEAF),)), leaves=True)

    def fail(self) -> Spoken:
        """The dialogue failed: like `on_recognizer_lost`, for another reason. Needs no store."""
        return Spoken(self._sounds((*self._first_aid, Say(_ONE_MOMENT))), leaves=True)

    def hold_on(self) -> Spoken:
        """The answer takes a moment. Needs no store either."""
        metrics.count({"held_on": 1})
        return Spoken(self._sounds(self._first_aid or (Say(_ONE_MOMENT),)))

    def judge(self, text: str, expecting: Expecting) -> Progress:
        """How complete `text` looks as an answer that may still continue."""
        return progress(self._service.understanding, text, expecting)

    def took(self, timing: TurnTiming) -> None:
        """A reply has begun to sound."""
        self._service.speech.watch(timing)

    async def say(self, speech: Speech) -> Pcm:
        """The sound of `speech`."""
        return await asyncio.to_thread(self._service.speech.voice.audio, speech)

    async def _check_live(self) -> None:
        """One socket drives a call; a danger that was just heard is answered before this is asked."""
        if not await self._service.runner.sessions.calls.is_live(self._who.session_id, self._stream_id):
            raise StoreError("expected the newest stream of a call, this one was replaced")

    def _event_id(self) -> str:
        return f"{self._stream_id}:{next(self._numbers)}"

    def _spoken(self, reply: Reply) -> Spoken:
        self._pace, self._edition = reply.session.pace, reply.session.edition
        if reply.session.channel != "voice":
            # After the stream the question is repeated, with its keys; here only the remark is said.
            return Spoken(self._sounds(reply.says[:1]), leaves=True)
        listen, sounds = reply.listen, self._sounds(reply.says)
        if listen is None:
            return Spoken(sounds, leaves=True)
        phrases = hints(self._service.understanding, listen.expecting)
        return Spoken(sounds[:-1], listen.expecting, phrases, listen.timeout_s)

    def _sounds(self, says: tuple[Say, ...]) -> tuple[Sound, ...]:
        sounds: list[Sound] = []
        prompts = self._service.prompts_of(self._edition)
        for say in says:
            sounds += (*prompts.render(say, "voice", self._pace), _BREATH)
        return tuple(sounds)
