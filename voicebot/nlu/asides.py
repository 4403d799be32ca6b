"""What is said at a question without answering it: a question, a greeting, a need that we do not serve."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from voicebot.nlu.danger import Dangers
from voicebot.nlu.entities.answers import phrases
from voicebot.nlu.normalise import Normaliser, plain
from voicebot.nlu.sounds import Sounds
from voicebot.nlu.vocabulary import AsideWords, DangerGuards, DangerPatterns, OpeningWords

HELP, ABOUT, GLOSSARY, UNSERVED, SMALL = "help", "about", "glossary", "unserved", "small"
#: An echo ("un RIB ?") has no more words than this.
_ECHO = 4


@dataclass(frozen=True, repr=False)
class Asides:
    """Each method returns an aside, "about.robot" or "help", or None."""

    about: Dangers
    why: Dangers
    needs: Dangers
    what: re.Pattern[str]
    asks: re.Pattern[str]
    begins: re.Pattern[str]
    terms: Mapping[str, str]
    term: re.Pattern[str]
    person: Dangers
    turns: re.Pattern[str]
    wishes: re.Pattern[str]
    acknowledges: re.Pattern[str]
    not_acknowledging: re.Pattern[str]
    denied: re.Pattern[str]
    matters: Mapping[str, re.Pattern[str]]
    small_talk: Mapping[str, str]
    politeness: re.Pattern[str]

    @classmethod
    def of(
        cls,
        words: AsideWords,
        polite: Iterable[str],
        openings: OpeningWords,
        normalise: Normaliser,
        sounds: Sounds,
    ) -> Asides:
        """Compile asides.yaml; `openings` tells how the matters are named."""
        terms = {normalise(said): name for name, all_ in words.glossary.items() for said in all_}
        none = DangerGuards(past=[], unless=[])
        return cls(
            _patterns(words.about, none, sounds),
            Dangers.of(sounds, {HELP: DangerPatterns(sure=words.why)}, none),
            _patterns(words.unserved, DangerGuards(past=[], unless=words.unless), sounds),
            phrases(words.what),
            phrases(words.asks),
            re.compile(rf"^(?:(?:et|mais|euh|oui|non|ben|bah|alors|bonjour) )*{phrases(words.asks).pattern}"),
            terms,
            phrases(terms),
            Dangers.of(sounds, {HELP: DangerPatterns(sure=words.person)}, none),
            phrases(words.turns),
            phrases(words.wishes),
            phrases(words.acknowledges),
            phrases(words.not_acknowledging),
            re.compile(
                rf"{phrases(words.not_about).pattern} .{{1,40}}? (?={phrases(words.but_about).pattern})"
            ),
            {intent: phrases(map(normalise, names)) for intent, names in openings.names.items()},
            {plain(said): name for name, all_ in words.small.items() for said in all_},
            phrases(polite),
        )

    def matters_named(self, words: str) -> set[str]:
        """The procedures whose matter is named ("ma retraite")."""
        return {intent for intent, names in self.matters.items() if names.search(words)}

    def is_question(self, text: str, words: str) -> bool:
        """Whether somebody is asking something, judging by punctuation and words."""
        return text.rstrip().endswith("?") or bool(self.begins.search(words))

    def service(self, words: str) -> str | None:
        """A question about the service, in normalised words."""
        name, _ = self.about.heard(words)
        return f"{ABOUT}.{name}" if name else None

    def reason(self, words: str) -> str | None:
        """Whether somebody asks why it is asked."""
        return HELP if self.why.heard(words)[0] else None

    def term_asked(self, text: str, words: str) -> str | None:
        """A word to be explained: "c'est quoi un RIB", "un RIB ?"."""
        named = self.term.search(words)
        if not named:
            return None
        echoed = text.rstrip().endswith("?") and len(words.split()) <= _ECHO and not self.asks.search(words)
        asked = self.what.search(words)
        return f"{GLOSSARY}.{self.terms[named[0]]}" if echoed or asked else None

    def need(self, words: str) -> str | None:
        """A need that we do not serve."""
        name, _ = self.needs.heard(words)
        return f"{UNSERVED}.{name}" if name else None

    def wants_a_person(self, words: str) -> bool:
        """Whether somebody wants to speak to a person."""
        return self.person.heard(words)[0] is not None

    def small(self, words: str) -> str | None:
        """Politeness and noise, if nothing else is said, in plain words."""
        bare = " ".join(self.politeness.sub(" ", words).split())
        name = self.small_talk.get(words) or self.small_talk.get(bare)
        return f"{SMALL}.{name}" if name else None


def _patterns(named: Mapping[str, list[str]], guards: DangerGuards, sounds: Sounds) -> Dangers:
    return Dangers.of(sounds, {name: DangerPatterns(sure=said) for name, said in named.items()}, guards)
