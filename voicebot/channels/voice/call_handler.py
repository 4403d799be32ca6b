"""The telephone's `CallControl`: begins calls, continues them by keypad, and ends them."""

from __future__ import annotations

import asyncio

from voicebot.channels.media.stream import proof
from voicebot.channels.mediators.waiting_room import WaitingRoom
from voicebot.channels.service import Service
from voicebot.channels.voice.call_control import (
    AskKeys,
    CallReply,
    ConnectStream,
    EndStatus,
    IncomingCall,
    LeftQueue,
    RecordVoices,
    Refuse,
    SpeakAndHangUp,
)
from voicebot.channels.voice.sounds import sounds
from voicebot.dialogue.action import Say
from voicebot.dialogue.digits import longest
from voicebot.dialogue.policy import NUMBER_KINDS
from voicebot.dialogue.session import Session
from voicebot.errors import StoreError
from voicebot.records import CallBackOrder, Record
from voicebot.sound import Speech, packed, unpacked
from voicebot.speech.audio import encode
from voicebot.store.rate_limiter import Verdict
from voicebot.telephony.phone_numbers import e164, is_textable, may_be_dialled
from voicebot.turns.runner import ConversationRef, Reply

_APOLOGY = "common.again_later"
#: Seconds for which the address of a sound is valid.
_AUDIO_S = 3600
_GOODBYE = "common.goodbye"
_TOO_MANY, _DANGER = "common.too_many_calls", "common.too_many_danger"


class CallHandler:
    """Decides how to answer a telephone webhook; see `CallControl` for each method."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._waiting = WaitingRoom(service, service.switches, service.carrier)

    async def answer(self, call: IncomingCall) -> CallReply:
        """Somebody calls: by audio socket if we can hear, else by keypad.

        On numbers where ringing costs nothing, the call is not answered but returned. Somebody who calls
        again and again is told once, with the emergency number; after that the line is busy.
        """
        costs_nothing = e164(call.to_number) in self._service.limits.rings_back
        flood = await self._flood(call)
        if flood == "drop" or (flood == "tell" and costs_nothing):
            return Refuse("busy")
        if flood == "tell":
            return SpeakAndHangUp(sounds(self._service, (Say(_TOO_MANY), Say(_DANGER)), "normal"))
        if costs_nothing:
            return await self._ring_back(call)
        return await self._studio(call) or await self._begin(call, resumes=False)

    async def call_back(self, call: IncomingCall) -> CallReply:
        """Somebody picked up the call that we made: continue where they were."""
        return await self._begin(call, resumes=True)

    async def machine_answered(self, call_id: str) -> None:
        """Hang up: nobody is listening."""
        await self._service.carrier.update_call(call_id, end=True)

    async def keys(self, call_id: str, digits: str, event_id: str, turn: int | None = None) -> CallReply:
        """The person pressed keys, or none in time."""
        who, runner = await self._who(call_id), self._service.runner
        if digits:
            return await self._reply(who, await runner.press(who, digits, event_id, turn))
        return await self._reply(who, await runner.stay_silent(who, event_id, turn))

    async def read(self, call_id: str, text: str, event_id: str) -> CallReply:
        """The person typed instead of pressing keys, which only a web page allows."""
        who = await self._who(call_id)
        return await self._reply(who, await self._service.runner.hear(who, text, event_id))

    async def after_stream(self, call_id: str, event_id: str, turn: int | None = None) -> CallReply:
        """The audio socket is closed: the call is over, or continues at the same step.

        It continues by voice if that is likely to work: the recognizer was not lost, and the person was heard
        on the last socket. So a line that breaks at every attempt ends up at the keypad, not in a loop.
        """
        who = await self._who(call_id)
        session, version = await self._service.runner.sessions.load(who.person, who.session_id)
        if not version:
            number = await self._service.runner.sessions.people.number(who.person)
            return await self._begin_by_keypad(who, event_id, is_textable(number))
        if session.status == "handed_off":
            return await self._waiting.enter(who) or SpeakAndHangUp()
        if session.status != "open":
            return SpeakAndHangUp()
        if self._service.speech.hears and session.channel == "voice" and _was_heard(session, turn):
            return self._stream(who, session.textable, turn=session.turn)
        if session.channel == "keypad":
            return await self._reply(who, await self._service.runner.ask_again(who))
        turned = await self._service.runner.change_channel(who, "keypad", "stream closed", event_id)
        return await self._reply(who, turned)

    async def after_studio(self, call_id: str, event_id: str) -> CallReply:
        """Everything was recorded, or the person had enough."""
        return SpeakAndHangUp(sounds(self._service, (Say(_GOODBYE),)))

    async def after_handoff(self, call_id: str, left: LeftQueue, event_id: str) -> CallReply:
        """The queue returned the person: they keep waiting, or choose when to be called."""
        who = await self._who(call_id)
        next_ = await self._waiting.after(who, left)
        if next_ != "choose":
            return next_
        session, _ = await self._service.runner.sessions.load(who.person, who.session_id)
        by_voice = self._service.speech.recognizer is not None and session.channel == "voice"
        turned = await self._service.runner.come_back(who, "voice" if by_voice else "keypad", event_id)
        if by_voice and turned.listen:
            return self._stream(who, session.textable, turn=turned.session.turn)
        return await self._reply(who, turned)

    async def wait(self, call_id: str, round_: int) -> CallReply:
        """The person waits for a mediator."""
        return await self._waiting.hold(await self._who(call_id), round_)

    async def wait_keys(self, call_id: str, digits: str) -> CallReply:
        """The person pressed a key while waiting."""
        return await self._waiting.press(await self._who(call_id), digits)

    async def announce(self, call_id: str) -> CallReply:
        """The person is about to be connected."""
        return self._waiting.announce()

    async def ended(self, call_id: str, status: EndStatus, event_id: str) -> None:
        """The call is over; what was answered can be resumed."""
        person = await self._service.runner.sessions.calls.caller(call_id)
        if person:  # unanswered callers and studio callers have no session
            who = ConversationRef(person, call_id)
            await self._service.runner.hang_up(who, event_id)
            await self._waiting.leave(who, "hung_up")

    def token(self, speech: Speech) -> str:
        """`speech`, sealed: its text never appears in an address in clear."""
        return self._service.privacy.seal(packed(speech))

    async def audio(self, token: str) -> bytes | None:
        """The sound of a sealed token."""
        try:
            speech = unpacked(self._service.privacy.unseal(token, _AUDIO_S))
        except StoreError:
            return None
        return encode(await asyncio.to_thread(self._service.speech.voice.audio, speech))

    def apology(self) -> str:
        """One sentence for when we have failed."""
        prompts = self._service.prompts
        return prompts.text(prompts.render(Say(_APOLOGY), "keypad"))

    async def _studio(self, call: IncomingCall) -> CallReply | None:
        """The voice studio, for a number for which an administrator has just requested a code."""
        number = e164(call.from_number)
        if not number:
            return None
        person = self._service.privacy.pseudonym(number)
        if not await self._service.recording.codes.awaited(person):
            return None
        return RecordVoices({"person": person, "proof": proof(self._service, call.call_id, person, "studio")})

    async def _flood(self, call: IncomingCall) -> Verdict:
        person = self._service.privacy.pseudonym(e164(call.from_number) or call.call_id)
        return await self._service.limits.calls.judge(person, self._service.runner.clock())

    async def _ring_back(self, call: IncomingCall) -> CallReply:
        number = e164(call.from_number)
        if number and may_be_dialled(number, self._service.reach):
            sessions, person = self._service.runner.sessions, self._service.privacy.pseudonym(number)
            await sessions.people.keep_number(person, number)
            at = self._service.runner.clock()
            await sessions.add(person, Record(f"{call.call_id}:rang", at, CallBackOrder(person=person)))
        return Refuse("busy")

    async def _who(self, call_id: str) -> ConversationRef:
        person = await self._service.runner.sessions.calls.caller(call_id)
        if person is None:
            raise StoreError("expected a call that was answered before, got one that is unknown or forgotten")
        return ConversationRef(person, call_id)

    async def _begin(self, call: IncomingCall, resumes: bool) -> CallReply:
        number = e164(call.from_number)
        person = self._service.privacy.pseudonym(number or call.call_id)
        if number:
            await self._service.runner.sessions.people.keep_number(person, number)
        return await self.begin(
            ConversationRef(person, call.call_id), call.event_id, is_textable(number), resumes
        )

    async def begin(
        self, who: ConversationRef, event_id: str, textable: bool, resumes: bool = False
    ) -> CallReply:
        """A call begins, from somebody whose pseudonym is known."""
        await self._service.runner.sessions.calls.bind(who.session_id, who.person)
        if not self._service.speech.hears:
            return await self._begin_by_keypad(who, event_id, textable, resumes)
        return self._stream(who, textable, resumes)

    def _stream(
        self, who: ConversationRef, textable: bool, resumes: bool = False, turn: int = 0
    ) -> ConnectStream:
        told = {"person": who.person, "proof": proof(self._service, who.session_id, who.person)}
        flags = {"textable": textable, "resumes": resumes}
        told |= {name: "yes" if flag else "no" for name, flag in flags.items()}
        return ConnectStream(turn, told)

    async def _begin_by_keypad(
        self, who: ConversationRef, event_id: str, textable: bool, resumes: bool = False
    ) -> CallReply:
        turned = await self._service.runner.start(who, "keypad", event_id, textable, resumes)
        return await self._reply(who, turned)

    async def _reply(self, who: ConversationRef, turned: Reply) -> CallReply:
        session, listen = turned.session, turned.listen
        said = sounds(self._service, turned.says, session.pace, session.edition)
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
    """Whether anything beyond the greeting happened on the audio socket that was opened at this turn."""
    return opened_at is not None and session.turn > opened_at + 1
