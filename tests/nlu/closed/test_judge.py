"""Three opinions weighed: wordings decide, words and meaning settle what they leave open."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from voicebot.nlu.closed.answer import Closed
from voicebot.nlu.closed.judge import judged
from voicebot.nlu.closed.likeness import Opinion
from voicebot.nlu.entities.found import Found

PLAIN, UNPLAIN = Closed("yes", "sure", 0.1), Closed("yes", "sure", 0.8)
NOTHING = Closed(None, "unsure", 1.0)
YES, NO = Opinion("yes", 0.8, 0.4), Opinion("no", 0.8, 0.4)
HARDLY = Opinion("no", 0.2, 0.01)


def says(opinion: Opinion | None) -> Callable[[], Opinion | None]:
    return lambda: opinion


def never() -> Opinion | None:
    raise AssertionError("the meaning was asked about although words left nothing open")


def test_a_plain_answer_is_not_compared_by_meaning() -> None:
    assert judged(Found("yes"), PLAIN, YES, never, high_stakes=True) == Found("yes")
    assert judged(Found("yes"), PLAIN, None, never, high_stakes=False) == Found("yes")


def test_what_words_and_meaning_contradict_is_said_back() -> None:
    assert judged(Found("yes"), PLAIN, NO, says(NO), high_stakes=False) == Found("yes", "unsure")
    assert judged(Found("yes"), PLAIN, NO, says(YES), high_stakes=False) == Found("yes")


@pytest.mark.parametrize(("meaning", "certainty"), [(YES, "sure"), (NO, "unsure"), (None, "unsure")])
def test_at_high_stakes_an_answer_with_much_unexplained_needs_every_opinion(
    meaning: Opinion | None, certainty: str
) -> None:
    found = judged(Found("yes"), UNPLAIN, YES, says(meaning), high_stakes=True)
    assert found == Found("yes", certainty)  # type: ignore[arg-type]


def test_an_unsure_answer_is_sure_once_words_and_meaning_say_the_same() -> None:
    unsure = Found("yes", "unsure")
    assert judged(unsure, PLAIN, YES, says(YES), high_stakes=False) == Found("yes", settled=True, agreed=True)
    assert judged(unsure, PLAIN, YES, says(NO), high_stakes=False) == unsure
    assert judged(unsure, PLAIN, YES, says(None), high_stakes=False) == unsure
    assert judged(unsure, PLAIN, YES, says(YES), high_stakes=True) == unsure
    by_far = Opinion("yes", 0.9, 0.6)
    assert judged(unsure, PLAIN, by_far, says(by_far), high_stakes=True) == Found(
        "yes", settled=True, agreed=True
    )


def test_meaning_alone_never_makes_an_answer() -> None:
    assert judged(None, NOTHING, None, says(YES), high_stakes=False) is None
    assert judged(None, NOTHING, NO, says(YES), high_stakes=False) is None
    assert judged(None, NOTHING, YES, says(None), high_stakes=False) is None


def test_where_no_wording_was_said_words_and_meaning_together_answer_or_ask() -> None:
    leaning = Opinion("yes", 0.4, 0.1)
    assert judged(None, NOTHING, YES, says(YES), high_stakes=False) == Found("yes", settled=True, agreed=True)
    assert judged(None, NOTHING, YES, says(YES), high_stakes=True) == Found("yes", "unsure")
    assert judged(None, NOTHING, leaning, says(leaning), high_stakes=False) == Found("yes", "unsure")
    assert judged(None, NOTHING, HARDLY, says(HARDLY), high_stakes=False) is None


def test_a_refused_answer_is_not_brought_back() -> None:
    refused = Closed(None, "unsure", 0.5, out=frozenset({"yes"}))
    assert judged(None, refused, YES, says(YES), high_stakes=False) is None
