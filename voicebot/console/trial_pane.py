"""Trying a draft at the side of its pages, by telephone and by SMS: in words, the last turn in sound."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final, get_args

from fastapi import HTTPException, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute

from voicebot.console.author_desk import ROOT, AuthorDesk
from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.console.writing import Tried
from voicebot.dialogue.event import Channel
from voicebot.errors import AudioError, DataError, StoreError
from voicebot.sound import Speech
from voicebot.speech.audio import TELEPHONE_HZ, wav_bytes

_MOST_ANSWERS: Final = 40
_LONGEST: Final = 200


def routes(desk: Desk) -> list[BaseRoute]:
    """The pane, and the sound of a turn."""
    pane, guard = _Pane(AuthorDesk(desk)), desk.guard
    return [
        guard.action(f"{ROOT}/{{flow}}/essai", pane.play, "author"),
        guard.page(f"{ROOT}/{{flow}}/essai/son", pane.sound, "author"),
    ]


@dataclass(frozen=True)
class _Pane:
    author: AuthorDesk

    async def play(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """The conversation so far, replayed on the draft as it is now, with one answer more."""
        asked = await self.author.asked(request)
        named = form.text("channel", 10)
        channel: Channel = next((one for one in get_args(Channel) if one == named), "voice")
        answers = [text[:_LONGEST] for text in form.every("answers")][:_MOST_ANSWERS]
        if form.ticked("answered"):
            answers.append(form.text("key", 20) or form.text("answer", _LONGEST))
        if form.ticked("back"):
            answers = answers[:-1]
        turns: tuple[Tried, ...] = ()
        wrong = ""
        try:
            turns = await self.author.writing.try_out(asked.read, asked.flow, channel, answers)
        except DataError:
            wrong = "unreadable"
        last = turns[-1].says if turns else ""
        context = {
            "asked": asked,
            "token": visitor.token,
            "turns": turns,
            "answers": answers,
            "channel": channel,
            "wrong": wrong,
            "sound": self.author.desk.privacy.seal(last) if last and channel != "sms" else "",
        }
        return HTMLResponse(self.author.desk.pages.fill("writing/trial.html", context))

    async def sound(self, request: Request, visitor: Visitor) -> Response:
        """How a turn sounds; its words are sealed in the address, so that only what we said can be asked."""
        try:
            said = str(self.author.desk.privacy.unseal(request.query_params.get("dit", "")))
            pcm = await asyncio.to_thread(self.author.desk.voice.audio, Speech(said))
        except StoreError:
            raise HTTPException(404) from None
        except AudioError:
            raise HTTPException(503) from None
        return Response(wav_bytes(pcm, TELEPHONE_HZ), media_type="audio/wav")
