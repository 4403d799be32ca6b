"""What texts cost: letters, segments and cuts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.telephony.sms_text import gsm7, messages, segments, split, units


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Ça coûte 12 € à la forêt…", "Ça coute 12 € à la foret..."),
        ("l’été, où ? Noël à Bâle", "l'été, où ? Noel à Bale"),
        ("« d’accord » – œuf", '"d\'accord" - oeuf'),
        ("É È Ç À Œ", "É E Ç A OE"),
        ("ok 😀👍", "ok "),
        ("привет", "privet"),
        ("a\u00a0b\u202fc", "a b c"),
    ],
)
def test_french_is_written_with_cheap_letters(written: str, sent: str) -> None:
    assert gsm7(written) == sent


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("ê" + "a" * 134, 3),
        ("", 1),
    ],
)
def test_segments_are_counted_as_twilio_does(text: str, count: int) -> None:
    assert segments(text) == count


@given(st.text(max_size=400))
def test_what_is_sent_is_always_cheap_and_settled(text: str) -> None:
    sent = gsm7(text)
    assert gsm7(sent) == sent
    assert units(sent) <= 2 * len(sent)
    assert segments(sent) == (1 if units(sent) <= 160 else -(-units(sent) // 153))


@given(
    st.text(st.sampled_from("abé à.!?\n0123456789 €"), max_size=2500), st.integers(1, 4), st.integers(1, 2)
)
def test_messages_are_few_and_short(text: str, most: int, each: int) -> None:
    messages = split(text, most, each)
    assert len(messages) <= most
    assert all(segments(message) <= each for message in messages)


def test_a_short_text_is_one_message_as_it_is() -> None:
    assert split("Bonjour, à bientôt.") == ("Bonjour, à bientot.",)
    assert split("  ") == ()


def test_no_word_is_lost_and_no_number_cut() -> None:
    lines = [f"Papier {n} : appelez le 01 23 45 67 {n:02} avant le 12 mars 2027." for n in range(10)]
    messages = split("\n".join(lines), most=5)
    assert [message[:6] for message in messages] == [
        f"({n}/{len(messages)}) " for n in range(1, len(messages) + 1)
    ]
    together = " ".join(re.sub(r"^\(\d/\d\) ", "", message) for message in messages)
    assert together.split() == " ".join(lines).split()
    for n in range(10):
        assert any(f"01 23 45 67 {n:02}" in message for message in messages)


def test_what_does_not_fit_is_left_out_visibly() -> None:
    messages = split("Une phrase assez longue pour remplir. " * 60, most=2)
    assert len(messages) == 2
    assert messages[-1].endswith("...")


def test_parts_that_fit_share_a_message() -> None:
    assert messages(["Appelez le 3646.", "La carte arrive en trois semaines."]) == (
        "Appelez le 3646.\nLa carte arrive en trois semaines.",
    )


def test_a_question_stays_with_its_choices() -> None:
    menu = "Comment voulez-vous faire la demande ?\n1 par internet\n2 sur papier\n3 avec quelqu'un"
    first, second = messages(["Faites la demande tout de suite. " * 4, menu])
    assert second == f"(2/2) {menu}"
    assert first.startswith("(1/2) Faites la demande")


def test_no_message_takes_two_segments_and_nothing_is_lost() -> None:
    parts = [f"Phrase numéro {n}, avec encore quelques mots derrière." for n in range(10)]
    sent = messages(parts)
    assert all(units(each) <= 160 for each in sent)
    assert all(part in " ".join(sent) for part in parts)


def test_a_menu_that_fits_only_without_a_number_goes_without() -> None:
    menu = "Question ?\n" + "1 " + "a" * 146
    assert messages(["Bonjour. " * 10, menu]) == (("Bonjour. " * 10).strip(), menu)


def test_empty_parts_are_no_message() -> None:
    assert messages(["", " "]) == ()
