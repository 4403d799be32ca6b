"""A choice among phrases, from the probabilities that a decoder gives for tokens."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.speech.stt.whisper_choice import (
    Choice,
    Ends,
    LogProbs,
    chosen,
    is_brief,
    log_softmax,
    nearest,
    paths,
    ways,
)

OUI, NON, MAIS, COMMA, END = 1, 2, 3, 4, 0
KNOWN = {(OUI,): "oui", (NON,): "non", (OUI, MAIS): "oui mais"}
ENDS = Ends(END, (), COMMA)


def probabilities(**known: float) -> LogProbs:
    """The log-probabilities of tokens by name; what is left goes to a word that nobody waits for."""
    places = {"end": END, "oui": OUI, "non": NON, "mais": MAIS, "comma": COMMA}
    found = np.full(6, 1e-6)
    for name, value in known.items():
        found[places[name]] = value
    found[5] = max(1e-6, 1 - found[:5].sum())
    return np.log(found)


def test_each_phrase_is_written_small_and_as_a_sentence() -> None:
    written = paths(("oui", "en couple"), lambda text: [ord(sign) for sign in text])
    assert {"".join(map(chr, path)) for path in written} == {" oui", " Oui", " en couple", " En couple"}
    assert set(written.values()) == {"oui", "en couple"}


def test_only_what_begins_likely_is_followed_and_short_ones_first() -> None:
    first = probabilities(oui=0.9, non=1e-5)
    assert nearest(first, KNOWN) == [(OUI,), (OUI, MAIS)]
    assert nearest(first, {}) == []


def test_nothing_is_followed_where_something_else_was_surely_said() -> None:
    assert nearest(probabilities(oui=1e-4, non=1e-4, mais=0.9), KNOWN) == []


def test_a_word_that_hiss_alone_makes_likely_counts_less() -> None:
    first, over = probabilities(oui=0.5, non=0.4), probabilities(end=0.9)
    followed = {(OUI,): [first, over, probabilities()], (NON,): [first, over, probabilities()]}
    hiss = probabilities(oui=0.6, non=0.01)
    assert chosen(KNOWN, followed, ENDS, 0.8).phrase == "oui"
    against = chosen(KNOWN, followed, ENDS, 0.8, hiss)
    assert (against.phrase, against.next_phrase) == ("non", "oui")
    assert against.confidence == chosen(KNOWN, followed, ENDS, 0.8).confidence


def test_a_number_may_be_written_with_its_unit() -> None:
    written = ways([("71", ("71", "71 ans"))], lambda text: [ord(sign) for sign in text])
    assert {"".join(map(chr, path)): phrase for path, phrase in written.items()} == {
        " 71": "71",
        " 71 ans": "71",
    }


def test_a_number_takes_longer_to_say_than_to_write() -> None:
    assert is_brief("74", 1.6)
    assert not is_brief("74", 2.5)


def test_a_choice_knows_how_probably_it_is_any_of_its_phrases() -> None:
    first = probabilities(oui=0.6, non=0.3)
    followed = {
        (OUI,): [first, probabilities(end=0.9), probabilities()],
        (NON,): [first, probabilities(end=0.5), probabilities()],
    }
    choice = chosen(KNOWN, followed, ENDS, 0.8)
    assert (choice.phrase, choice.next_phrase) == ("oui", "non")
    assert choice.confidence == pytest.approx(0.54 + 0.15, abs=0.001)
    assert choice.margin == pytest.approx(np.log(0.54 / 0.15), abs=0.001)


def test_something_else_leaves_little_for_the_phrases() -> None:
    first = probabilities(oui=0.01, non=0.01)
    assert (
        chosen(KNOWN, {(OUI,): [first, probabilities(end=0.9), probabilities()]}, ENDS, 0.8).confidence < 0.02
    )


@pytest.mark.parametrize(
    ("behind_comma", "is_whole"),
    [(probabilities(end=0.9), True), (probabilities(oui=0.9), True), (probabilities(mais=0.9), False)],
    ids=["oui,", "oui, oui", "oui, mais"],
)
def test_a_comma_ends_an_answer_unless_other_words_follow(behind_comma: LogProbs, is_whole: bool) -> None:
    followed = {(OUI,): [probabilities(oui=0.95), probabilities(comma=0.95), behind_comma]}
    assert (chosen(KNOWN, followed, ENDS, 0.8).confidence > 0.8) is is_whole
    assert (chosen(KNOWN, followed, ENDS, 2.5).confidence > 0.8) is is_whole


def test_a_full_stop_ends_an_answer_only_where_no_more_can_have_been_said() -> None:
    stop = 4
    followed = {(OUI,): [probabilities(oui=0.95), probabilities(comma=0.95), probabilities()]}
    assert chosen(KNOWN, followed, Ends(END, (stop,), MAIS), 0.8).confidence > 0.8
    assert chosen(KNOWN, followed, Ends(END, (stop,), MAIS), 2.5).confidence < 0.1
    assert is_brief("oui", 0.9)
    assert not is_brief("oui", 2.0)


def test_without_phrases_nothing_is_chosen() -> None:
    assert chosen({}, {}, ENDS, 1.0) == Choice()
    assert Choice().confidence == 0.0


def test_probabilities_add_up_to_one() -> None:
    assert np.exp(log_softmax(np.array([3.0, 1.0, -2.0], np.float32))).sum() == pytest.approx(1.0)
