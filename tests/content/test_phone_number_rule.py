"""A telephone number is never heard only once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.prompts.folder import write
from voicebot.content.phone_number_rule import check_numbers, numbers
from voicebot.flows.load import read_flows
from voicebot.prompts.load import read_prompts
from voicebot.prompts.plain import Jargon

JARGON = Jargon(avoid={}, explain={}, short_numbers=("police au", "appelez le"))


def found(folder: Path, prompts: str, steps: str = "", written: frozenset[str] = frozenset()) -> list[str]:
    """Where a number is heard only once: prompt and number."""
    (folder / "flows").mkdir()
    if steps:
        (folder / "flows" / "apl.yaml").write_text(f"flow: apl\nstart: un\nsteps:\n{steps}")
    flows = read_flows(folder / "flows").flows.by_name
    entries = read_prompts(write(folder, apl=prompts)).entries
    wrong = check_numbers(flows, entries, JARGON, written)
    return [f"{each.line}: {each.text}" for each in wrong if each.file.endswith("apl.yaml")]


NUMBERS = [
    ("Appelez le 0 809 401 401, ou le 09 71 10 39 60.", ("0 809 401 401", "09 71 10 39 60")),
    ("Le 3939, le 115 et le 112.", ("3939", "115", "112")),
    ("La police au 17. Appelez le 18.", ("17", "18")),
    ("Le numéro est le {topic:number}.", ("{topic:number}",)),
    ("Du 28 au 15, à 18 ans, en 2026, 75 018 Paris, TSA 41217, 180 euros, le {value:pairs}.", ()),
]


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_telephone_numbers_are_told_from_other_numbers(text: str, expected: tuple[str, ...]) -> None:
    assert numbers(text, JARGON) == expected


def test_a_number_said_once_is_found_with_its_line(tmp_path: Path) -> None:
    said = found(tmp_path, "un: Bonjour.\ndeux:\n  ask: Appelez la CAF au 3230.\n  sms: Appelez le 3230.\n")
    assert said == ["3: le numéro 3230 n'est dit qu'une fois dans « apl.deux »"]


def test_a_number_said_twice_may_be_said_again_when_asked_again(tmp_path: Path) -> None:
    assert not found(tmp_path, 'un:\n  ask: "Au 3230. Je répète : 3230."\n  retry: C\'est le 3230.\n')


def test_what_is_only_read_may_hold_a_number_once(tmp_path: Path) -> None:
    assert not found(tmp_path, "note: Tél. 3230.\n", written=frozenset({"apl.note"}))


PROMPTS = 'un: Une question ?\ndeux: "Au 115. Je répète : 115."\ntrois: Rappelez le 115.\n'
ALWAYS = "  un: {kind: say, to: deux}\n  deux: {kind: say, to: trois}\n  trois: {kind: end}\n"
SOMETIMES = (
    "  un: {kind: confirm, to: deux, no: trois}\n  deux: {kind: say, to: trois}\n  trois: {kind: end}\n"
)


def test_a_number_told_before_on_every_way_may_be_named_again(tmp_path: Path) -> None:
    assert not found(tmp_path, PROMPTS, ALWAYS)


def test_a_number_told_before_on_one_way_only_is_found(tmp_path: Path) -> None:
    assert found(tmp_path, PROMPTS, SOMETIMES) == [
        "3: le numéro 115 n'est dit qu'une fois dans « apl.trois »"
    ]
