"""Whatever is said or texted, at whatever question: an answer in bounded time, and well formed."""

from __future__ import annotations

import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import fuzz_interpret
from voicebot.dialogue.meaning import KINDS, NO_INTENT, Expecting
from voicebot.nlu import Understanding, as_dict

WORDS = [
    *("euh", "oui", "non", "le", "la", "caf", "rsa", "aide", "stop", "g", "jveu", "koman", "j'habite", "à"),
    *("zéro", "six", "douze", "cent", "vingt", "et", "mille", "quatre", "ans", "mars", "euros", "€", "75018"),
    *(
        "06",
        "+33",
        ",",
        ".",
        "'",
        "-",
        "saint",
        "denis",
        "veux",
        "mourir",
        "feu",
        "😀",
        "١٢",
        "ß",
        "\n",
        "\t",
        "\x00",
    ),
]
CHOICES = ("caf", "msa", "oui", "non", "rsa", "autre", "inconnu_ici")

texts = st.one_of(st.text(max_size=2000), st.lists(st.sampled_from(WORDS), max_size=300).map(" ".join))
expectations = st.builds(
    Expecting,
    kind=st.sampled_from(KINDS),
    choices=st.lists(st.sampled_from(CHOICES), unique=True, max_size=5).map(tuple),
)


@settings(
    max_examples=200,
    deadline=1000,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=texts, expecting=expectations, channel=st.sampled_from(("voice", "sms", "keypad", "other")))
def test_any_text_means_something_well_formed(
    understanding: Understanding, text: str, expecting: Expecting, channel: str
) -> None:
    meaning = understanding.interpret(text, expecting, channel)

    assert 0 <= meaning.score <= 1
    assert meaning.text == text
    assert (meaning.certainty == "none") <= (meaning.value is None and meaning.intent == NO_INTENT)
    assert meaning.value is None or meaning.intent == NO_INTENT
    assert len(meaning.alternatives) <= 3
    if expecting.kind == "choice" and meaning.value is not None:
        assert meaning.value in expecting.choices
    assert set(as_dict(meaning)) >= {
        "intent",
        "score",
        "alternatives",
        "entities",
        "value",
        "certainty",
        "danger",
    }


@settings(max_examples=50, deadline=None)
@given(expecting=expectations)
def test_any_question_can_be_told_to_a_recognizer(understanding: Understanding, expecting: Expecting) -> None:
    phrases = understanding.phrases(expecting)

    assert phrases
    assert len(set(phrases)) == len(phrases)
    assert all(phrase.strip() for phrase in phrases)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    piece=st.one_of(st.text(min_size=1, max_size=12), st.sampled_from(WORDS)),
    expecting=expectations,
    channel=st.sampled_from(("voice", "sms")),
)
def test_ten_thousand_characters_take_no_longer_than_five_hundred(
    understanding: Understanding, piece: str, expecting: Expecting, channel: str
) -> None:
    text = f"{piece} " * (10_000 // (len(piece) + 1) + 1)
    start = time.process_time()
    meaning = understanding.interpret(text, expecting, channel)

    assert time.process_time() - start < 2, "seconds of work; it is about 0.01"
    assert meaning.text == text


def test_what_is_thrown_at_random_is_always_the_same_and_well_formed(understanding: Understanding) -> None:
    thrown = list(fuzz_interpret.thrown(300, seed=5))

    assert thrown == list(fuzz_interpret.thrown(300, seed=5))
    for text, expecting, channel in thrown:
        meaning = understanding.interpret(text, expecting, channel)
        assert fuzz_interpret.well_formed(meaning, text, expecting), (text, expecting, channel)
