"""Numbers with a unit of time, age, money or per cent that a sentence spells out, in digits or in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, TypeAdapter

from voicebot.datafile import Finding, read, validate

#: Beside the file of facts.
NOT_CIVIC: Final = "not_civic.yaml"

_PROMPT = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
_SHAPE: Final[TypeAdapter[dict[str, dict[_PROMPT, tuple[str, ...]]]]] = TypeAdapter(
    dict[str, dict[_PROMPT, tuple[str, ...]]]
)

_WORD: Final = (
    "(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?"
    "|trente|quarante|cinquante|soixante|cents?|mille|huitaine|dizaine|quinzaine|vingtaine|trentaine|centaine)"
)
_ONE: Final = rf"(?:\d+(?:[ \u00a0\u202f]\d{{3}})*(?:,\d+)?|{_WORD}(?:[- ](?:et[- ])?{_WORD})*)"
_UNIT: Final = (
    r"(?:jours?|semaines?|mois|ans?|années?|trimestres?|heures?|h|minutes?"
    r"|euros?|centimes?|pour cent)(?!\w)|€|%"
)
#: "trois mois", "4 à 6 mois", "trois derniers mois", "quinzaine de jours", and "quatre à {fact:…}".
_SPELT: Final = re.compile(
    rf"(?<![\w-]){_ONE}(?:"
    rf"(?: (?:à|et|ou) {_ONE})?[ \u00a0\u202f]?(?:(?:premi|derni|prochain)\w+ )?(?:de |d')?(?:{_UNIT})"
    r"| (?:à|et|ou)(?= \{fact:))",
    re.IGNORECASE,
)
#: Said of some day or some hour, not of how many.
_ARTICLES: Final = frozenset({"un jour", "une heure", "une minute", "un trimestre"})


def spelt_out(text: str) -> tuple[str, ...]:
    """The numbers with a unit in `text` as they are written; "un jour" is an article, not a number."""
    found = (match[0] for match in _SPELT.finditer(text))
    return tuple(each for each in found if each.lower() not in _ARTICLES)


def read_not_civic(path: Path) -> tuple[Mapping[str, frozenset[str]], tuple[Finding, ...]]:
    """The numbers that are no facts, by prompt, and what is wrong with their file. No file, none."""
    if not path.exists():
        return {}, ()
    reasons, wrong = validate(read(path), _SHAPE.validate_python)
    listed: dict[str, frozenset[str]] = {}
    for prompts in (reasons or {}).values():
        for key, forms in prompts.items():
            listed[key] = listed.get(key, frozenset()) | {form.lower() for form in forms}
    return listed, wrong
