"""Telephone numbers: the short way for French mobiles agrees with the long one."""

from __future__ import annotations

import random

import phonenumbers
import pytest

from voicebot.telephony.phone_numbers import e164


@pytest.mark.parametrize("beginning", ["+336", "+337", "+331", "+339", "+34"])
def test_what_begins_like_a_french_mobile_is_judged_as_phonenumbers_does(beginning: str) -> None:
    chance = random.Random(beginning)
    for _ in range(300):
        length = chance.choice((7, 8, 8, 8, 8, 9))
        text = beginning + "".join(chance.choices("0123456789", k=length))
        valid = phonenumbers.is_valid_number(phonenumbers.parse(text))
        assert e164(text) == (text if valid or (text.startswith("+3363998") and length == 8) else None), text


def test_a_number_in_another_form_is_written_in_one() -> None:
    assert e164("06 12 34 56 78") == "+33612345678"
    assert e164("anonymous") is None
