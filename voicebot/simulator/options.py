"""How a simulated call is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from voicebot.simulator.clock import Tempo
from voicebot.simulator.exchange import Exchange
from voicebot.simulator.report import Journal, Unseen, View
from voicebot.speech.tts.synthesizer import Synthesizer


@dataclass(frozen=True)
class CallOptions:
    """How a simulated call is made. All times are seconds of audio time.

    `keypad` simulates a network in which media streams never open. `think_s` is the caller's pause before a
    turn, `patience_s` how long they wait for an answer, `longest_s` how long a call may last. `public_origin`
    is the origin that the app believes it has (default: the one where it is reached). `wav` is where to
    record, `say_voice` stands in for Twilio's voice. `exchange` holds the queues; without one, a call that is
    put into a queue ends there. `stays`: whether the caller waits again after a talk that was cut off.
    """

    tempo: Tempo = "fast"
    from_number: str = "+33639980001"
    to_number: str = "+33939000001"
    keypad: bool = False
    think_s: float = 0.4
    patience_s: float = 30.0
    longest_s: float = 900.0
    public_origin: str | None = None
    voice_path: str = "/twilio/voice"
    status_path: str = "/twilio/voice/status"
    wav: Path | None = None
    say_voice: Synthesizer | None = None
    exchange: Exchange | None = None
    stays: bool = False
    journal: Journal | None = None
    view: View = field(default_factory=Unseen)
