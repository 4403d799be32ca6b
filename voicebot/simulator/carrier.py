"""Twilio's part in a call: asks the app what to do by webhook, and does it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4
from xml.etree.ElementTree import Element

import httpx

from voicebot.errors import CallError
from voicebot.simulator.caller import Caller
from voicebot.simulator.caller_voice import CallerVoice
from voicebot.simulator.clock import Clock
from voicebot.simulator.document import parse_twiml
from voicebot.simulator.keypad_leg import Player
from voicebot.simulator.line import LineDropped, PhoneLine
from voicebot.simulator.messages import Inbound
from voicebot.simulator.options import CallOptions
from voicebot.simulator.queue_leg import QueueLeg
from voicebot.simulator.report import CallReport, Ending, Minutes
from voicebot.simulator.script import Answers, script
from voicebot.simulator.stream_leg import run_stream
from voicebot.simulator.turns import CallerTurn
from voicebot.simulator.webhook import TIMEOUT, WebhookClient, WebhookReply
from voicebot.speech.telephone_line import TICKS_PER_S

#: More documents than this in one call means a redirect loop.
MOST_DOCUMENTS: Final = 500


@dataclass(frozen=True)
class Goto:
    """Fetch the next document."""

    url: str
    method: str
    form: Mapping[str, str] = field(default_factory=dict)


async def place_call(
    app_url: str,
    auth_token: str,
    turns: Sequence[CallerTurn] | Answers,
    voice: CallerVoice,
    options: CallOptions,
) -> CallReport:
    """Call the app at `app_url` and play `turns`; the report lists any faults of the app.

    With `Answers` the caller answers whichever question the journal names.
    """
    call_sid = f"CA{uuid4().hex}"
    minutes = Minutes(call_sid, options.journal, options.view)
    said = await asyncio.to_thread(script, turns, voice, minutes.question)
    caller = Caller(said, voice.silence(3 * TICKS_PER_S), options.think_s, options.patience_s)
    line = PhoneLine(caller, Clock(options.tempo), minutes, options.view, options.longest_s)
    origin = app_url.rstrip("/")
    async with httpx.AsyncClient(timeout=TIMEOUT) as client:
        webhooks = WebhookClient(client, origin, (options.public_origin or origin).rstrip("/"), auth_token)
        call = SimulatedCall(call_sid, webhooks, line, options)
        ending = await call.run()
    if options.wav:
        await asyncio.to_thread(line.recording.save, options.wav)
    last = minutes.last(ending)
    options.view.ended(last)
    return CallReport(
        call_sid, ending, tuple(minutes.lines), last, tuple(line.problems), call.queue, line.recording.seconds
    )


class SimulatedCall:
    """One call: fetches documents and carries out their verbs in turn."""

    def __init__(self, call_sid: str, webhooks: WebhookClient, line: PhoneLine, options: CallOptions) -> None:
        self.queue: str | None = None
        self._has_talked = False
        self._webhooks, self._line, self._options = webhooks, line, options
        self._player = Player(line, webhooks, options.say_voice)
        self._account_sid = f"AC{'0' * 32}"
        self._form = {
            "CallSid": call_sid,
            "AccountSid": self._account_sid,
            "From": options.from_number,
            "Caller": options.from_number,
            "To": options.to_number,
            "Called": options.to_number,
            "Direction": "inbound",
            "ApiVersion": "2010-04-01",
            "FromCountry": "FR",
            "ToCountry": "FR",
        }

    async def run(self) -> Ending:
        """From the first ring to the last status callback."""
        try:
            ending = await self._follow(Goto(self._public(self._options.voice_path), "POST"))
        except LineDropped as dropped:
            ending = dropped.ending
        except CallError as error:
            self._line.complain(str(error))
            ending = "app_failed"
        await self._report_completed()
        await self._line.minutes.catch_up()
        return ending

    async def _follow(self, goto: Goto) -> Ending:
        status = "ringing"
        for _ in range(MOST_DOCUMENTS):
            form = {**self._form, "CallStatus": status, **goto.form}
            reply = await self._webhooks.request(goto.method, goto.url, form)
            if self._options.exchange:
                self._options.exchange.documents.append(reply.body.decode())
            await self._line.wait_for(reply.seconds)
            status = "in-progress"
            outcome = await self._play(reply)
            if not isinstance(outcome, Goto):
                return outcome
            goto = outcome
        raise CallError(f"expected the call to end, got {MOST_DOCUMENTS} documents: look for a redirect loop")

    async def _play(self, reply: WebhookReply) -> Goto | Ending:
        for verb in parse_twiml(reply.body):
            outcome = await self._perform(verb, reply.url)
            if outcome is not None:
                return outcome
        return "app_hung_up"

    async def _perform(self, verb: Element, url: str) -> Goto | Ending | None:
        match verb.tag:
            case "Say" | "Play" | "Pause":
                await self._player.play(verb, url)
                return None
            case "Connect":
                return await self._connect(verb, url)
            case "Gather":
                return await self._gather(verb, url)
            case "Redirect":
                return self._goto(verb, url, (verb.text or "").strip())
            case "Enqueue":
                return await self._enqueue(verb, url)
            case "Dial":
                return "dialled"
            case "Hangup":
                return "app_hung_up"
            case "Reject":
                return "rejected"
        self._line.complain(f"12200: expected a verb of voice TwiML, got {verb.tag}: ignored")
        return None

    async def _connect(self, verb: Element, url: str) -> Goto | None:
        stream = verb.find("Stream")
        if stream is None or not stream.get("url"):
            raise CallError("12100: expected Stream with a url in Connect")
        stream_url = stream.get("url", "")
        parameters = {one.get("name", ""): one.get("value", "") for one in stream.findall("Parameter")}
        inbound = Inbound(self._account_sid, self._form["CallSid"], f"MZ{uuid4().hex}")
        if not self._options.keypad:
            headers = self._webhooks.stream_headers(stream_url)
            await run_stream(self._line, self._webhooks.local(stream_url), headers, inbound, parameters)
        return self._goto(verb, url, verb.get("action", "")) if verb.get("action") else None

    async def _enqueue(self, verb: Element, url: str) -> Goto | Ending:
        """Wait, if there are queues. After a talk the caller hangs up, unless `stays` is set."""
        self.queue, exchange = (verb.text or "").strip(), self._options.exchange
        if exchange is None:
            return "queued"
        if self._has_talked and not self._options.stays:
            await self._left_the_queue(verb, url, "hangup")
            return "caller_hung_up"
        wait_url = self._webhooks.public(url, verb.get("waitUrl", ""))
        leg = QueueLeg(self._player, exchange, self._form | {"CallStatus": "in-progress"})
        try:
            result = await leg.wait(self.queue, wait_url)
        except LineDropped:
            await self._left_the_queue(verb, url, "hangup")
            raise
        self._has_talked = self._has_talked or result == "bridged"
        return self._goto(verb, url, verb.get("action", ""), self._left(result))

    async def _left_the_queue(self, verb: Element, url: str, result: str) -> None:
        """The caller is gone: the action is told, and its answer leads nowhere."""
        goto = self._goto(verb, url, verb.get("action", ""))
        told = {"CallStatus": "completed"} | self._left(result)
        await self._webhooks.request(goto.method, goto.url, self._form | told)

    def _left(self, result: str) -> dict[str, str]:
        """What is reported about a queue that was left."""
        return {"QueueResult": result, "QueueSid": f"QU{self._form['CallSid'][2:]}", "QueueTime": "1"}

    async def _gather(self, verb: Element, url: str) -> Goto | None:
        pressed = await self._player.gather(verb, url)
        if not pressed.digits and verb.get("actionOnEmptyResult") != "true":
            return None
        form = {"Digits": pressed.digits, "FinishedOnKey": pressed.finished_on, "msg": "Gather End"}
        return self._goto(verb, url, verb.get("action", ""), form)

    def _goto(self, verb: Element, url: str, reference: str, form: Mapping[str, str] | None = None) -> Goto:
        return Goto(self._webhooks.public(url, reference), verb.get("method", "POST").upper(), form or {})

    def _public(self, path: str) -> str:
        return self._webhooks.public_origin + path

    async def _report_completed(self) -> None:
        seconds = str(round(self._line.recording.seconds))
        form = self._form | {"CallStatus": "completed", "CallDuration": seconds}
        try:
            await self._webhooks.request("POST", self._public(self._options.status_path), form)
        except CallError as error:
            self._line.complain(str(error))
