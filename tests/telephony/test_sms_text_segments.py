"""Segments as we count them and as npm's sms-segments-calculator does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.node_tools import SegmentCalculator
from voicebot.app import PROMPTS
from voicebot.content.sms_length_rule import LongValues, longest_text
from voicebot.prompts import Prompts
from voicebot.telephony.sms_text import gsm7, segments

#: Letters of prompts, costly ones, and signs of two units, of other scripts, of two 16-bit units.
SIGNS = "abc éèàùç êâîôû €[]{}^~|\\ 0123 ’…–«» \n œŒ ж 中 😀 ♿"


@pytest.fixture(scope="module")
def calculator() -> Iterator[SegmentCalculator]:
    calculator = SegmentCalculator()
    yield calculator
    calculator.close()


def test_all_that_we_text_is_counted_alike(calculator: SegmentCalculator) -> None:
    prompts = Prompts.load(PROMPTS)
    long_values = LongValues.load(prompts, PROMPTS)
    texts = [longest_text(prompts, long_values, entry) for entry in prompts.entries.values()]
    assert len(texts) > 300
    for text in map(gsm7, texts):
        counted = calculator.count(text)
        assert (counted["segments"], counted["encoding"]) == (segments(text), "GSM-7"), text


@settings(max_examples=300, deadline=None)
@given(st.text(SIGNS, min_size=1, max_size=400))
@example("€" * 81)
@example("a" * 152 + "€" + "b" * 152)
@example("é" * 160 + "ê")
def test_any_text_is_counted_alike(calculator: SegmentCalculator, text: str) -> None:
    assert segments(text) == calculator.count(text)["segments"]


@settings(max_examples=200, deadline=None)
@given(st.text(SIGNS, min_size=1, max_size=400))
def test_our_letters_are_the_cheap_ones(calculator: SegmentCalculator, text: str) -> None:
    written = gsm7(text)
    if written:
        assert calculator.count(written)["encoding"] == "GSM-7"
