"""A sentence that states a fact contains its value, or the line of the record is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.content.fact_rule import check_facts
from voicebot.content.folders import checkout, laid_over
from voicebot.content.spelt_out import NOT_CIVIC, read_not_civic, spelt_out
from voicebot.facts import FACTS
from voicebot.packaged import PROMPTS as SHIPPED
from voicebot.prompts.load import PromptEntry, read_prompts

RECORD = """\
age:
  value: 25 ans
  sentence: "Le RSA commence à 25 ans."
  source: {publisher: service-public.fr, page: RSA}
  seen: 2025
  verified_on: null
  review_by: 2027-05-01
  words: ["25 ans", "vingt-cinq ans"]
  prompts: [rsa.jeune]
"""


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"ask": "Avant 25 ans, demandez la mission locale."}, []),
        ({"ask": "Vous êtes jeune.", "help": "Vingt-cinq ans est l'âge."}, []),
        ({"ask": "Avant 26 ans, demandez la mission locale."}, [9]),
        (None, [9]),
    ],
)
def test_a_sentence_with_another_value_is_told(
    tmp_path: Path, said: dict[str, str] | None, told: list[int]
) -> None:
    path = tmp_path / "voicebot" / "facts" / "facts.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(RECORD, encoding="utf-8")
    entries = {"rsa.jeune": PromptEntry("rsa.jeune", "rsa.yaml", 1, said)} if said else {}
    assert [each.line for each in check_facts(checkout(tmp_path), entries)] == told
    assert list(check_facts(laid_over(checkout(tmp_path), tmp_path / "own"), entries)) == []


FACT = """\
delay:
  value: deux mois
  short: 2 mois
  sentence: "La réponse vient dans les deux mois."
  source: {publisher: ameli.fr, page: C2S}
  seen: 2025
  verified_on: null
  review_by: 2027-05-01
"""

PROMPTS = """\
a: "Dans les {fact:delay}."
b: "Attendez deux mois."
c:
  ask: "Encore ?"
  sms: "2 mois."
d: "Vingt-deux mois."
"""


def test_a_value_spelt_out_beside_its_fact_is_told_by_its_line(tmp_path: Path) -> None:
    facts = tmp_path / "voicebot" / "facts" / "facts.yaml"
    prompts = tmp_path / "prompts" / "fr" / "c2s.yaml"
    for path in (facts, prompts):
        path.parent.mkdir(parents=True)
    facts.write_text(FACT, encoding="utf-8")
    prompts.write_text(PROMPTS, encoding="utf-8")
    found = list(check_facts(checkout(tmp_path), {}))
    lines = [(each.file.rsplit("/")[-1], each.line) for each in found]
    assert lines == [("c2s.yaml", 2), ("c2s.yaml", 5), ("c2s.yaml", 6)]
    assert "{fact:delay}" in str(found[0])
    assert "« c2s.d »" in str(found[2])


LISTED = """\
ours:
  c2s.b: [six mois]
examples:
  c2s.b: [trente ans]
"""
WORDS = """\
  words: [entre quatre et]
  prompts: [c2s.d]
"""
NUMBERS = """\
a: "Gardé six mois."
b:
  ask: "Gardé Six mois. J'ai trente ans."
  help: "Gardé sept mois."
c: {ask: "Lequel ?", options: {one: "moins de 5 %"}}
d: "Entre quatre et {fact:delay} avant."
e: "Entre quatre et {fact:delay} avant."
"""


def test_a_number_that_is_neither_from_a_fact_nor_listed_is_told_wherever_it_stands(tmp_path: Path) -> None:
    facts = tmp_path / "voicebot" / "facts" / "facts.yaml"
    prompts = tmp_path / "prompts" / "fr" / "c2s.yaml"
    for path in (facts, prompts):
        path.parent.mkdir(parents=True)
    facts.write_text(FACT + WORDS, encoding="utf-8")
    prompts.write_text(NUMBERS, encoding="utf-8")
    facts.with_name(NOT_CIVIC).write_text(LISTED, encoding="utf-8")
    entries = {"c2s.d": PromptEntry("c2s.d", "c2s.yaml", 6, {"ask": "Entre quatre et deux mois avant."})}
    assert [each.line for each in check_facts(checkout(tmp_path), entries)] == [1, 4, 5, 7]
    assert list(check_facts(laid_over(checkout(tmp_path), tmp_path / "own"), entries)) == []
    facts.with_name(NOT_CIVIC).write_text("ours: [c2s.b]\n", encoding="utf-8")
    assert NOT_CIVIC in "".join(each.file for each in check_facts(checkout(tmp_path), entries))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Dans les quarante-cinq jours.", ["quarante-cinq jours"]),
        ("Il faut vingt et un ans.", ["vingt et un ans"]),
        ("On paie dix pour cent, ou 10 %, de plus.", ["dix pour cent", "10 %"]),
        ("Quatre à six mois, ou de 15 à 17 ans.", ["Quatre à six mois", "15 à 17 ans"]),
        ("Les 3 derniers mois, une quinzaine de jours.", ["3 derniers mois", "une quinzaine de jours"]),
        ("Cela coûte 1 250,50 euros ou 17€.", ["1 250,50 euros", "17€"]),
        ("De 8 h 30 à 19 h.", ["8 h", "30 à 19 h"]),
        ("Moins d'un an.", ["un an"]),
        ("Quatre à {fact:delay} avant.", ["Quatre à"]),
        ("Dans {fact:delay}, {age} ans.", []),
        ("Il y a un jour où vous devez venir, à une heure.", []),
        ("Le 0 809 401 401, 17 pour la police, deux papiers, une fois par an.", []),
    ],
)
def test_numbers_with_a_unit_are_seen_in_digits_and_in_words(text: str, numbers: list[str]) -> None:
    assert list(spelt_out(text)) == numbers


def test_what_is_listed_as_no_fact_stands_in_its_sentence() -> None:
    listed, wrong = read_not_civic(FACTS.with_name(NOT_CIVIC))
    assert wrong == ()
    assert listed
    entries = read_prompts(SHIPPED).entries
    said = {
        key: " ".join((*entry.texts.values(), *entry.options.values(), entry.label or "")).lower()
        for key, entry in entries.items()
    }
    assert [
        (key, form) for key, forms in listed.items() for form in forms if form not in said.get(key, "")
    ] == []
