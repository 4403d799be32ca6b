"""`interpret`: what a French utterance means, given what was expected.

In this order: a command in so many words, danger, the expected answer, then commands and intents as learned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from voicebot.dialogue.meaning import NEXT, NO, NO_INTENT, Candidate, Certainty, Expecting, Meaning
from voicebot.nlu import vocabulary
from voicebot.nlu.ahead import Ahead
from voicebot.nlu.ambiguous import Ambiguous
from voicebot.nlu.commands import Commands
from voicebot.nlu.danger import SCAM, WORRY, Dangers
from voicebot.nlu.entities.found import Found
from voicebot.nlu.entities.readers import NEXT_COMMAND, Readers
from voicebot.nlu.intents import Intents, learn_intents, together
from voicebot.nlu.normalise import Normaliser, normaliser, plain
from voicebot.nlu.several import Several
from voicebot.nlu.sounds import Sounds
from voicebot.nlu.vocabulary import CHANNELS

PACKAGED = Path(__file__).with_name("fr")

#: A best intent with at least this score is acted upon, with at least `ASK` it is asked back.
#: Chosen so that 1 % of the development sets out of domain is acted upon (docs/decisions/0003).
ACCEPT, ASK = 0.82, 0.2
_ALTERNATIVES = 3
#: A danger that is not sure counts in at most this many words, or when nothing else is meant.
_FEW_WORDS = 4
#: A danger said in this many words is the matter itself, whatever else they resemble.
_ONE_BREATH = 8
_EMERGENCY, _SHELTER, _NO_SHELTER, _END = "urgence", "hebergement_urgence", "rue", "terminer"
#: Dangers spoken of in hints: asked about whenever no other request is clear.
_HINTED = frozenset({"suicide", "violence", "enfant"})
#: Kinds whose answers are so free in form that a clear command is heard before them…
_LOOSE = frozenset({"town", "choice", "yes_no"})
#: …but for these commands, which only say the answer in more words ("oui envoyez un sms")…
_GOES_WITH_AN_ANSWER = frozenset({"recap_sms", "rappel", "stop", "suite", "terminer"})
#: …and those whose form cannot be mistaken for anything else.
_STRICT = frozenset({"phone", "postal_code", "date", "code"})


@dataclass(frozen=True)
class _Heard:
    """An utterance made plain once, and what it may mean as learned, best first."""

    plain: str
    words: str
    commands: Commands
    likely: tuple[Candidate, ...]
    others: tuple[tuple[Candidate, ...], ...] = ()

    @property
    def best(self) -> Candidate:
        return self.likely[0] if self.likely else Candidate(NO_INTENT, 0.0)

    @property
    def few_words(self) -> bool:
        return len(self.plain.split()) <= _FEW_WORDS


@dataclass(frozen=True, repr=False)
class Understanding:
    """Everything learned and compiled from a folder of words; safe to share between threads."""

    normalise: Normaliser
    intents: Intents
    commands: Mapping[str, Commands]
    dangers: Dangers
    scams: Dangers
    worries: Dangers
    several: Several
    readers: Readers
    ahead: Ahead

    @classmethod
    def load(cls, folder: Path = PACKAGED) -> Understanding:
        """Read, compile and learn everything in `folder`: about a second. Raises DataError."""
        words = vocabulary.read(folder)
        normalise = normaliser(words.acronyms, words.sms)
        sounds = Sounds.of(words.sounds)
        intents = learn_intents(words, normalise, sounds)
        readers = Readers.of(words, folder / "communes.csv.gz", sounds)
        return cls(
            normalise,
            intents,
            {channel: Commands.of(words.commands, words.yes_no, channel) for channel in CHANNELS},
            Dangers.of(sounds, words.danger, words.danger_guards),
            Dangers.of_one(SCAM, sounds, words.scam),
            Dangers.of_one(WORRY, sounds, words.worry),
            Several(Ambiguous.of(words.ambiguous, words.yes_no, normalise), intents),
            readers,
            Ahead.of(words.intents, readers.choices),
        )

    def interpret(
        self, text: str, expecting: Expecting, channel: str = "voice", others: Sequence[str] = ()
    ) -> Meaning:
        """What `text` means as an answer to `expecting` on a channel (voice, sms or keypad).

        `others` is the same utterance heard in other ways: what only one hearing holds is not sure.
        Only the first 500 characters are read. Never raises, whatever the text.
        """
        heard = self._hear(text, channel, others)
        meaning = (
            self._exact_command(heard, expecting)
            or self._danger(heard, expecting)
            or self._scam(heard, expecting)
            or self._answer(heard, expecting)
            or self._more(heard, expecting)
            or self._intent(heard, expecting)
        )
        named = meaning.alternatives or _alternatives(heard, meaning.intent)
        stated = self.readers.entities(heard.plain)
        own = self.readers.of_speaker(heard.plain, stated)
        worried = self.worries.heard(heard.words)[0] is not None
        return replace(meaning, text=text, alternatives=named, entities=stated, own=own, worried=worried)

    def answered_ahead(self, text: str, intent: str, choices: tuple[str, ...]) -> str | None:
        """Which of the `choices` of its first question `text` answers while it names `intent`."""
        return self.ahead.answered(plain(text), intent, choices)

    def phrases(self, expecting: Expecting) -> tuple[str, ...]:
        """What a recognizer should expect at this step: the answers first, then the commands."""
        return tuple(dict.fromkeys((*self.readers.phrases(expecting), *self.commands["voice"].spoken)))

    def _hear(self, text: str, channel: str, others: Sequence[str] = ()) -> _Heard:
        commands = self.commands.get(channel, self.commands["voice"])
        words = self.normalise(text, channel)
        likely = self.intents.likely(words, commands.names)
        also = tuple(self.intents.likely(self.normalise(other, channel), commands.names) for other in others)
        return _Heard(plain(text), words, commands, together((likely, *also)) if also else likely, also)

    def _exact_command(self, heard: _Heard, expecting: Expecting) -> Meaning | None:
        name = heard.commands.said(heard.plain)
        if name is None:
            return None
        answer = self.readers.whole(heard.plain, expecting)
        if answer and answer.certainty == "sure":
            return _value(answer)
        if expecting.kind == "more" and name == NEXT_COMMAND:
            return _value(Found(NEXT))
        agreed = all(any(c.intent == name and c.score >= ASK for c in other) for other in heard.others)
        return Meaning("", intent=name, score=1.0, certainty="sure" if agreed else "unsure")

    def _danger(self, heard: _Heard, expecting: Expecting) -> Meaning | None:
        name, certainty = self.dangers.heard(heard.words)
        if name is None or (certainty == "unsure" and self._is_the_answer(heard, expecting)):
            return None
        other = heard.best.score >= ACCEPT and heard.best.intent not in (_EMERGENCY, _SHELTER)
        long = len(heard.plain.split()) > _ONE_BREATH
        if certainty == "unsure" and not self._worth_asking(heard, name, other):
            return None
        # Both a danger and another clear request: ask which. Not for what people only dare to say once.
        asked = certainty == "unsure" or (other and long and name not in _HINTED)
        intent = _SHELTER if name == _NO_SHELTER else _EMERGENCY
        score = max((c.score for c in heard.likely if c.intent == intent), default=0.0)
        return Meaning(
            "",
            intent=intent,
            score=max(score, ASK if asked else ACCEPT),
            certainty="unsure" if asked else "sure",
            danger=name,
        )

    def _scam(self, heard: _Heard, expecting: Expecting) -> Meaning | None:
        """A scam told beside the answer counts before the answer; what answers and no more stays one."""
        if expecting.kind == "intent" or self.scams.heard(heard.words)[0] is None:
            return None
        if self._is_the_answer(heard, expecting):
            return None
        return Meaning("", intent=SCAM, score=max(ACCEPT, heard.best.score), certainty="sure")

    def _is_the_answer(self, heard: _Heard, expecting: Expecting) -> bool:
        """Whether these are a choice's own words and no more ("j'ai payé" sounds like "j'ai peur")."""
        whole = self.readers.whole(heard.plain, expecting) if expecting.kind == "choice" else None
        return whole is not None and whole.certainty == "sure"

    def _worth_asking(self, heard: _Heard, name: str, other: bool) -> bool:
        if heard.best.intent == _EMERGENCY:
            return True
        return not other and (name in _HINTED or heard.few_words)

    def _answer(self, heard: _Heard, expecting: Expecting) -> Meaning | None:
        """The expected value, unless the words are more clearly something else."""
        whole = self.readers.whole(heard.plain, expecting) if expecting.kind == "choice" else None
        if whole and whole.certainty == "sure":
            return _value(whole)
        found = self.readers.value(heard.plain, expecting)
        if found is None:
            return None
        if expecting.kind in _STRICT or (found.certainty == "sure" and expecting.kind not in _LOOSE):
            return _value(found)
        clear = heard.best.score >= ACCEPT
        command = heard.best.intent in heard.commands.names - _GOES_WITH_AN_ANSWER
        if clear and (found.certainty == "unsure" or (command and not heard.few_words)):
            return None
        return _value(found)

    def _more(self, heard: _Heard, expecting: Expecting) -> Meaning | None:
        """At "more", any yes goes on; a bare no is asked whether it is the end."""
        if expecting.kind != "more":
            return None
        agreed = self.readers.by_kind["yes_no"](heard.plain)
        if heard.best.intent == NEXT_COMMAND and heard.best.score >= ASK:
            return _value(Found(NEXT))
        if agreed is None or not heard.few_words:
            return None
        return _value(Found(NEXT)) if agreed.value != NO else Meaning("", _END, ASK, "unsure")

    def _intent(self, heard: _Heard, expecting: Expecting) -> Meaning:
        if expecting.kind == "intent" and expecting.choices:
            placed = self.readers.choices.nth(heard.plain, expecting.choices)
            if placed:
                return Meaning("", intent=str(placed.value), score=1.0, certainty="sure")
        several = self.several.offered(heard.words, heard.likely)
        if several:
            return Meaning("", several[0].intent, several[0].score, "unsure", several)
        best = _preferred(heard, expecting)
        certainty: Certainty = "sure" if best.score >= ACCEPT else "unsure" if best.score >= ASK else "none"
        return Meaning("", best.intent if certainty != "none" else NO_INTENT, best.score, certainty)


def _value(found: Found) -> Meaning:
    return Meaning(
        "", score=1.0 if found.certainty == "sure" else ASK, certainty=found.certainty, value=found.value
    )


def _preferred(heard: _Heard, expecting: Expecting) -> Candidate:
    """The likeliest intent; while none is clear, one of those just offered."""
    offered = [c for c in heard.likely if c.intent in expecting.choices and c.score >= ASK]
    return offered[0] if offered and heard.best.score < ACCEPT else heard.best


def _alternatives(heard: _Heard, intent: str) -> tuple[Candidate, ...]:
    """The best procedures; commands are named only beside a command, for they are never offered as topics."""
    commands = heard.commands.names
    kept = heard.likely if intent in commands else [c for c in heard.likely if c.intent not in commands]
    return tuple(kept[:_ALTERNATIVES])
