"""What the caller will do, turn by turn, and the same prepared for sending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from voicebot.simulator.caller_voice import CallerVoice
from voicebot.speech.audio import Pcm
from voicebot.speech.telephone_line import speech_end, ticks

#: Seconds between two key presses of a person who is in no hurry.
KEY_GAP_S: Final = 0.25


@dataclass(frozen=True)
class SayText:
    """Speak `text`. `barge_in_s`: start that many seconds into the prompt instead of after it."""

    text: str
    barge_in_s: float | None = None


@dataclass(frozen=True)
class PlayWav:
    """Play the speech recorded in the WAV file `path`."""

    path: Path
    barge_in_s: float | None = None


@dataclass(frozen=True)
class Press:
    """Press `digits`, of 0-9, * and #."""

    digits: str
    barge_in_s: float | None = None


@dataclass(frozen=True)
class StaySilent:
    """Say nothing for `seconds` of audio time; the next turn does not wait for an answer to it."""

    seconds: float
    barge_in_s: float | None = None


@dataclass(frozen=True)
class HangUp:
    """Hang up."""

    barge_in_s: float | None = None


CallerTurn = SayText | PlayWav | Press | StaySilent | HangUp


@dataclass(frozen=True)
class Utterance:
    """A prepared turn: `frames` to send, and the keys pressed with them by frame number.

    `end` is the frame after the last speech or key, from which the answer is timed; None expects no answer.
    """

    label: str
    frames: tuple[Pcm, ...] = ()
    end: int | None = None
    keys: Mapping[int, str] = field(default_factory=dict)
    barge_in: int | None = None
    hangs_up: bool = False


def prepare(turns: Sequence[CallerTurn], voice: CallerVoice) -> tuple[Utterance, ...]:
    """Prepare all turns before the call, because speech synthesis takes wall time."""
    return tuple(_utterance(turn, voice) for turn in turns)


def _utterance(turn: CallerTurn, voice: CallerVoice) -> Utterance:
    barge_in = None if turn.barge_in_s is None else ticks(turn.barge_in_s)
    match turn:
        case SayText(text=text):
            return _spoken(text, voice.speak(text), barge_in)
        case PlayWav(path=path):
            return _spoken(path.name, voice.play(path), barge_in)
        case Press(digits=digits):
            gap = ticks(KEY_GAP_S)
            keys = {at * gap: digit for at, digit in enumerate(digits)}
            sound = voice.silence(gap * len(digits))
            return Utterance(f"[{digits}]", sound, (len(digits) - 1) * gap + 1, keys, barge_in)
        case StaySilent(seconds=seconds):
            return Utterance("…", voice.silence(ticks(seconds)), barge_in=barge_in)
        case HangUp():
            return Utterance("", barge_in=barge_in, hangs_up=True)


def _spoken(label: str, sound: tuple[Pcm, ...], barge_in: int | None) -> Utterance:
    return Utterance(label, sound, speech_end(sound), barge_in=barge_in)
