"""Names of French communes as people say them → the official name. Of similar names, the larger town wins.

Data: communes.csv.gz, one commune per row, the most populous first: name, département, population, codes.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log10
from pathlib import Path
from typing import NamedTuple

from anyascii import anyascii
from rapidfuzz import fuzz, process

from voicebot.errors import DataError
from voicebot.nlu.entities.answers import phrases
from voicebot.nlu.entities.found import Found, sure_if
from voicebot.nlu.normalise import plain
from voicebot.nlu.sounds import Sounds
from voicebot.nlu.vocabulary import TownWords

#: People. Smaller communes must be named exactly: there are too many names to guess among.
_GUESSED_FROM = 2000
#: People. Within a sentence, a single word must be the name of a town at least this large.
_NOTICED_FROM = 1000
_LONGEST_NAME = 8
#: People. The beginning of a name is enough for a town of this size, if its last word is not too short…
_WELL_KNOWN, _TELLING = 20_000, 5
#: …and if it is this many times larger than the commune of exactly that name.
_MUCH_BIGGER = 5
#: Similarity of sounds, 0 to 100, needed to guess a town at all, and the bonus for ten times the population.
_LIKE, _PER_TENFOLD = 82, 2.0
#: Similarity above which it beats a shorter name inside ("vaux en velin" is not Vaux).
_VERY_LIKE = 86


class Commune(NamedTuple):
    """One commune: `name` in its official spelling, `people` living there, its `postal_codes`."""

    name: str
    people: int
    postal_codes: tuple[str, ...]


@dataclass(frozen=True)
class Towns:
    """Finds communes by what is said."""

    by_name: Mapping[str, Commune]
    big: Mapping[str, Commune]
    by_sound: Mapping[str, Commune]
    begun: Mapping[str, Commune]
    sounds: Sounds
    carriers: re.Pattern[str]
    before: frozenset[str]
    after: frozenset[str]
    articles: Mapping[str, str]
    abbreviations: Mapping[str, str]
    everyday: frozenset[str]
    regions: frozenset[str]
    within: re.Pattern[str]
    near: re.Pattern[str]
    either: re.Pattern[str]
    denied: re.Pattern[str]
    district: re.Pattern[str]

    @classmethod
    def of(cls, communes: Sequence[Commune], words: TownWords, sounds: Sounds) -> Towns:
        """Index `communes`, the most populous first, and compile towns.yaml."""
        by_name = _first(_all_plain([commune.name for commune in communes]), communes)
        big = [commune for commune in communes if commune.people >= _GUESSED_FROM]
        spelled = _all_plain([commune.name for commune in big])
        heard = sounds("\n".join(spelled)).split("\n")
        carriers = phrases(words.carriers)
        everyday = frozenset(map(plain, words.everyday))
        return cls(
            by_name,
            _first(spelled, big),
            _first(heard, big),
            _beginnings(spelled, big, everyday),
            sounds,
            re.compile(rf"^(?:{carriers.pattern} ?)+"),
            frozenset(map(plain, words.before)),
            frozenset(map(plain, words.after)),
            {plain(said): plain(written) for said, written in words.articles.items()},
            {plain(short): plain(written) for short, written in words.abbreviations.items()},
            everyday,
            regions := frozenset(map(plain, words.regions)),
            re.compile(
                rf"(?<=\S) (?:{phrases(words.within).pattern}) (?:{'|'.join(sorted(regions, key=len))})$"
            ),
            re.compile(rf"(?<=\S) {phrases(words.near).pattern}(?: \S+){{1,3}}$"),
            phrases(words.either),
            re.compile(rf"^{phrases(words.denied).pattern} "),
            re.compile(rf"\b({'|'.join(words.arrondissements)}) \w+e(?: arrondissement)?$"),
        )

    def __call__(self, words: str) -> Found | None:
        """The commune named in plain words: by all of them, else by a name among them, else a similar one."""
        said = " ".join(self.abbreviations.get(word, word) for word in words.split())
        if not self._named(said, True):
            if self._leaves_open(said):
                return None
            district, denied = self.district.search(said), self.denied.match(said)
            if district:
                return Found(self.by_name[district[1]].name)
            if denied:
                return self._instead(said[denied.end() :].split())
        if not self._ends_named(said):
            said = self.within.sub("", self.near.sub("", said))
        name = self._without_carriers(said)
        exact = self._named(said, True) or self._named(name, said == name)
        if name in self.regions and (exact is None or exact.people < _WELL_KNOWN):
            return None
        bigger = self.begun.get(name)
        if bigger and bigger.people > _MUCH_BIGGER * (exact.people if exact else 0):
            return Found(bigger.name, "unsure")
        if exact:
            return Found(exact.name)
        return self._like(name, _VERY_LIKE) or self._inside(said, name) or self._like(name, _LIKE)

    def _without_carriers(self, said: str) -> str:
        """What follows "j'habite à"; "au" and "aux" are kept as the article that names write."""
        match = self.carriers.match(said)
        rest = said[match.end() :] if match else said
        last = said[: len(said) - len(rest)].split()[-1:]
        if last and f"{last[0]} {rest}" in self.by_name:
            return f"{last[0]} {rest}"
        article = self.articles.get(last[0]) if last else None
        return f"{article} {rest}" if article and f"{article} {rest}" in self.by_name else rest.strip()

    def _named(self, name: str, alone: bool) -> Commune | None:
        return self.by_name.get(name) if alone or name not in self.everyday else None

    def _ends_named(self, said: str) -> bool:
        """Whether the end of what was said names a commune in several words ("villefranche sur mer")."""
        words = said.split()
        ends = (" ".join(words[at:]) for at in range(len(words) - 1))
        return any(end in self.by_name and end not in self.regions for end in ends)

    def _leaves_open(self, said: str) -> bool:
        """Whether two towns are named, and not which of them."""
        parts = [part.strip() for part in self.either.split(said)]
        return len(parts) > 1 and all(self._begins_named(self._without_carriers(part)) for part in parts)

    def _begins_named(self, said: str) -> bool:
        words = said.split()
        return any(self._named(" ".join(words[:size]), False) for size in range(1, len(words) + 1))

    def _instead(self, words: Sequence[str]) -> Found | None:
        """The town behind one that is denied: "pas Lille, Tourcoing"."""
        for size in range(len(words) - 1, 0, -1):
            if self._named(" ".join(words[:size]), True):
                return self(" ".join(words[size:]))
        return None

    def _inside(self, said: str, name: str) -> Found | None:
        starts = [*self._starts(said.split()), name.split()]
        found = [commune for start in starts for commune in self._prefixes(start)]
        best = max(found, key=lambda pair: (pair[0], pair[1].people), default=None)
        return Found(best[1].name, sure_if(best[1].people >= _GUESSED_FROM)) if best else None

    def _starts(self, words: Sequence[str]) -> Iterator[Sequence[str]]:
        for i, word in enumerate(words):
            if word in self.before:
                yield words[i + 1 :]
            if word in self.articles:
                yield [self.articles[word], *words[i + 1 :]]

    def _prefixes(self, words: Sequence[str]) -> Iterator[tuple[int, Commune]]:
        """Names with which `words` begin, and their length in words; what follows must not belong to them."""
        for size in range(min(_LONGEST_NAME, len(words)), 0, -1):
            name = " ".join(words[:size])
            commune = self._named(name, False)
            ends = size == len(words) or words[size] in self.after
            if commune and ends and (size > 1 or commune.people >= _NOTICED_FROM):
                yield size, commune

    def _like(self, name: str, least: int) -> Found | None:
        words = [word for word in name.split() if word not in self.after] or [""]
        heard = self.sounds(" ".join(words))
        if name in self.everyday or " ".join(words[1:]) in self.everyday:
            return None
        if heard in self.by_sound:
            return Found(self.by_sound[heard].name)
        if len(heard) < 5 or len(words) > _LONGEST_NAME:
            return None
        spelled, spoken = _near(name, self.big, least), _near(heard, self.by_sound, least)
        best = max((*spelled, *spoken), default=None)
        return Found(best[1], "unsure") if best else None


def read_communes(path: Path) -> list[Commune]:
    """The rows of communes.csv.gz. Raises DataError if it cannot be read."""
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            return [
                Commune(name, int(people), tuple(codes.split()))
                for name, _, people, codes in csv.reader(file)
            ]
    except (OSError, EOFError, ValueError) as error:
        message = f"expected name, département, population and postal codes a row in {path.name}: {error}"
        raise DataError(message) from error


def _beginnings(
    names: Sequence[str], communes: Sequence[Commune], but: Collection[str]
) -> dict[str, Commune]:
    """The first words of long names → the largest town whose name begins like this ("aulnay")."""
    begun: dict[str, Commune] = {}
    for name, commune in zip(names, communes, strict=True):
        words = name.split()
        for size in range(1, len(words)):
            beginning = " ".join(words[:size])
            if len(words[size - 1]) >= _TELLING and beginning not in but and commune.people >= _WELL_KNOWN:
                begun.setdefault(beginning, commune)
    return begun


def _near(said: str, names: Mapping[str, Commune], least: int) -> Iterator[tuple[float, str]]:
    """Similar names, with larger towns favoured."""
    for key, score, _ in process.extract(said, list(names), scorer=fuzz.ratio, score_cutoff=least, limit=6):
        yield score + _PER_TENFOLD * log10(names[key].people), names[key].name


def _all_plain(names: Sequence[str]) -> list[str]:
    """`normalise.plain` for many names at once, a hundred times faster."""
    return re.sub(r"[^a-z0-9\n]+", " ", anyascii("\n".join(names)).lower()).split("\n")


def _first(keys: Sequence[str], communes: Sequence[Commune]) -> dict[str, Commune]:
    """Key → commune, keeping the first of equal keys."""
    return dict(zip(reversed(keys), reversed(communes), strict=True))
