"""When has the person finished? Decided from speech probabilities and audio time, never from a clock.

How long a silence ends the turn depends on the question and on what was understood so far: an answer that is
already complete needs little, the middle of a number or an "euh" needs more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: How the words heard so far look: a whole answer, words that could continue, or a hesitation.
Progress = Literal["complete", "open", "hesitating"]
Signal = Literal["started", "paused", "ended", "timeout"]

#: Low, because a short "oui" over the telephone peaks at 0.3 to 0.6; noise and coughs stay under 0.2.
_SPEECH_ON = 0.3
_SPEECH_OFF = 0.2
#: Seconds. Speech shorter than this is a click or a cough.
_ONSET_S = 0.09
_LONGEST_UTTERANCE_S = 20.0
#: Seconds. Somebody whose words we missed is waiting for us: after this much silence we ask again.
_AFTER_NOTHING_S = 5.0


@dataclass(frozen=True)
class Patience:
    """Seconds of silence after which the turn ends, by progress; after `pause` we check what was said.

    Voice activity lasts about 0.1 s beyond the last sound, which is part of the person's wait. With Whisper a
    check costs a quarter of a second of a core, in vain if the person continues: after 0.06 s, one check in
    four came in the middle of a "oui".
    """

    complete: float
    open: float
    hesitating: float
    pause: float = 0.09

    def after(self, progress: Progress) -> float:
        """The silence allowed after words that look like `progress`, in seconds."""
        return {"complete": self.complete, "open": self.open, "hesitating": self.hesitating}[progress]


_CLOSED = Patience(complete=0.12, open=0.7, hesitating=1.6)
_NUMBER = Patience(complete=0.4, open=1.0, hesitating=1.8)
_PATIENCE = {
    "yes_no": _CLOSED,
    "choice": _CLOSED,
    "more": _CLOSED,
    "month": _CLOSED,
    "age": _NUMBER,
    "number": _NUMBER,
    "amount": _NUMBER,
    "postal_code": Patience(complete=0.45, open=1.4, hesitating=2.0),
    "code": Patience(complete=0.45, open=1.4, hesitating=2.0),
    "phone": Patience(complete=0.35, open=1.8, hesitating=2.2),
    "date": Patience(complete=0.6, open=1.3, hesitating=2.0),
}
_OPEN_QUESTION = Patience(complete=0.4, open=0.8, hesitating=1.8)


def patience(kind: str) -> Patience:
    """How long to wait at a question of `kind` (see `dialogue.meaning.KINDS`)."""
    return _PATIENCE.get(kind, _OPEN_QUESTION)


class Endpointer:
    """Follows one answer. Feed it every window of audio; times are seconds of audio."""

    def __init__(self, kind: str, timeout_s: float) -> None:
        self._patience = patience(kind)
        self._timeout_s = timeout_s
        self._waited_s = 0.0
        self._onset_s = 0.0
        self._spoken_s = 0.0
        self._silence_s = 0.0
        self._speaking = False
        self._paused = False
        self._over = False
        self._pauses = 0
        self.progress: Progress = "open"

    @property
    def speaking(self) -> bool:
        """True from the start of speech to the end of the turn, pauses included."""
        return self._speaking

    @property
    def pause(self) -> int:
        """Which of the person's pauses this is, counted from 1 at the signal "paused"; 0 while they speak."""
        return self._pauses if self._speaking and self._paused else 0

    @property
    def silence_s(self) -> float:
        """How many seconds the person has been silent since the last word."""
        return self._silence_s

    def hear(self, probability: float, window_s: float) -> Signal | None:
        """Take the speech probability (0 to 1) of the next `window_s` seconds; None after the end."""
        if self._over:
            return None
        follow = self._in_speech if self._speaking else self._before
        signal = follow(probability, window_s)
        self._over = signal in ("ended", "timeout")
        return signal

    def dismiss(self) -> None:
        """Nothing was recognized: wait for the answer again, but not as long as if nobody had tried."""
        self._waited_s = max(self._waited_s, self._timeout_s - _AFTER_NOTHING_S)
        self._speaking = self._over = False
        self._onset_s = self._silence_s = self._spoken_s = 0.0
        self.progress = "open"

    def _before(self, probability: float, window_s: float) -> Signal | None:
        self._waited_s += window_s
        self._onset_s = self._onset_s + window_s if probability >= _SPEECH_ON else 0.0
        if self._onset_s >= _ONSET_S:
            self._speaking, self._spoken_s, self._silence_s, self._paused = True, self._onset_s, 0.0, False
            return "started"
        return "timeout" if self._waited_s >= self._timeout_s else None

    def _in_speech(self, probability: float, window_s: float) -> Signal | None:
        self._spoken_s += window_s
        if probability >= _SPEECH_OFF:
            self._silence_s, self._paused = 0.0, False
        else:
            self._silence_s += window_s
        if self._silence_s >= self._patience.after(self.progress) or self._spoken_s >= _LONGEST_UTTERANCE_S:
            return "ended"
        if self._silence_s >= self._patience.pause and not self._paused:
            self._paused = True
            self._pauses += 1
            return "paused"
        return None
