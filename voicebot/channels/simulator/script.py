"""What the caller does next: the turns in order, or an answer to whatever question was asked."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from voicebot.channels.simulator.caller_voice import CallerVoice
from voicebot.channels.simulator.turns import Turn, Utterance, prepare

HANG_UP: Final = Utterance("", hangs_up=True)
#: Who has answered the same question so often gives up.
MOST_ANSWERS: Final = 4

#: The key of the question that is open, None before the first.
Question = Callable[[], str | None]


class Script(Protocol):
    """Where the caller's turns come from."""

    def upcoming(self) -> Utterance:
        """The turn that would come now."""

    def take(self) -> Utterance:
        """That turn, begun."""


@dataclass(frozen=True)
class Answers:
    """A caller who answers what is asked: for each prompt key what they say, the last one again and again."""

    by_question: Mapping[str, Sequence[Turn]]


class InOrder:
    """The turns one after the other, then hang up."""

    def __init__(self, utterances: Sequence[Utterance]) -> None:
        self._left = deque(utterances)

    def upcoming(self) -> Utterance:
        """The next turn."""
        return self._left[0] if self._left else HANG_UP

    def take(self) -> Utterance:
        """The next turn, gone from the list."""
        return self._left.popleft() if self._left else HANG_UP


class ByQuestion:
    """The answer to the open question; hangs up at a question that has none, or has it too often."""

    def __init__(self, answers: Mapping[str, Sequence[Utterance]], question: Question) -> None:
        self._answers, self._question = answers, question
        self._given: Counter[str] = Counter()

    def upcoming(self) -> Utterance:
        """The answer that is due."""
        question = self._question() or ""
        answers, given = self._answers.get(question, ()), self._given[question]
        return answers[min(given, len(answers) - 1)] if answers and given < MOST_ANSWERS else HANG_UP

    def take(self) -> Utterance:
        """The answer that is due, counted."""
        answer = self.upcoming()
        self._given[self._question() or ""] += 1
        return answer


def script(turns: Sequence[Turn] | Answers, voice: CallerVoice, question: Question) -> Script:
    """Make all turns ready before the call. Raises AudioError when one cannot be spoken."""
    if isinstance(turns, Answers):
        ready = {key: prepare(said, voice) for key, said in turns.by_question.items()}
        return ByQuestion(ready, question)
    return InOrder(prepare(turns, voice))
