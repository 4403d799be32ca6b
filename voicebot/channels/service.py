"""What every channel works with: the runner, the words, the voice, the recognizer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from voicebot.channels.text_passing import TextPassing
from voicebot.dialogue.action import Say
from voicebot.dialogue.event import Channel
from voicebot.nlu import Understanding
from voicebot.outbox.queue import NoQueue, OutboxQueue
from voicebot.privacy import Privacy, redact
from voicebot.prompts import Prompts
from voicebot.sound import Speech
from voicebot.speech.recognition_task import is_deaf
from voicebot.speech.stt.recognizer import Recognizer
from voicebot.speech.turn import PATIENCE_S, TurnTiming
from voicebot.speech.voice import Voice
from voicebot.store.audit import Audit
from voicebot.store.mediators import Mediators
from voicebot.store.outbox import Outbox
from voicebot.store.rate_limiter import RateLimiter
from voicebot.store.studio_codes import StudioCodes
from voicebot.store.threads import Threads
from voicebot.store.tickets import Tickets
from voicebot.studio import Studio
from voicebot.switchboard.duty import Duty, noted
from voicebot.switchboard.rings import Rings
from voicebot.switchboard.switchboard import Switchboard
from voicebot.telephony.media import MediaSource, NoMedia
from voicebot.turns.runner import Runner


class Carrier(Protocol):
    """What channels ask of Twilio during a call."""

    async def update_call(self, call_id: str, *, end: bool) -> None:
        """End a call. Raises TwilioRefused or TwilioUnreachable."""

    async def delete_queue(self, queue_id: str) -> None:
        """Delete an empty queue. Raises as `update_call`."""


class NoCarrier:
    """Used if no account is configured: nobody is called, so there is nothing to end."""

    async def update_call(self, call_id: str, *, end: bool) -> None:
        """Does nothing."""

    async def delete_queue(self, queue_id: str) -> None:
        """Does nothing."""


@dataclass(frozen=True, kw_only=True)
class Conversations:
    """What every channel needs: turns are taken by `runner`, and their answers worded with its prompts.

    Only numbers with one of the prefixes in `reach` are texted and called.
    """

    runner: Runner
    privacy: Privacy
    outbox: Outbox
    public_url: str
    reach: tuple[str, ...] = ("+",)

    @property
    def prompts(self) -> Prompts:
        """The sentences that new conversations begin with."""
        return self.runner.editions.current.prompts

    @property
    def understanding(self) -> Understanding:
        """The words that new conversations begin with."""
        found: Understanding = self.runner.editions.current.understanding
        return found

    def prompts_of(self, edition: str) -> Prompts:
        """The sentences of the edition that a conversation began with (`Session.edition`)."""
        return self.runner.editions.of(edition).prompts


@dataclass(frozen=True, kw_only=True)
class SpeechEngines:
    """What calls need: a voice and, if an engine is installed, a recognizer; without one they go by keypad.

    A caller waits `patience_s` seconds for the recognizer before being asked to hold on. `watch` is told how
    long each reply took.
    """

    voice: Voice
    recognizer: Recognizer | None
    patience_s: float = PATIENCE_S
    watch: Callable[[TurnTiming], None] = lambda timing: None

    @property
    def hears(self) -> bool:
        """Whether calls currently go by voice: there is a recognizer, and it does not hang."""
        return self.recognizer is not None and not is_deaf()


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much one number, and all of them together, may text and call.

    Calls to the numbers in `rings_back` (E.164) are not answered but returned, at no cost to the caller.
    """

    texts: RateLimiter
    calls: RateLimiter
    rings_back: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Switches:
    """What connects people and mediators; if not `connected`, requests for a mediator are only noted.

    Calls to people show `our_number` ("": whatever Twilio shows).
    """

    tickets: Tickets
    mediators: Mediators
    threads: Threads
    duty: Duty
    rings: Rings
    board: Switchboard
    our_number: str = ""
    connected: bool = True

    @property
    def passing(self) -> TextPassing:
        """How texts reach mediators."""
        return TextPassing(self.tickets, self.threads)


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What the voice studio needs on the telephone."""

    studio: Studio
    codes: StudioCodes
    audit: Audit


@dataclass(frozen=True, kw_only=True)
class Service(Conversations):
    """One running voicebot: what every channel needs, and the parts that only some need.

    If no account is configured, whatever is to be sent waits in the outbox.
    """

    speech: SpeechEngines
    limits: Limits
    switches: Switches
    recording: Recording
    carrier: Carrier
    media: MediaSource = field(default_factory=NoMedia)
    queue: OutboxQueue | NoQueue


def unconnected(service: Service) -> Service:
    """The same service for trying it: requests for a mediator are noted, as by SMS, and marked as trials."""
    lookups = {**service.runner.lookups, "permanence": noted}
    apart = replace(service.switches, connected=False)
    return replace(service, switches=apart, runner=replace(service.runner, lookups=lookups, trial=True))


def wording(prompts: Prompts, says: tuple[Say, ...], channel: Channel) -> str:
    """The text of a whole turn for its record; anything that contains a person's answer is redacted."""
    pieces = [piece for say in says for piece in prompts.render(say, channel) if isinstance(piece, Speech)]
    return " ".join(piece.text if piece.key else redact(piece.text) for piece in pieces)
