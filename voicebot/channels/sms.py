"""Twilio's messaging webhook: a text comes in, one step of the conversation goes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from voicebot.channels.security import read_signed
from voicebot.channels.service import Service
from voicebot.dialogue.action import Say
from voicebot.dialogue.meaning import Expecting, Meaning
from voicebot.numbers import e164, may_be_dialled
from voicebot.runner import Reply, Who
from voicebot.store.arrivals import Arrival, Arrivals
from voicebot.store.known import Known
from voicebot.store.threads import Message
from voicebot.texting import split
from voicebot.twilio import twiml
from voicebot.twilio.signature import Signature

log = structlog.get_logger()

SMS_PATH: Final = "/twilio/sms"
#: Words by which somebody who wanted no more texts asks for them again; Twilio's own are English.
OPT_IN_WORDS: Final = frozenset({"start", "debut", "début", "unstop"})
#: What nobody stands between: to be forgotten, to get no more texts.
_RIGHTS: Final = frozenset({"oubli", "stop"})
_APOLOGY: Final = "common.again_later"
_OPTED_IN: Final = "sms.opted_in"
_PICTURE: Final = "sms.picture"
_EMPTY: Final = "sms.empty"
_TOO_MANY: Final = "sms.too_many"


class TextForm(BaseModel):
    """The fields of a messaging webhook that we look at. Source: Twilio, "TwiML Messaging: Request"."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    message_id: Annotated[str, Field(alias="MessageSid", pattern=r"^(SM|MM)[0-9a-fA-F]{32}$")]
    from_number: Annotated[str, Field(alias="From", max_length=256)] = ""
    body: Annotated[str, Field(alias="Body", max_length=4096)] = ""
    pictures: Annotated[int, Field(alias="NumMedia", ge=0, le=20)] = 0


@dataclass(frozen=True)
class TextDesk:
    """Answers texts: it keeps track of whose conversation goes on, and decides nothing about it."""

    service: Service

    async def answer(self, text: TextForm) -> tuple[str, ...]:
        """The messages to send back; none to who opted out or cannot be answered."""
        number = e164(text.from_number)
        if number is None or not may_be_dialled(number, self.service.reach):
            return ()
        person = self.service.privacy.pseudonym(number)
        return await self.answer_person(person, text, number)

    async def answer_person(self, person: str, text: TextForm, number: str | None) -> tuple[str, ...]:
        """As `answer`, for somebody whose pseudonym is known; `number` is kept for what is sent later."""
        sessions, at = self.service.runner.sessions, self.service.runner.clock()
        arrivals = Arrivals(sessions, self.service.floods)
        arrival = await arrivals.arrive(person, text.message_id, at)
        silence = await self._silence(person, text, arrival)
        if silence is not None:
            return self._messages(silence)
        known = arrival.known or await arrivals.look_anyway(person, text.message_id, at)
        if number and not known.number_is_fresh:
            await sessions.keep_number(person, number)
            known.recognized = True
        if not text.body.strip():
            return self._messages((Say(_PICTURE if text.pictures else _EMPTY),))
        if await self._passed_on(person, text, known.held):
            return ()
        return self._messages((await self._turn(person, text, known)).says)

    async def _silence(self, person: str, text: TextForm, arrival: Arrival) -> tuple[Say, ...] | None:
        """None when the text is to be answered, else all that is said to it. Danger is always answered."""
        if arrival.opted_out and text.body.strip().lower() in OPT_IN_WORDS:
            await self.service.runner.sessions.opt_in(person)
            return (Say(_OPTED_IN),)
        if (not arrival.opted_out and arrival.verdict == "answer") or self._is_danger(text):
            return None
        return (Say(_TOO_MANY),) if arrival.verdict == "tell" and not arrival.opted_out else ()

    async def _passed_on(self, person: str, text: TextForm, ticket: str | None) -> bool:
        """Whether a mediator answers. We still see to dangers, and to who wants to stop or be forgotten."""
        threads = self.service.threads
        if threads is None or ticket is None or self._meaning(text).intent in _RIGHTS:
            return False
        at = self.service.runner.clock()
        await threads.add(person, Message(text.message_id, ticket, at, "", text.body))
        return not self._is_danger(text)

    def _is_danger(self, text: TextForm) -> bool:
        meaning = self._meaning(text)
        return meaning.danger is not None and meaning.certainty == "sure"

    def _meaning(self, text: TextForm) -> Meaning:
        return self.service.understanding.interpret(text.body, Expecting(), "sms")

    def apology(self) -> tuple[str, ...]:
        """What to say when we failed."""
        return self._messages((Say(_APOLOGY),))

    async def _turn(self, person: str, text: TextForm, known: Known) -> Reply:
        """The answer to a text; the first one of a conversation opens it, and may already name the need."""
        runner, who = self.service.runner, Who(person, known.session.id)
        opened, kept = None, (known.session, known.version)
        if known.session.status != "open":
            topic = known.follow_up(runner.clock())
            start = f"{text.message_id}:start"
            opened = await runner.start(who, "sms", start, textable=True, follow_up=topic, known=known)
            kept = opened.session, opened.version
            if known.follows_up:
                await runner.sessions.end_follow_up(person)
        reply = await runner.hear(who, text.body, text.message_id, begins_with=kept)
        lost = reply.session.no_match > 0
        return opened if opened and lost else reply

    def _messages(self, says: tuple[Say, ...]) -> tuple[str, ...]:
        prompts = self.service.prompts
        return split(" ".join(prompts.text(prompts.render(say, "sms")) for say in says))


def routes(service: Service, signature: Signature) -> APIRouter:
    """The webhook at `/twilio/sms`. Whatever fails, the person gets a sentence."""
    router = APIRouter()
    desk = TextDesk(service)
    apology = desk.apology()

    async def answer(request: Request) -> Response:
        form = await read_signed(request, signature, service.public_url)
        try:
            messages = await desk.answer(TextForm.model_validate(form.fields))
        except Exception as error:  # the texter must not be left without an answer
            log.error("text failed", error=type(error).__name__)
            messages = apology
        return Response(twiml.messages(messages), media_type="text/xml")

    router.add_api_route(SMS_PATH, answer, methods=["POST"])
    return router
