"""What Vosk is told can never kill it, and what it tells is read with care."""

from __future__ import annotations

import json
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from voicebot.speech.stt.recognizer import Transcript
from voicebot.speech.stt.vosk_text import UNKNOWN, grammar, transcript

LEXICON = {"oui", "non", "d'accord", "l'", "allocation", "peut", "être", "août", "la"}


def knows(words: set[str]) -> Callable[[str], bool]:
    return words.__contains__


def listed(*phrases: str) -> list[str]:
    found = grammar(phrases, knows(LEXICON)).json
    assert found
    return list(json.loads(found))


def test_phrases_are_listed_with_a_word_for_everything_else() -> None:
    assert listed("oui", "non") == ["oui", "non", UNKNOWN]


def test_accents_stay_as_they_are() -> None:
    found = grammar(["août"], knows(LEXICON)).json
    assert found == '["août", "[unk]"]'


def test_case_and_punctuation_are_not_spoken() -> None:
    assert listed("Oui !", "« Non. »", "D’accord") == ["oui", "non", "d'accord", UNKNOWN]


def test_compounds_are_taken_apart_when_the_lexicon_has_only_their_parts() -> None:
    assert listed("peut-être", "l'allocation") == ["peut être", "l' allocation", UNKNOWN]


def test_a_phrase_with_an_unknown_word_is_left_out_and_told() -> None:
    found = grammar(["oui", "la CAF", "la MDPH"], knows(LEXICON))
    assert json.loads(found.json or "") == ["oui", UNKNOWN]
    assert found.unknown == ("caf", "mdph")


def test_nothing_left_means_no_grammar_at_all() -> None:
    assert grammar([], knows(LEXICON)).json is None
    assert grammar(["la CAF", "", "?!"], knows(LEXICON)).json is None


def test_a_lone_dash_is_no_word() -> None:
    assert json.loads(grammar(["-", "oui"], lambda word: True).json or "") == ["oui", UNKNOWN]


@given(st.lists(st.text(max_size=20), max_size=5))
def test_whatever_the_phrases_the_grammar_is_absent_or_a_list_of_words(phrases: list[str]) -> None:
    found = grammar(phrases, lambda word: True).json
    words = [UNKNOWN] if found is None else json.loads(found)
    assert words[-1] == UNKNOWN
    assert all(isinstance(word, str) and word.strip() for word in words)


def test_results_are_put_together_and_their_confidence_is_the_mean() -> None:
    first = {"result": [{"word": "oui", "conf": 1.0}], "text": "oui"}
    second = {"partial_result": [{"word": "non", "conf": 0.5}], "partial": "non"}
    assert transcript([first, second]) == Transcript("oui non", 0.75)


def test_words_outside_the_grammar_are_not_text_and_lower_the_confidence() -> None:
    words = [{"word": UNKNOWN, "conf": 1.0}, {"word": "oui", "conf": 0.9}, {"word": UNKNOWN, "conf": 1.0}]
    assert transcript([{"result": words}]) == Transcript("oui", 0.3)


def test_nothing_heard_has_no_confidence() -> None:
    assert transcript([]) == transcript([{"text": ""}]) == Transcript("", 0.0)
    assert transcript([{"result": [{"word": UNKNOWN, "conf": 1.0}]}]) == Transcript("", 0.0)
