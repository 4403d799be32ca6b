"""What Whisper is told, and which of its answers cannot be true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.speech.stt.whisper_text import Decoded, answer, most_tokens, prompt, repeats, same


def decoded(text: str, log_prob: float = -0.3, no_speech: float = 0.02) -> Decoded:
    return Decoded(text, log_prob, no_speech)


def test_the_prompt_lists_what_is_expected() -> None:
    assert prompt(("oui", "non")) == "oui, non."
    assert prompt(()) == ""


@given(st.lists(st.text(min_size=1, max_size=60)))
def test_the_prompt_stays_short_and_takes_only_whole_phrases(phrases: list[str]) -> None:
    told = prompt(phrases)
    assert len(told) <= 241
    assert not told or ", ".join(phrases).startswith(told[:-1])


def test_a_single_answer_is_written_as_a_sentence() -> None:
    assert answer("en couple") == " En couple."


@pytest.mark.parametrize(
    ("text", "log_prob", "no_speech"),
    [("C'est bon !", -1.53, 0.67), ("Non, non, non.", -1.22, 0.80), ("Sous-titres par le", -1.16, 0.58)],
)
def test_sentences_made_up_from_noise_are_known(text: str, log_prob: float, no_speech: float) -> None:
    assert decoded(text, log_prob, no_speech).made_up


@pytest.mark.parametrize(("text", "log_prob", "no_speech"), [("deux,", -1.4, 0.14), ("août.", -0.87, 0.3)])
def test_unsure_single_words_are_kept(text: str, log_prob: float, no_speech: float) -> None:
    assert not decoded(text, log_prob, no_speech).made_up


def test_signs_are_no_answer() -> None:
    assert decoded("...").made_up
    assert decoded("").made_up


@pytest.mark.parametrize(
    "text",
    [
        "Ooooooooooh",
        "merci, merci, merci, merci",
        "le code, le code, le code, le code, le code",
        "ah ! " * 40,
    ],
)
def test_loops_are_known(text: str) -> None:
    assert decoded(text).loops


@pytest.mark.parametrize(
    "text",
    ["Oui.", "Oui, oui, oui.", "0,6,6,6,6,0,0,0,0,1", "Je voudrais savoir si j'ai droit au RSA."],
)
def test_speech_is_no_loop(text: str) -> None:
    assert not decoded(text).loops


def test_an_impatient_answer_is_that_answer() -> None:
    assert repeats("Oui, oui, oui, oui.", ("oui", "non")) == "oui"
    assert repeats("Oui, non.", ("oui", "non")) == ""
    assert repeats("Oui.", ("oui", "non")) == ""


def test_case_and_punctuation_make_no_difference() -> None:
    assert same("D'accord.", "d'accord")
    assert not same("oui", "non")


def test_confidence_falls_with_doubt_and_with_silence() -> None:
    assert decoded("oui", -0.1).confidence > decoded("oui", -0.9).confidence > 0.3
    assert decoded("oui", -0.1, 0.9).confidence < 0.1


def test_the_longer_the_speech_the_more_words_it_may_have() -> None:
    assert most_tokens(0.5) < most_tokens(5) < most_tokens(60) == 200
