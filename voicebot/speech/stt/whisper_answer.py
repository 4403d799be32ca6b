"""What one encoded sound answers to a question: chosen among what is expected, spelled in digits, or written.

All ways hear the same encoding, so that a second one costs a few steps of the decoder. Whoever says more than
an answer is never cut to it: a choice is what the whole sound can be, and else the free text counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from voicebot.speech.stt.recognizer import Expected, Transcript
from voicebot.speech.stt.whisper_choice import Choice
from voicebot.speech.stt.whisper_digits import COUNTED, KINDS, Spelled, before_digits, reading
from voicebot.speech.stt.whisper_text import Decoded, repeats, same

#: A closed answer is a choice among the phrases (`whisper_choice`) in a sound of at most so many seconds. It
#: is taken as it is when one of the phrases was said more probably than not; where free text loops or is made
#: up, as it is for many a short soft word, less suffices. Chosen with `benchmarks.short_words`.
_LONGEST_CHOICE_S: Final = 3.0
_CLEARLY_CHOSEN, _FAINTLY_CHOSEN = 0.5, 0.1
#: Two answers that are nearly as likely are both told (difference of log-probabilities).
_NARROW_MARGIN: Final = 1.0


@dataclass(frozen=True)
class Rescue:
    """When an answer is preferred to a free text that is none: natural logarithms.

    The choice as a whole is at least so likely (`least`), and less likely than the text by at most `gap`; the
    best is likelier than the next by `margin`. Chosen on 418 sounds of the training voices through new lines,
    half of them in a loud room: of 52 single months and days 47 instead of 39 were right, and none of 46
    other sounds was forced onto one.
    """

    least: float
    gap: float
    margin: float
    confidence: float


#: A handful of phrases (months, days); not yes and no, where it took "mon fils" for "non" and the like.
_OF_PHRASES: Final = Rescue(least=-5.5, gap=4.0, margin=1.5, confidence=0.7)
_FEWEST_PHRASES, _MOST_PHRASES = 3, 16
#: A number is read back with so little confidence, which costs less than to ask again.
_OF_NUMBERS: Final = Rescue(least=-5.0, gap=3.0, margin=1.0, confidence=0.5)
_OF_DIGITS: Final = Rescue(least=-1.5, gap=1.0, margin=0.0, confidence=0.5)
#: Digits that no such answer has ("75108" is no postal code) yield to digits that are one, which are always
#: read back.
_OF_CODES: Final = Rescue(least=-4.0, gap=4.0, margin=0.0, confidence=0.5)
_CODES: Final = frozenset({"postal_code", "phone", "date", "code"})
#: An answer in digits that is at least so likely as a whole needs no second reading.
_SURELY_WRITTEN: Final = -0.1
#: Two readings of digits are both told when they differ by less: of 66 such the first was right 31 times,
#: another that was followed 21 times.
_NARROW_DIGITS: Final = 1.5

#: An open question heard with less confidence is heard again without our hints, which Whisper writes where
#: it lost the words. With the noise taken out, 53 % instead of 44 % of 192 noisy requests were understood,
#: and none instead of 5 % acted upon wrongly (docs/decisions/0004).
_HEARD_CLEARLY: Final = 0.75
_OPEN_KIND: Final = "intent"
#: Questions whose phrases are many small words.
_YES_NO: Final = frozenset({"yes_no", "more"})


class Hearing(Protocol):
    """One sound of `seconds`, as `whisper_engine.Hearing`."""

    @property
    def seconds(self) -> float:
        """How long it is."""
        ...

    def decode(self, phrases: Sequence[str]) -> Decoded:
        """Its text, where `phrases` are likely."""
        ...

    def choose(self, phrases: tuple[str, ...]) -> Choice:
        """How probably each of `phrases` is all that it says."""
        ...

    def count(self, kind: str) -> Choice:
        """How probably a common number is all that it says."""
        ...

    def spell(self, kind: str, before: str) -> tuple[Spelled, ...]:
        """What it can be as an answer made of digits."""
        ...

    def weigh(self, texts: Sequence[str]) -> Sequence[float] | NDArray[np.float64]:
        """The log-probability of each text."""
        ...


@dataclass(frozen=True)
class Answer:
    """What `hearing` answers where `expected` is likely."""

    expected: Expected
    hearing: Hearing

    def heard(self) -> Transcript:
        """The answer; nothing where nobody spoke."""
        choice, kind = self._choice(), self.expected.kind
        if choice.confidence >= _CLEARLY_CHOSEN:
            return _chosen(choice, kind)
        written = self.hearing.decode(() if kind in KINDS else self.expected.phrases)
        free = self._free(written)
        if not free.text and choice.confidence >= _FAINTLY_CHOSEN:
            return _chosen(choice, kind)
        if free.text and kind in KINDS:
            return self._in_digits(choice, written, free)
        if self._is_handful(free) and _rescues(_OF_PHRASES, choice, written):
            return Transcript(choice.phrase, _OF_PHRASES.confidence)
        if kind != _OPEN_KIND or free.confidence >= _HEARD_CLEARLY:
            return free
        return _both(free, self.hearing.decode(()))

    def _choice(self) -> Choice:
        expected = self.expected
        if self.hearing.seconds > _LONGEST_CHOICE_S:
            return Choice()
        if expected.kind in COUNTED:
            return self.hearing.count(expected.kind)
        return self.hearing.choose(expected.phrases) if expected.closed and expected.phrases else Choice()

    def _free(self, decoded: Decoded) -> Transcript:
        repeated = repeats(decoded.text, self.expected.phrases)
        if decoded.made_up or (decoded.loops and not repeated):
            return Transcript()
        return Transcript(repeated or decoded.text, decoded.confidence)

    def _is_handful(self, free: Transcript) -> bool:
        """Whether the answer can be one of a handful of phrases, and is none of them as it was written."""
        phrases = self.expected.phrases
        few = _FEWEST_PHRASES <= len(phrases) <= _MOST_PHRASES and self.expected.closed
        few = few and self.expected.kind not in _YES_NO
        return few and not any(same(free.text, phrase) for phrase in phrases)

    def _in_digits(self, choice: Choice, written: Decoded, free: Transcript) -> Transcript:
        """The free text where it can be an answer, and how sure that is beside other readings."""
        kind = self.expected.kind
        own = reading(kind, free.text)
        if own is not None and written.total >= _SURELY_WRITTEN:
            return free
        before = before_digits(free.text)
        spelled = self.hearing.spell(kind, before if before != free.text else "")
        if own is not None:
            return _beside(free, written.total, own, spelled)
        if _rescues(_OF_NUMBERS, choice, written):
            return _chosen(choice, kind, _OF_NUMBERS.confidence)
        impossible = kind in _CODES and before != free.text
        if spelled and self._fits(spelled[0], free, _OF_CODES if impossible else _OF_DIGITS):
            others = tuple(each.text for each in spelled[1:2])
            return Transcript(spelled[0].text, _OF_DIGITS.confidence, others)
        return free

    def _fits(self, spelled: Spelled, free: Transcript, rescue: Rescue) -> bool:
        """Whether digits are nearly as likely as the free text, which is no answer."""
        if spelled.log_prob < rescue.least:
            return False
        digits, text = self.hearing.weigh((spelled.text, free.text))
        return bool(text - digits <= rescue.gap)


def _rescues(rescue: Rescue, choice: Choice, written: Decoded) -> bool:
    likely = choice.any_log_prob >= max(rescue.least, written.total - rescue.gap)
    return bool(choice.phrase) and likely and choice.margin >= rescue.margin


def _beside(free: Transcript, log_prob: float, own: str, spelled: Sequence[Spelled]) -> Transcript:
    """`free`, which says `own`, with as much confidence as other values leave it."""
    rivals = [each for each in spelled if each.value != own]
    mine = max([log_prob, *(each.log_prob for each in spelled if each.value == own)])
    against = float(np.logaddexp.reduce([each.log_prob for each in rivals])) if rivals else -np.inf
    share = 1 / (1 + exp(min(50.0, against - mine)))
    near = tuple(each.text for each in rivals[:1] if mine - each.log_prob < _NARROW_DIGITS)
    return Transcript(free.text, min(free.confidence, share), near)


def _chosen(choice: Choice, kind: str, most: float = 1.0) -> Transcript:
    """The best phrase. A number's confidence is its own, else that of any phrase: many mean the same."""
    others = (choice.next_phrase,) if choice.margin < _NARROW_MARGIN else ()
    share = 1 / (1 + exp(-min(50.0, choice.margin))) if kind in COUNTED else 1.0
    return Transcript(choice.phrase, min(most, choice.confidence * share), others)


def _both(first: Transcript, second: Decoded) -> Transcript:
    """What was heard with hints, beside what was heard without; either may be nothing."""
    if second.made_up or second.loops:
        return first
    if not first.text:
        return Transcript(second.text, second.confidence)
    return Transcript(first.text, first.confidence, (second.text,))
