"""A small folder of prompts for the tests, with the real connecting words."""

from __future__ import annotations

from pathlib import Path
from shutil import copy

WORDS = Path(__file__).parents[2] / "prompts" / "fr" / "words.yaml"

RSA = """\
bonjour: Bonjour.
age:
  ask: Quel âge avez-vous ?
  retry: Dites par exemple trente ans.
  keys: Tapez votre âge, puis dièse.
  help: Il faut l'âge pour le RSA.
  sms: Votre âge ?
  label: votre âge
logement:
  ask: Où dormez-vous ?
  label: votre logement
  options:
    locataire: je paie un loyer
    rue: à la rue
resume: "Âge {age}, {logement:option}, né le {naissance:date}."
enfant: {ask: "Un enfant ?", label: vos enfants}
"""
COMMON = """\
oui: oui
non: non
suite: la suite
autre: autre chose
value: "J'ai compris {value}."
value_digits: "{value:digits}."
value_phone: "{value:phone}."
value_euros: "{value:euros}."
value_date: "{value:date}."
value_month: "{value:month}."
value_choice: "{value:choice}."
topic: "{topic:label}, {topic:who}, {topic:number}."
"""
TOPICS = """\
rsa: {label: le RSA, number: "3230", who: la CAF}
urgence: {label: une urgence, number: "112", who: les secours}
impots: {label: les impôts, number: "0809401401", who: les impôts}
"""


def write(folder: Path, **files: str) -> Path:
    """A folder of prompts at `folder`; `files` replace or add to the usual ones, by name without ending."""
    copy(WORDS, folder / "words.yaml")
    for name, text in ({"rsa": RSA, "common": COMMON, "topics": TOPICS} | files).items():
        (folder / f"{name}.yaml").write_text(text)
    return folder
