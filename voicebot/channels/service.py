"""What every channel works with: the runner, the words, the voice, the ears."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from voicebot.dialogue.action import Say
from voicebot.dialogue.event import Channel
from voicebot.jobs.queue import OutboxQueue
from voicebot.nlu import Understanding
from voicebot.privacy import Privacy, redact
from voicebot.prompts import Pause, Prompts, Text
from voicebot.runner import Runner
from voicebot.speech.listening import is_deaf
from voicebot.speech.piece import Piece, Rest
from voicebot.speech.stt.recognizer import Recognizer
from voicebot.speech.turn import PATIENCE_S, TurnTiming
from voicebot.speech.voice import Voice
from voicebot.store.audit import Audit
from voicebot.store.floods import Floods
from voicebot.store.mediators import Mediators
from voicebot.store.outbox import Outbox
from voicebot.store.studio_codes import StudioCodes
from voicebot.store.threads import Threads
from voicebot.store.tickets import Tickets
from voicebot.studio import Studio
from voicebot.switchboard.duty import Duty, noted
from voicebot.switchboard.rings import Rings
from voicebot.switchboard.switchboard import Switchboard
from voicebot.twilio.rest import TwilioClient


@dataclass(frozen=True)
class Switches:
    """What connects people and mediators. Calls to people show `our_number` ("": whatever Twilio shows)."""

    tickets: Tickets
    duty: Duty
    rings: Rings
    board: Switchboard
    our_number: str = ""


@dataclass(frozen=True)
class Service:
    """One running voicebot. `recognizer` is None where no engine is installed: calls go by keypad.

    Calls to the numbers of `rings_back` (E.164) are not taken but returned, at no cost to the caller.
    Only numbers with one of the beginnings `reach` are written to and called.
    A caller waits `patience_s` seconds for the recognizer, then is asked for a moment.
    `queue` is None where no account of Twilio's is configured: what is to be sent waits in the outbox.
    """

    runner: Runner
    prompts: Prompts
    understanding: Understanding
    voice: Voice
    privacy: Privacy
    recognizer: Recognizer | None
    public_url: str
    outbox: Outbox
    twilio: TwilioClient | None = None
    queue: OutboxQueue | None = None
    floods: Floods | None = None
    threads: Threads | None = None
    tickets: Tickets | None = None
    mediators: Mediators | None = None
    switches: Switches | None = None
    studio: Studio | None = None
    codes: StudioCodes | None = None
    audit: Audit | None = None
    watch: Callable[[TurnTiming], None] = lambda timing: None
    rings_back: frozenset[str] = frozenset()
    patience_s: float = PATIENCE_S
    call_floods: Floods | None = None
    reach: tuple[str, ...] = ("+",)

    @property
    def hears(self) -> bool:
        """Whether calls go by voice now: there is a recognizer, and it does not hang."""
        return self.recognizer is not None and not is_deaf()


def unconnected(service: Service) -> Service:
    """The same where nobody can be connected: what is asked of a mediator is noted, as by SMS."""
    lookups = {**service.runner.lookups, "permanence": noted}
    return replace(service, switches=None, runner=replace(service.runner, lookups=lookups))


def wording(prompts: Prompts, says: tuple[Say, ...], channel: Channel) -> str:
    """The text of a whole turn for its record: what holds an answer of the person is redacted."""
    pieces = [piece for say in says for piece in prompts.render(say, channel) if isinstance(piece, Text)]
    return " ".join(piece.text if piece.key else redact(piece.text) for piece in pieces)


def to_say(piece: Text | Pause) -> Piece | Rest:
    """What the prompts call a piece, as the voice knows it."""
    if isinstance(piece, Pause):
        return Rest(piece.seconds)
    return Piece(piece.text, piece.key, tuple(to_say(part) for part in piece.parts))
