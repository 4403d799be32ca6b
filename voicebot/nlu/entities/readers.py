"""One reader per kind of expected answer, and the phrases expected for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from voicebot.dialogue.meaning import NO, YES, Expecting, Value
from voicebot.nlu.entities.answers import Choices, YesNo
from voicebot.nlu.entities.codes import Codes
from voicebot.nlu.entities.dates import Dates
from voicebot.nlu.entities.found import Found
from voicebot.nlu.entities.measures import Measures
from voicebot.nlu.entities.numerals import Numerals
from voicebot.nlu.entities.papers import Papers
from voicebot.nlu.entities.relative import Relative
from voicebot.nlu.entities.towns import Towns, read_communes
from voicebot.nlu.sounds import Sounds
from voicebot.nlu.vocabulary import Vocabulary

Reader = Callable[[str], Found | None]

NEXT_COMMAND = "suite"
_NUMBER_KINDS = ("number", "age", "amount", "postal_code", "phone", "code")
#: Kinds some of whose answers are also commands ("rien", "encore").
_SHARING_WORDS = ("yes_no", "number", "amount", "papers")
_ELDEST = 120
#: Kinds that people state only about themselves.
_SPEAKERS = ("postal_code",)
#: If answers have keys, a bare digit is a key: 1 for the first answer.
_KEYED = ("choice", "yes_no", "more")


@dataclass(frozen=True)
class Readers:
    """Reads plain words. `stated` are the readers that need no question, as a unit or the form is clear."""

    by_kind: Mapping[str, Reader]
    stated: Mapping[str, Reader]
    yes_no: YesNo
    choices: Choices
    measures: Measures
    relative: Relative
    numerals: Numerals
    papers: Papers
    spoken: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, words: Vocabulary, communes: Path, sounds: Sounds) -> Readers:
        """Compile the vocabulary; `communes` is communes.csv.gz."""
        places = read_communes(communes)
        numerals = Numerals.of(words.numbers)
        dates = Dates.of(words.numbers, numerals, sounds)
        known = {code for place in places for code in place.postal_codes}
        codes = Codes.of(words.numbers, numerals, known, words.towns.arrondissements)
        yes_no = YesNo.of(words.yes_no)
        by_kind: dict[str, Reader] = {
            "yes_no": yes_no,
            "number": numerals.number,
            "age": numerals.age,
            "amount": numerals.amount,
            "date": dates.date,
            "month": dates.month,
            "postal_code": codes.postal_code,
            "town": Towns.of(places, words.towns, sounds),
            "phone": codes.phone,
            "code": codes.code,
        }
        stated = {
            "postal_code": codes.postal_code,
            "phone": codes.phone,
            "date": dates.date,
            "amount": numerals.stated_amount,
            "age": numerals.stated_age,
        }
        choices = Choices.of(words.choices, words.numbers.ordinals, yes_no, sounds)
        measures = Measures.of(words.measures, words.time, numerals, dates.months)
        papers = Papers.of(words.papers, words.yes_no.fillers)
        relative = Relative.of(words.time, numerals, dates.months)
        return cls(by_kind, stated, yes_no, choices, measures, relative, numerals, papers, _spoken(words))

    def value(self, words: str, expecting: Expecting) -> Found | None:
        """The expected value in plain words."""
        if words.isdigit() and expecting.kind in _KEYED:
            return self.choices.nth(words, expecting.keyed)
        if expecting.kind == "choice":
            return self.choices.one_of(words, expecting.answers)
        if expecting.kind == "papers":
            return self.papers.held(words, expecting.choices)
        reader = self.by_kind.get(expecting.kind)
        found = reader(words) if reader else None
        return found or self._counted(words, expecting)

    def _counted(self, words: str, expecting: Expecting) -> Found | None:
        """What is counted from today: a day, a month, the age of somebody born in a year."""
        if not expecting.today:
            return None
        today = date.fromisoformat(expecting.today)
        if expecting.kind == "age":
            return self._born(words, today)
        if expecting.kind == "date":
            return self.relative.date(words, today)
        return self.relative.month(words, today) if expecting.kind == "month" else None

    def _born(self, words: str, today: date) -> Found | None:
        """The age of somebody who says when they were born: to the day, or else about."""
        day = self.by_kind["date"](words)
        if day is None:
            return self.numerals.born(words, today.year)
        born = date.fromisoformat(str(day.value))
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        return Found(age, day.certainty) if 0 <= age <= _ELDEST else None

    def whole(self, words: str, expecting: Expecting) -> Found | None:
        """The expected value if the words are nothing else, even if they would be a command elsewhere."""
        if expecting.kind == "choice":
            return self.choices.whole(words, expecting.answers)
        return self.value(words, expecting) if expecting.kind in _SHARING_WORDS else None

    def entities(self, words: str) -> dict[str, Value]:
        """Whatever is plainly stated, expected or not."""
        if not any(char.isdigit() for char in self.numerals.digits(words)):
            return {}
        found = {kind: reader(words) for kind, reader in self.stated.items()}
        return {kind: each.value for kind, each in found.items() if each and each.certainty == "sure"}

    def of_speaker(self, words: str, stated: Mapping[str, Value]) -> dict[str, Value]:
        """What of the `stated` is true of the speaker: an age only if it is said to be theirs."""
        own_age = self.numerals.own_age(words) if "age" in stated else None
        own = {"age": own_age.value} if own_age else {}
        return own | {kind: stated[kind] for kind in _SPEAKERS if kind in stated}

    def phrases(self, expecting: Expecting) -> tuple[str, ...]:
        """What may be said as an answer, spelt as in a recognizer's lexicon; empty if anything may."""
        if expecting.kind == "choice":
            return tuple(phrase for value in expecting.answers for phrase in self._choice(value))
        return self.spoken.get(expecting.kind, ())

    def _choice(self, value: str) -> tuple[str, ...]:
        return self.spoken.get(f"choice {value}", (value.replace("_", " "),))


def _spoken(words: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Kind → phrases, and "choice <value>" → phrases."""
    numbers = words.numbers
    units = {"age": numbers.units["years"], "amount": numbers.units["euros"] + numbers.units["centimes"]}
    months = [names[0] for names in numbers.months]
    yes_no = [
        phrase
        for answer in (YES, NO)
        for phrase in (*words.yes_no.words[answer], *words.yes_no.exact[answer])
    ]
    spoken = {
        **{kind: [*numbers.spoken, *units.get(kind, [])] for kind in _NUMBER_KINDS},
        "yes_no": yes_no,
        "more": [*words.commands[NEXT_COMMAND].words, *yes_no],
        "month": months,
        "date": [*numbers.spoken, *months, *numbers.ordinals[0]],
        **{f"choice {value}": phrases for value, phrases in words.choices.items()},
    }
    return {kind: tuple(dict.fromkeys(filter(_sayable, phrases))) for kind, phrases in spoken.items()}


def _sayable(phrase: str) -> bool:
    return not any(char.isdigit() or char == "€" for char in phrase)
