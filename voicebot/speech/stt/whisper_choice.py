"""A closed answer as a choice among phrases instead of a text freely written. Pure.

The decoder is asked how probably each phrase is all that was said: its tokens, then an end. What is left of
the probability belongs to everything else, so that a refusal needs no second model. Which phrase it is, if it
is one, is judged relative to what the decoder makes of mere hiss: it likes some words for themselves. Free
text loops on a short soft word ("oui, ouii, ouii, …"); a choice cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Final

import numpy as np
from numpy.typing import NDArray

LogProbs = NDArray[np.float64]
"""Log-probabilities of every token at one place, shape (vocabulary,)."""
Tokens = tuple[int, ...]
"""The tokens of one way to write a phrase."""

#: Only phrases whose first token is at most so much less likely than the likeliest one are followed further,
#: and at most so many: each costs some milliseconds.
_NEAR: Final = 6.0
_MOST_FOLLOWED: Final = 8
_HOPELESS: Final = -6.0
#: What each further token costs when it is decided who is followed: many phrases may begin alike.
_PER_TOKEN: Final = 1.5
#: A sound is as long as its phrase when it lasts so many seconds a letter, beside what is around the words.
_SOUND_AROUND_S: Final = 0.75
_SECONDS_A_LETTER: Final = 0.09
#: A digit is said in about so many letters.
_LETTERS_A_DIGIT: Final = 6
#: How much of what hiss alone makes likely is taken off (log-probabilities). Of 45 single human words 43 were
#: chosen rightly with it, and of synthetic ones as many as without.
_OF_HISS: Final = 0.5


@dataclass(frozen=True)
class Choice:
    """The likeliest phrase, natural logarithms of probabilities, and the phrase next to it.

    `log_prob` is that of the best phrase, `next_log_prob` that of `next_phrase`, both less what hiss makes
    likely; `any_log_prob` is that of any phrase at all having been said and nothing more.
    """

    phrase: str = ""
    log_prob: float = -np.inf
    next_phrase: str = ""
    next_log_prob: float = -np.inf
    any_log_prob: float = -np.inf

    @property
    def confidence(self) -> float:
        """How probably one of the phrases was said, 0 to 1."""
        return min(1.0, exp(self.any_log_prob))

    @property
    def margin(self) -> float:
        """By how much the best is likelier than the next."""
        return self.log_prob - self.next_log_prob


def paths(phrases: Sequence[str], encode: Callable[[str], Sequence[int]]) -> dict[Tokens, str]:
    """Every way in which one of `phrases` is written, in lower case and as a sentence."""
    return ways([(phrase, (phrase, phrase[:1].upper() + phrase[1:])) for phrase in phrases], encode)


def ways(
    phrases: Iterable[tuple[str, Sequence[str]]], encode: Callable[[str], Sequence[int]]
) -> dict[Tokens, str]:
    """Every way in which a phrase is written, given with it."""
    found: dict[Tokens, str] = {}
    for phrase, written in phrases:
        for way in written:
            found.setdefault(tuple(encode(f" {way}")), phrase)
    return found


def nearest(first: LogProbs, known: Mapping[Tokens, str]) -> list[Tokens]:
    """Which of the `known` paths are worth following after the `first` token's log-probabilities.

    None where all together are so unlikely that nothing would come of it, as in most free sentences.
    """
    if not known:
        return []
    beginnings = list({path[0] for path in known})
    if np.logaddexp.reduce(first[beginnings]) < _HOPELESS:
        return []
    best = max(first[beginnings])
    near = [path for path in known if first[path[0]] > best - _NEAR]
    near.sort(key=lambda path: -(first[path[0]] - _PER_TOKEN * (len(path) - 1)))
    return near[:_MOST_FOLLOWED]


def is_brief(phrase: str, seconds: float) -> bool:
    """Whether nobody says more than `phrase` in `seconds` of sound."""
    letters = sum(_LETTERS_A_DIGIT if letter.isdigit() else 1 for letter in phrase)
    return seconds <= _SOUND_AROUND_S + _SECONDS_A_LETTER * letters


@dataclass(frozen=True)
class Ends:
    """The tokens that may stand behind an answer: the end of text, a full stop and its like, a comma."""

    text: int
    stops: tuple[int, ...]
    comma: int


def chosen(
    known: Mapping[Tokens, str],
    followed: Mapping[Tokens, Sequence[LogProbs]],
    ends: Ends,
    seconds: float,
    hiss: LogProbs | None = None,
) -> Choice:
    """The choice, given the log-probabilities of every token along each path `followed`.

    `hiss` is what they are for the first token where nobody speaks. Of each path there are also those behind
    its last token and behind a comma after it. In a sound of so many `seconds` that more may have been said a
    full stop is no end, and a comma never is when other words follow: "oui, mais seulement l'hiver", but
    "oui, oui".
    """
    chances: dict[str, float] = {}
    relative: dict[str, float] = {}
    for path, steps in followed.items():
        phrase = known[path]
        said = sum(float(steps[place][token]) for place, token in enumerate(path))
        again = {other[0] for other, same in known.items() if same == phrase}
        behind, behind_comma = steps[len(path)], steps[len(path) + 1]
        stops = ends.stops if is_brief(phrase, seconds) else ()
        over = float(np.logaddexp.reduce(behind[[ends.text, *stops]]))
        repeated = float(behind[ends.comma] + np.logaddexp.reduce(behind_comma[[ends.text, *again]]))
        whole = said + float(np.logaddexp(over, repeated))
        chances[phrase] = float(np.logaddexp(chances.get(phrase, -np.inf), whole))
        beyond = whole - (_OF_HISS * float(hiss[path[0]]) if hiss is not None else 0.0)
        relative[phrase] = float(np.logaddexp(relative.get(phrase, -np.inf), beyond))
    if not chances:
        return Choice()
    ranked = sorted(relative, key=lambda phrase: -relative[phrase])
    following = ranked[1] if len(ranked) > 1 else ""
    return Choice(
        ranked[0],
        relative[ranked[0]],
        following,
        relative.get(following, -np.inf),
        float(np.logaddexp.reduce(list(chances.values()))),
    )


def log_softmax(logits: NDArray[np.float32]) -> LogProbs:
    """Log-probabilities of what a decoder gives, shape (vocabulary,)."""
    shifted = logits.ravel().astype(np.float64)
    shifted -= shifted.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()))
