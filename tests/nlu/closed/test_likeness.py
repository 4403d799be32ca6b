"""The nearest wordings of each answer, word by word."""

from __future__ import annotations

import pytest

from voicebot.nlu.closed.clauses import Word
from voicebot.nlu.closed.likeness import Likeness, opinion, weighed
from voicebot.nlu.closed.wordings import Phrase


def words(said: str) -> tuple[Word, ...]:
    return tuple(Word(word.lstrip("~"), word.lstrip("~"), 0.5, word.startswith("~")) for word in said.split())


ALIKE = Likeness.of(
    [
        Phrase("perdue", words("carte perdue")),
        Phrase("perdue", words("retrouve ~plus carte")),
        Phrase("volee", words("volé sac")),
    ]
)


def test_the_nearest_answer_leads_by_how_much_nearer_it_is() -> None:
    found = ALIKE.nearest(words("volé sac métro"))
    assert found is not None
    assert found.answer == "volee"
    assert found.margin == found.likeness > 0.5


def test_what_is_denied_resembles_only_what_is_denied() -> None:
    denied = ALIKE.nearest(words("~perdue carte"))
    plain = ALIKE.nearest(words("perdue carte"))
    assert denied is not None
    assert plain is not None
    assert denied.likeness < plain.likeness


def test_an_answer_that_was_refused_is_left_out() -> None:
    assert ALIKE.nearest(words("volé"), without=frozenset({"volee"})) is None


def test_words_that_resemble_nothing_are_no_opinion() -> None:
    assert ALIKE.nearest(words("bonjour")) is None
    assert ALIKE.nearest(()) is None
    assert opinion({}) is None


def test_the_best_three_wordings_count_beside_the_best() -> None:
    assert weighed([0.9, 0.3, 0.3, 0.0], 0.5) == pytest.approx(0.5 * 0.9 + 0.5 * 0.5)
    assert weighed([], 0.5) == 0.0
