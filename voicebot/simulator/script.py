"""What the caller does next: the turns in order, or an answer to whatever question was asked."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from voicebot.simulator.caller_voice import CallerVoice
from voicebot.simulator.turns import CallerTurn, Utterance, prepare

HANG_UP: Final = Utterance("", hangs_up=True)
#: A caller who has answered the same question this often gives up.
MOST_ANSWERS: Final = 4

#: The prompt key of the open question, None before the first.
Question = Callable[[], str | None]


class CallerScript(Protocol):
    """Where the caller's turns come from."""

    def upcoming(self) -> Utterance:
        """The turn that would come now."""

    def take(self) -> Utterance:
        """That turn, now begun."""


@dataclass(frozen=True)
class Answers:
    """A caller who answers questions: what they say to each prompt key, the last answer repeatedly."""

    by_question: Mapping[str, Sequence[CallerTurn]]


class InOrder:
    """The turns one after the other, then hanging up."""

    def __init__(self, utterances: Sequence[Utterance]) -> None:
        self._left = deque(utterances)

    def upcoming(self) -> Utterance:
        """The next turn."""
        return self._left[0] if self._left else HANG_UP

    def take(self) -> Utterance:
        """The next turn, removed from the list."""
        return self._left.popleft() if self._left else HANG_UP


class AnswersByQuestion:
    """The answer to the open question; hangs up if a question has none, or was asked too often."""

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


def script(turns: Sequence[CallerTurn] | Answers, voice: CallerVoice, question: Question) -> CallerScript:
    """Prepare all turns before the call. Raises AudioError if one cannot be spoken."""
    if isinstance(turns, Answers):
        ready = {key: prepare(said, voice) for key, said in turns.by_question.items()}
        return AnswersByQuestion(ready, question)
    return InOrder(prepare(turns, voice))
