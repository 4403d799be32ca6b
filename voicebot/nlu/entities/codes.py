"""Postal codes, telephone numbers and four-digit codes, said digit by digit, in pairs or any mixture."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from voicebot.nlu.entities.found import Found, sure_if
from voicebot.nlu.entities.numerals import Numerals
from voicebot.nlu.normalise import plain
from voicebot.nlu.vocabulary import NumberWords
from voicebot.telephony.phone_numbers import e164

_POSTAL_CODE = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-5]|9[78])\d{3}")
_PREFIX = re.compile(r"(?:\+|00)(?:33|262|590|594|596|508|687|689|681)0?|33(?=[1-9]\d{8}$)")
_NATIONAL = re.compile(r"0[1-9]\d{8}")
_THOUSANDS = re.compile(r"(?<!\d)(\d{1,2}) ?000 (\d{1,3})(?!\d)")
#: "zéro un mille cent" is read as 01 and 1100.
#: "soixante-quinze mille dix-huit" as a recognizer writes it.
_SPLIT_CODE = re.compile(r"(?<!\d)(\d\d) 1(\d{3})(?!\d)")
#: What is denied ("c'est pas 59 200, c'est 59 100") where something else is said.
_DENIED = re.compile(r"\bpas (?:le |du |au )?\d[\d ]*(?=\D*\d)")
_DENIED_CODE = re.compile(r"\bpas \d{4} (?=\d{4}\b)")
#: The letter for the digit.
_ROUND = re.compile(r"\bo(?=\d\b)")
_LEADING_ZERO = re.compile(r"(?<!\d)0(\d) 1(\d{3})(?!\d)")


@dataclass(frozen=True)
class Codes:
    """Reads codes out of plain words."""

    numerals: Numerals
    between: frozenset[str]
    known: Collection[str]
    districts: re.Pattern[str]
    first_codes: Mapping[str, str]
    ordinals: Mapping[str, str]
    times: Mapping[str, int]
    zeros: re.Pattern[str]

    @classmethod
    def of(
        cls, words: NumberWords, numerals: Numerals, known: Collection[str], districts: Mapping[str, str]
    ) -> Codes:
        """`known`: the postal codes that exist; `districts`: towns with codes for each → the code before."""
        towns = "|".join(districts)
        ordinals = {plain(forms[0]): str(place) for place, forms in enumerate(words.ordinals, start=1)}
        which = rf"\d{{1,2}}|{'|'.join(ordinals)}"
        pattern = re.compile(rf"\b({towns})(?: dans)?(?: le)? ({which})(?:e|eme|er|ieme)?\b")
        return cls(
            numerals,
            frozenset(map(plain, words.between)),
            known,
            pattern,
            districts,
            ordinals,
            words.times,
            re.compile(rf"\b([2-5]) (?:{'|'.join(map(plain, words.zeros))})\b"),
        )

    def postal_code(self, words: str) -> Found | None:
        """Five digits; one that no commune has is unsure."""
        words = self.numerals.said_last(words)
        if self.numerals.leaves_open(words):
            return None
        for spelled in (False, True):
            for run in self._runs(_SPLIT_CODE.sub(r"\1\2", words), spelled):
                if _POSTAL_CODE.fullmatch(run):
                    return Found(run, sure_if(run in self.known and not spelled))
        return self._district(words)

    def _district(self, words: str) -> Found | None:
        """ "Paris dix-huitième" is 75018."""
        said = self.districts.search(plain(self.numerals.digits(words)))
        place = int(self.ordinals.get(said[2], said[2])) if said else 0
        code = str(int(self.first_codes[said[1]]) + place) if said else ""
        return Found(code) if code in self.known else None

    def phone(self, words: str) -> Found | None:
        """The ten national digits; a number that cannot exist is unsure."""
        corrected = self.numerals.said_last(words)
        if corrected != words and self.numerals.instead.search(words):
            again = self.phone(corrected)
            if again:
                return again
        for spelled in (False, True):
            for run in self._runs(_ROUND.sub("0", words).replace("plus ", "+"), spelled):
                digits = _national(run)
                if digits:
                    return Found(digits, sure_if(e164(digits) is not None and not spelled))
                abroad = e164(f"+{run.removeprefix('+').removeprefix('00')}") if run[:1] in "+0" else None
                if abroad and run.startswith(("+", "00")):
                    return Found(abroad, sure_if(not spelled))
        return self._apart(words)

    def _apart(self, words: str) -> Found | None:
        """Tens written apart ("soixante douze"): the number that has ten digits once they are together."""
        runs = self._runs(self.numerals.together(self.numerals.digits(words)), False)
        found = [digits for run in runs if (digits := _national(run))]
        return Found(found[0], "unsure") if found else None

    def code(self, words: str) -> Found | None:
        """Four digits, a code of somebody's choice."""
        words = self.numerals.said_last(words)
        words = _DENIED_CODE.sub(" ", self.numerals.digits(words))
        for spelled in (False, True):
            runs = [run for run in self._runs(words, spelled) if re.fullmatch(r"\d{4}", run)]
            if runs:
                return Found(runs[0], sure_if(len(set(runs)) == 1 and not spelled))
        return None

    def _runs(self, words: str, spelled: bool) -> Iterator[str]:
        """Everything written in digits without a word in between, as one run of digits."""
        text = _DENIED.sub(" ", self._unfolded(self.numerals.digits(words, spelled)))
        text = _LEADING_ZERO.sub(r"0\1\2", " ".join(w for w in text.split() if w not in self.between))
        text = _THOUSANDS.sub(lambda found: f"{found[1]}{found[2].zfill(3)}", text)
        run = ""
        for word in [*text.split(), "."]:
            digits = re.sub(r"[.,/]", "", word)
            if re.fullmatch(r"\+?\d+", digits):
                run += digits
            elif run:
                yield run
                run = ""

    def _unfolded(self, text: str) -> str:
        """ "double 0" is 00, "3 zéros" are 000."""
        text = self.zeros.sub(lambda found: "0" * int(found[1]), plain(text))
        for word in sorted(self.times, key=len, reverse=True):
            text = re.sub(rf"\b{word} (\d)", r"\1" * self.times[word], text)
        return text


def _national(run: str) -> str | None:
    digits = _PREFIX.sub("", run, count=1) if run.startswith(("+", "00", "33")) else run
    if len(digits) == 9 and digits[0] != "0":
        digits = f"0{digits}"
    return digits if _NATIONAL.fullmatch(digits) else None
