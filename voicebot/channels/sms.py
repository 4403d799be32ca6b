"""Twilio's messaging webhook: a text comes in, one step of the conversation goes back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

import structlog
from fastapi import APIRouter, Request, Response

from voicebot.channels.attachments import Attachments
from voicebot.channels.durable import PASSING, Durable
from voicebot.channels.first_aid import first_aid
from voicebot.channels.security import SignedForm, read_signed
from voicebot.channels.service import Conversations, Service
from voicebot.channels.text_form import TextForm
from voicebot.channels.text_passing import PASSED_ON, TextPassing, is_for_assistant
from voicebot.dialogue.action import HandOff, Say
from voicebot.dialogue.meaning import NO_INTENT, Expecting, Meaning
from voicebot.errors import StoreError
from voicebot.nlu.asides import SMALL
from voicebot.nlu.hints import hints
from voicebot.nlu.screening import Screening
from voicebot.records import Record, TextOrder
from voicebot.speech.stt.recognizer import Expected
from voicebot.store.arrivals import Arrival, Arrivals
from voicebot.store.open_requests import OpenRequests
from voicebot.store.person_snapshot import PersonSnapshot
from voicebot.store.pictures import Picture, Pictures
from voicebot.store.rate_limiter import RateLimiter
from voicebot.store.threads import Message
from voicebot.telephony import twiml
from voicebot.telephony.phone_numbers import e164, may_be_dialled
from voicebot.telephony.signature import Signature
from voicebot.telephony.sms_text import messages
from voicebot.turns.runner import ConversationRef, Reply

log = structlog.get_logger()

SMS_PATH: Final = "/twilio/sms"
#: Words by which somebody who opted out opts in again; Twilio's own are English.
OPT_IN_WORDS: Final = frozenset({"start", "debut", "début", "unstop"})
#: Requests that nothing may block: to be forgotten, and to get no more texts.
_RIGHTS: Final = frozenset({"oubli", "stop"})
_APOLOGY: Final = "common.again_later"
#: Said to a text that is kept, and answered once the store is back.
_KEPT: Final = "sms.kept"
_OPTED_IN: Final = "sms.opted_in"
#: For pictures that cannot be had, pictures put on a request, and voice messages in which nothing was heard.
_UNSEEN: Final = "sms.picture_unseen"
_ADDED: Final = "sms.picture_added"
_UNHEARD: Final = "sms.voice_unheard"
_EMPTY: Final = "sms.empty"
_FOREIGN: Final = "sms.foreign"
_FORGET_REQUEST: Final = "sms.forget_request"
_THANKS: Final = "sms.thanks"
#: What is said to what no person wrote to us, and to numbers that must not be sent; nothing of it is kept.
_SCREENED: Final = {
    "automatic": (),
    "code": (Say("sms.code"),),
    "link": (Say("sms.link"),),
    "secret": (Say("sms.secret"),),
}
#: Seconds. Somebody in danger waits no longer than this for the store; then the number comes without it.
_DANGER_WITHIN_S: Final = 2.0
#: Seconds. Twilio waits 15 for the answer to a text; the store is given up before.
_ANSWER_WITHIN_S: Final = 10.0
#: How often a store that fails is asked again, and after how many seconds; Twilio waits fifteen.
_TRIES: Final = 6
_TRY_AGAIN_S: Final = 0.5
_TOO_MANY: Final = "sms.too_many"


@dataclass(frozen=True)
class TextDesk:
    """Answers texts: it keeps track of whose conversation continues, and decides nothing about it."""

    service: Conversations
    limiter: RateLimiter
    passing: TextPassing
    requests: OpenRequests
    attachments: Attachments
    screening: Screening = field(default_factory=Screening.load)

    @classmethod
    def of(cls, service: Service) -> TextDesk:
        """The desk of a whole service."""
        texts, switches = service.limits.texts, service.switches
        requests = OpenRequests(texts.redis, switches.tickets)
        pictures = Pictures(texts.redis, service.privacy)
        attachments = Attachments(pictures, service.media, service.speech.recognizer)
        return cls(service, texts, switches.passing, requests, attachments)

    def first_aid(self, text: TextForm) -> tuple[str, ...]:
        """The number for a danger that is certain, else nothing. Needs no store and ignores limits."""
        return self._messages(first_aid(self.service, self._meaning(text)))

    async def answer(self, text: TextForm) -> tuple[str, ...]:
        """The messages to send back; none to somebody who opted out or cannot be answered."""
        number = e164(text.from_number)
        if number is None:
            return ()
        person = self.service.privacy.pseudonym(number)
        if not may_be_dialled(number, self.service.reach):
            return await self._foreign(person, text)
        return await self.answer_person(person, text, number)

    async def answer_late(self, text: TextForm, answered: bool) -> None:
        """Answer, by a text of our own, what came while the store was away; nothing more if `answered`."""
        messages, number = await self.answer(text), e164(text.from_number)
        if answered or not messages or number is None:
            return
        person, at = self.service.privacy.pseudonym(number), self.service.runner.clock()
        order = TextOrder(person=person, text="\n".join(messages))
        await self.service.runner.sessions.add(person, Record(f"{text.message_id}:late", at, order))

    async def _foreign(self, person: str, text: TextForm) -> tuple[str, ...]:
        """Who cannot be texted back later gets one sentence a day, and the number in danger."""
        at = self.service.runner.clock()
        first = await self.limiter.first_today(person, "foreign", at)
        return self.first_aid(text) or (self._messages((Say(_FOREIGN),)) if first else ())

    async def answer_person(self, person: str, text: TextForm, number: str | None) -> tuple[str, ...]:
        """Like `answer`, for somebody whose pseudonym is known; `number` is stored for later texts.

        What one person sends at once is taken in the order in which it came.
        """
        sent_at = self.service.runner.clock()
        async with self.service.runner.sessions.turn_queue.turn(person, text.arrived_at):
            return await self._in_turn(person, text, number, sent_at)

    async def _in_turn(
        self, person: str, text: TextForm, number: str | None, sent_at: float
    ) -> tuple[str, ...]:
        sessions, at = self.service.runner.sessions, self.service.runner.clock()
        arrivals = Arrivals(sessions, self.limiter)
        arrival = await arrivals.arrive(person, text.message_id, at)
        silence = await self._silence(person, text, arrival)
        if silence is not None:
            return self._messages(silence)
        known = arrival.known or await arrivals.look_anyway(person, text.message_id, at)
        if number and not known.number_is_fresh:
            await sessions.people.keep_number(person, number)
            known.recognized = True
        if not text.body.strip() and text.sent:
            text = await self._said_aloud(text, known)
        if text.pictures and not self._comes_first(text):
            return self._messages(await self._shown(person, text, known, sent_at))
        screened = self.screening.kind(text.body)
        if screened and not self._is_danger(text):
            return self._messages(_SCREENED[screened])
        if not text.body.strip():
            return self._messages((Say(_UNHEARD if text.sent else _EMPTY),))
        if await self._passed_on(person, text, known.held):
            return ()
        if await self._reopened(person, text, known):
            return self._messages((Say(PASSED_ON),))
        if await self._must_confirm(person, text, arrival):
            return self._messages((Say(_FORGET_REQUEST),))
        return await self._said(person, text, known, sent_at)

    async def _said_aloud(self, text: TextForm, known: PersonSnapshot) -> TextForm:
        """The same text, with the words of its voice message."""
        expecting = self.service.runner.expecting(known.session)
        phrases = hints(self.service.understanding, expecting)
        heard = await self.attachments.heard(text.sent, Expected(phrases, expecting.closed, expecting.kind))
        words = {"body": heard.text, "confidence": heard.confidence, "others": heard.others}
        return text.model_copy(update=words)

    def _comes_first(self, text: TextForm) -> bool:
        """Whether the words are answered, whatever picture came along."""
        return self._is_danger(text) or self._meaning(text).intent in _RIGHTS

    async def _shown(
        self, person: str, text: TextForm, known: PersonSnapshot, sent_at: float
    ) -> tuple[Say, ...]:
        """A picture is for a mediator: of the request that is open, or of one that the person now wants."""
        pictures = await self.attachments.seen(text.message_id, sent_at, text.sent, text.body)
        if not pictures:
            return (Say(_UNSEEN),)
        waiting = await self.requests.of(person)
        if waiting:
            for picture in pictures:
                await self._add(person, waiting.id, picture)
            return () if known.held else (Say(_ADDED),)
        for picture in pictures:
            await self.attachments.pictures.offer(person, picture)
        return (await self._turn(person, text, known, sent_at, unasked=False)).says

    async def _add(self, person: str, ticket: str, picture: Picture) -> None:
        """Put a picture into the thread of a request."""
        await self.attachments.pictures.keep(person, picture)
        message = Message(f"{picture.id}:picture", ticket, picture.at, "", picture.caption, picture.id)
        await self.passing.to_holder(person, ticket, message)

    async def _must_confirm(self, person: str, text: TextForm, arrival: Arrival) -> bool:
        """Whether somebody who wants to be forgotten is waiting for something that would vanish too."""
        asked = self._meaning(text).intent == "oubli" and not text.confirms_oblivion
        return asked and not arrival.opted_out and await self.requests.anything(person)

    async def _said(
        self, person: str, text: TextForm, known: PersonSnapshot, sent_at: float
    ) -> tuple[str, ...]:
        """The answer; where nothing was asked, thanks and a mere "ok" begin nothing."""
        session, place = known.session, known.session.place
        fresh = session.status != "open"
        if fresh and text.message_id in session.seen:
            return ()  # delivered twice, and it ended the conversation the first time
        asked = self.service.runner.expecting(session).kind != "intent" or session.pending is not None
        idle = (fresh or not asked) and not known.follows_up
        reply = self.screening.reply(text.body) if idle else None
        after_danger = place is not None and place.flow == self.service.runner.flows.danger
        if reply in ("thanks", "nothing") and not after_danger:
            return self._messages((Say(_THANKS),)) if reply == "thanks" else ()
        turned = await self._turn(person, text, known, sent_at, unasked=fresh and reply == "bare")
        return self._messages(turned.says, turned.session.edition)

    async def _reopened(self, person: str, text: TextForm, known: PersonSnapshot) -> bool:
        """Whether a text after closing was for the mediator: one that names nothing the assistant does."""
        at, meaning = self.service.runner.clock(), self._meaning(text)
        talking = known.session.status == "open" and known.session.turn > 0
        if not known.recognized or talking or known.follow_up(at) or is_for_assistant(meaning, text.body):
            return False
        ticket = await self.passing.after_closing(person, at)
        if ticket is None:
            return False
        await self.passing.reopen(ticket, Message(text.message_id, ticket.id, at, "", text.body))
        return True

    async def _silence(self, person: str, text: TextForm, arrival: Arrival) -> tuple[Say, ...] | None:
        """None when the text is to be answered, else all that is said to it.

        Danger, STOP and OUBLI are always answered, whatever the limit and after STOP too.
        """
        if arrival.opted_out and text.body.strip().lower() in OPT_IN_WORDS:
            await self.service.runner.sessions.people.opt_in(person)
            return (Say(_OPTED_IN),)
        meaning = self._meaning(text)
        if (not arrival.opted_out and arrival.verdict == "answer") or _is_danger(meaning):
            return None
        if meaning.intent in _RIGHTS:
            return None
        return (Say(_TOO_MANY),) if arrival.verdict == "tell" and not arrival.opted_out else ()

    async def _passed_on(self, person: str, text: TextForm, ticket: str | None) -> bool:
        """Whether a mediator answers. We still handle dangers, opting out and being forgotten."""
        if ticket is None or self._meaning(text).intent in _RIGHTS:
            return False
        at = self.service.runner.clock()
        message = Message(text.message_id, ticket, at, "", text.body)
        await self.passing.to_holder(person, ticket, message)
        return not self._is_danger(text)

    def _is_danger(self, text: TextForm) -> bool:
        return _is_danger(self._meaning(text))

    def _meaning(self, text: TextForm) -> Meaning:
        return self.service.understanding.interpret(text.body, Expecting(), "sms")

    def apology(self, kept: bool = False) -> tuple[str, ...]:
        """What to say if we failed; or if what was texted is `kept`, and answered later."""
        return self._messages((Say(_KEPT if kept else _APOLOGY),))

    async def _turn(
        self, person: str, text: TextForm, known: PersonSnapshot, sent_at: float, unasked: bool
    ) -> Reply:
        """The answer to a text; the first one of a conversation opens it, and may already state the need."""
        runner, who = self.service.runner, ConversationRef(person, known.session.id)
        opened, kept = None, (known.session, known.version)
        if known.session.status != "open":
            topic = known.follow_up(runner.clock())
            start = f"{text.message_id}:start"
            last = await self._last_topic(person, text)
            opened = await runner.start(
                who, "sms", start, textable=True, follow_up=topic, known=known, last_topic=last
            )
            kept = opened.session, opened.version
            if known.follows_up:
                await runner.sessions.people.end_follow_up(person)
            if unasked or self._answers_nothing_yet(opened, text):
                return opened
        if text.pictures and not self._comes_first(text):
            return await runner.send_picture(who, text.message_id, begins_with=kept)
        words = "oubli" if text.confirms_oblivion else text.body
        said = (text.confidence, text.others)
        reply = await runner.hear(who, words, text.message_id, *said, begins_with=kept, sent_at=sent_at)
        await self._keep_track(person, text, known, reply)
        lost = reply.session.no_match > 0
        return opened if opened and (lost or _only_greets(reply)) else reply

    async def _last_topic(self, person: str, text: TextForm) -> str:
        """What to go on with, unless the person waits for something, or names what they need now."""
        meaning = self._meaning(text)
        named = meaning.certainty == "sure" and meaning.intent != NO_INTENT
        if named or await self.requests.anything(person):
            return ""
        return await self.service.runner.sessions.people.last_topic(person)

    async def _keep_track(self, person: str, text: TextForm, known: PersonSnapshot, reply: Reply) -> None:
        """What is said while a request waits is added to it; the procedure is remembered for some days."""
        flows, people, after = self.service.runner.flows, self.service.runner.sessions.people, reply.session
        if any(isinstance(action, HandOff) for action in reply.actions):
            await self._hand_over_pictures(person)
        if after.place == flows.waiting and after.status == "open":
            ticket = await self.requests.of(person)
            if ticket:
                at = self.service.runner.clock()
                message = Message(text.message_id, ticket.id, at, "", text.body)
                await self.passing.to_holder(person, ticket.id, message)
        done = after.place is not None and after.place.flow == flows.another.flow
        topic = "" if done or after.status != "open" else after.topic or ""
        if topic != (known.session.topic or "") and not _is_forgotten(reply):
            await people.keep_topic(person, topic if flows.start(topic) and topic != flows.danger else "")

    async def _hand_over_pictures(self, person: str) -> None:
        """What was sent in the last hour belongs to the request that the person has just made."""
        pictures = await self.attachments.pictures.take(person)
        ticket = await self.requests.of(person) if pictures else None
        if ticket:
            for picture in pictures:
                await self._add(person, ticket.id, picture)

    def _answers_nothing_yet(self, opened: Reply, text: TextForm) -> bool:
        """Who was just told whom to call in danger was asked nothing: a "oui" answers no question."""
        place = opened.session.place
        meaning = self._meaning(text)
        named = meaning.danger is not None or meaning.intent != NO_INTENT
        return place is not None and place == self.service.runner.flows.after_danger and not named

    def _messages(self, says: tuple[Say, ...], edition: str = "") -> tuple[str, ...]:
        prompts = self.service.prompts_of(edition)
        return messages(prompts.text(prompts.render(say, "sms")) for say in says)


def _is_forgotten(reply: Reply) -> bool:
    return reply.end is not None and reply.end.reason == "forgotten"


def _only_greets(reply: Reply) -> bool:
    """Whoever greets us for the first time is told who we are."""
    return reply.heard is not None and (reply.heard.aside or "").startswith(f"{SMALL}.")


def _is_danger(meaning: Meaning) -> bool:
    return meaning.danger is not None and meaning.certainty == "sure"


async def _patiently(desk: TextDesk, text: TextForm) -> tuple[str, ...]:
    """The answer, also if the store has to restart first: a text taken twice is taken once."""
    for _ in range(_TRIES):
        try:
            return await desk.answer(text)
        except StoreError:
            await asyncio.sleep(_TRY_AGAIN_S)
    return await desk.answer(text)


def routes(desk: TextDesk, signature: Signature, durable: Durable | None = None) -> APIRouter:
    """The webhook at `/twilio/sms`. Whatever fails, the person gets a sentence.

    What the store cannot take is kept by `durable` and answered once it is back.
    """
    router = APIRouter()
    apology, kept = desk.apology(), durable or Durable()
    answered_later = desk.apology(kept=True)

    async def answer(request: Request) -> Response:
        form = await read_signed(request, signature, desk.service.public_url)
        danger: tuple[str, ...] = ()
        try:
            text = TextForm.model_validate({**form.fields, "arrived_at": form.arrived_at})
            danger = desk.first_aid(text)
            async with asyncio.timeout(_DANGER_WITHIN_S if danger else _ANSWER_WITHIN_S):
                await kept.catch_up()
                replies = await _patiently(desk, text)
        except PASSING as error:
            replies = danger or (answered_later if kept.spool else apology)
            if kept.spool:
                kept.keep(form, error, answered=bool(danger))
        except Exception as error:  # the texter must not be left without an answer
            log.error("text failed", error=type(error).__name__)
            replies = danger or apology
        return Response(twiml.messages(replies or danger), media_type="text/xml")

    async def later(form: SignedForm, answered: bool) -> None:
        await desk.answer_late(TextForm.model_validate(form.fields), answered)

    kept.serve(SMS_PATH, later)
    router.add_api_route(SMS_PATH, answer, methods=["POST"])
    return router
