"""What the voices are given to say. The cases are in spoken.yaml."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from voicebot.prompts import Prompts
from voicebot.speech.spoken import is_acronym_known, spoken

CASES: dict[str, dict[str, str]] = YAML(typ="safe").load(Path(__file__).with_name("spoken.yaml"))

#: Written signs that a voice would guess at.
GUESSWORK = re.compile(r"\d|[€%]|(?<!\w)[A-Z]{2,}(?!\w)")


ALL = [case for table in CASES.values() for case in table.items()]


def test_there_are_cases_of_every_kind() -> None:
    assert len(CASES) >= 9
    assert len(ALL) >= 60


def test_a_written_form_is_said_as_people_say_it() -> None:
    assert [(written, spoken(written)) for written, _ in ALL] == ALL


def test_words_that_can_be_said_are_left_alone() -> None:
    plain = [said for _, said in ALL if not GUESSWORK.search(said)]
    assert plain
    assert [spoken(said) for said in plain] == plain


@given(st.integers(0, 999_999_999))
def test_no_digit_is_left_to_the_voice(number: int) -> None:
    assert not re.search(r"\d", spoken(f"le {number} ou bien {number:,}".replace(",", " ")))


@given(st.text())
def test_whatever_is_written_can_be_turned_into_words(text: str) -> None:
    assert isinstance(spoken(text), str)


def test_every_acronym_of_our_prompts_is_said_in_a_way_that_somebody_chose(root: Path) -> None:
    texts = [each.text for each in Prompts.load(root / "prompts" / "fr").static()]
    assert texts
    written = {word for text in texts for word in re.findall(r"(?<!\w)[A-Z][A-Z0-9]+(?!\w)", text)}
    unknown = sorted(word for word in written if not is_acronym_known(word))
    assert unknown == [], "add them to voicebot/speech/fr/spoken.yaml"


def test_no_sign_of_our_prompts_is_left_to_the_voice(root: Path) -> None:
    left = [
        said
        for each in Prompts.load(root / "prompts" / "fr").static()
        if GUESSWORK.search(said := spoken(each.text))
    ]
    assert left == []
