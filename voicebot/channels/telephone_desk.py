"""The telephone's `VoiceDesk`: begins calls, carries them on by keypad, and ends them."""

from __future__ import annotations

import asyncio

from voicebot.channels.media_stream import proof
from voicebot.channels.service import Service
from voicebot.channels.sounds import sounds
from voicebot.channels.voice_desk import (
    AskKeys,
    EndStatus,
    IncomingCall,
    LeftQueue,
    RecordVoices,
    Refuse,
    Reply,
    SpeakAndHangUp,
    Stream,
)
from voicebot.channels.waiting_room import WaitingRoom
from voicebot.dialogue.action import Say
from voicebot.dialogue.digits import longest
from voicebot.dialogue.policy import NUMBER_KINDS
from voicebot.dialogue.session import Session
from voicebot.errors import StoreError
from voicebot.numbers import e164, is_textable, may_be_dialled
from voicebot.runner import Reply as Turned
from voicebot.runner import Who
from voicebot.speech.audio import encode
from voicebot.speech.piece import unpacked
from voicebot.store.floods import Verdict
from voicebot.store.sessions import Record

_APOLOGY = "common.again_later"
_GOODBYE = "common.goodbye"
_TOO_MANY, _DANGER = "common.too_many_calls", "common.too_many_danger"


class TelephoneDesk:
    """Decides what a telephone webhook answers; see `VoiceDesk` for each method."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._waiting = WaitingRoom(service)
        self._apology = service.prompts.text(service.prompts.render(Say(_APOLOGY), "keypad"))

    async def answer(self, call: IncomingCall) -> Reply:
        """Somebody calls: by audio socket where we can hear, else by keypad.

        Where ringing costs nothing, the call is not taken but returned. Who calls again and again is told
        once, with the emergency number; then the line is busy.
        """
        costs_nothing = e164(call.to_number) in self._service.rings_back
        flood = await self._flood(call)
        if flood == "drop" or (flood == "tell" and costs_nothing):
            return Refuse("busy")
        if flood == "tell":
            return SpeakAndHangUp(sounds(self._service, (Say(_TOO_MANY), Say(_DANGER)), "normal"))
        if costs_nothing:
            return await self._ring_back(call)
        return await self._studio(call) or await self._begin(call, resumes=False)

    async def call_back(self, call: IncomingCall) -> Reply:
        """Somebody picked up the call that we made: go on where they were."""
        return await self._begin(call, resumes=True)

    async def machine_answered(self, call_id: str) -> None:
        """Hang up: nobody listens."""
        if self._service.twilio:
            await self._service.twilio.update_call(call_id, end=True)

    async def keys(self, call_id: str, digits: str, event_id: str, turn: int | None = None) -> Reply:
        """The person pressed keys, or none in time."""
        who, runner = await self._who(call_id), self._service.runner
        if digits:
            return await self._reply(who, await runner.press(who, digits, event_id, turn))
        return await self._reply(who, await runner.stay_silent(who, event_id, turn))

    async def read(self, call_id: str, text: str, event_id: str) -> Reply:
        """The person wrote instead of pressing keys, which only a page lets them do."""
        who = await self._who(call_id)
        return await self._reply(who, await self._service.runner.hear(who, text, event_id))

    async def after_stream(self, call_id: str, event_id: str, turn: int | None = None) -> Reply:
        """The audio socket is closed: the call is over, or goes on at the same step.

        It goes on by voice where one can be had that works: the recognizer was not lost, and the person was
        heard on the last one. So a line that breaks at each attempt ends at the keys, not in a circle.
        """
        who = await self._who(call_id)
        session, version = await self._service.runner.sessions.load(who.person, who.session_id)
        if not version:
            number = await self._service.runner.sessions.number(who.person)
            return await self._begin_by_keypad(who, event_id, is_textable(number))
        if session.status == "handed_off":
            return await self._waiting.enter(who) or SpeakAndHangUp()
        if session.status != "open":
            return SpeakAndHangUp()
        if self._service.hears and session.channel == "voice" and _was_heard(session, turn):
            return self._stream(who, session.textable, turn=session.turn)
        if session.channel == "keypad":
            return await self._reply(who, await self._service.runner.ask_again(who))
        turned = await self._service.runner.change_channel(who, "keypad", "stream closed", event_id)
        return await self._reply(who, turned)

    async def after_studio(self, call_id: str, event_id: str) -> Reply:
        """All was recorded, or they had enough."""
        return SpeakAndHangUp(sounds(self._service, (Say(_GOODBYE),)))

    async def after_handoff(self, call_id: str, left: LeftQueue, event_id: str) -> Reply:
        """The queue gave the person back: they go on waiting, or choose when to be called."""
        who = await self._who(call_id)
        next_ = await self._waiting.after(who, left)
        if next_ != "choose":
            return next_
        session, _ = await self._service.runner.sessions.load(who.person, who.session_id)
        by_voice = self._service.recognizer is not None and session.channel == "voice"
        turned = await self._service.runner.come_back(who, "voice" if by_voice else "keypad", event_id)
        if by_voice and turned.listen:
            return self._stream(who, session.textable, turn=turned.session.turn)
        return await self._reply(who, turned)

    async def wait(self, call_id: str, round_: int) -> Reply:
        """The person waits for a mediator."""
        return await self._waiting.hold(await self._who(call_id), round_)

    async def wait_keys(self, call_id: str, digits: str) -> Reply:
        """The person pressed a key while waiting."""
        return await self._waiting.press(await self._who(call_id), digits)

    async def announce(self, call_id: str) -> Reply:
        """The person is about to be connected."""
        return self._waiting.announce()

    async def ended(self, call_id: str, status: EndStatus, event_id: str) -> None:
        """The call is over; what was answered can be resumed."""
        person = await self._service.runner.sessions.caller(call_id)
        if person:  # who was not answered, or recorded voices, has no session
            who = Who(person, call_id)
            await self._service.runner.hang_up(who, event_id)
            await self._waiting.leave(who, "hung_up")

    async def audio(self, token: str) -> bytes | None:
        """The sound of a sealed token: its text never stands in an address in clear."""
        try:
            said, pace = self._service.privacy.unseal(token)
        except StoreError:
            return None
        return encode(await asyncio.to_thread(self._service.voice.audio, unpacked(said), pace))

    def apology(self) -> str:
        """One sentence for when we failed."""
        return self._apology

    async def _studio(self, call: IncomingCall) -> Reply | None:
        """The voice studio, for the number that an administrator has just asked a code for."""
        number, codes = e164(call.from_number), self._service.codes
        if not number or codes is None:
            return None
        person = self._service.privacy.pseudonym(number)
        if not await codes.awaited(person):
            return None
        return RecordVoices({"person": person, "proof": proof(self._service, call.call_id, person)})

    async def _flood(self, call: IncomingCall) -> Verdict:
        floods = self._service.call_floods
        person = self._service.privacy.pseudonym(e164(call.from_number) or call.call_id)
        return await floods.judge(person, self._service.runner.clock()) if floods else "answer"

    async def _ring_back(self, call: IncomingCall) -> Reply:
        number = e164(call.from_number)
        if number and may_be_dialled(number, self._service.reach):
            sessions, person = self._service.runner.sessions, self._service.privacy.pseudonym(number)
            await sessions.keep_number(person, number)
            at = self._service.runner.clock()
            await sessions.add(person, Record("callback", f"{call.call_id}:rang", at, {"person": person}))
        return Refuse("busy")

    async def _who(self, call_id: str) -> Who:
        person = await self._service.runner.sessions.caller(call_id)
        if person is None:
            raise StoreError("expected a call that was answered before, got one that is unknown or forgotten")
        return Who(person, call_id)

    async def _begin(self, call: IncomingCall, resumes: bool) -> Reply:
        number = e164(call.from_number)
        person = self._service.privacy.pseudonym(number or call.call_id)
        if number:
            await self._service.runner.sessions.keep_number(person, number)
        return await self.begin(Who(person, call.call_id), call.event_id, is_textable(number), resumes)

    async def begin(self, who: Who, event_id: str, textable: bool, resumes: bool = False) -> Reply:
        """A call of somebody whose pseudonym is known begins."""
        await self._service.runner.sessions.bind_call(who.session_id, who.person)
        if not self._service.hears:
            return await self._begin_by_keypad(who, event_id, textable, resumes)
        return self._stream(who, textable, resumes)

    def _stream(self, who: Who, textable: bool, resumes: bool = False, turn: int = 0) -> Stream:
        told = {"person": who.person, "proof": proof(self._service, who.session_id, who.person)}
        flags = {"textable": textable, "resumes": resumes}
        told |= {name: "yes" if flag else "no" for name, flag in flags.items()}
        return Stream(turn, told)

    async def _begin_by_keypad(self, who: Who, event_id: str, textable: bool, resumes: bool = False) -> Reply:
        turned = await self._service.runner.start(who, "keypad", event_id, textable, resumes)
        return await self._reply(who, turned)

    async def _reply(self, who: Who, turned: Turned) -> Reply:
        said, listen = sounds(self._service, turned.says, turned.session.pace), turned.listen
        if listen is None:
            waits = turned.session.status == "handed_off"
            return (await self._waiting.enter(who, said) if waits else None) or SpeakAndHangUp(said)
        typed = listen.expecting.kind in NUMBER_KINDS
        return AskKeys(
            said,
            turn=turned.session.turn,
            max_digits=longest(listen.expecting),
            finish_on_key="#" if typed else "",
            timeout_s=listen.timeout_s,
        )


def _was_heard(session: Session, opened_at: int | None) -> bool:
    """Whether more than its opening became of the audio socket that was opened at this turn."""
    return opened_at is not None and session.turn > opened_at + 1
