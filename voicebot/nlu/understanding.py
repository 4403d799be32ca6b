"""`interpret`: what a French utterance means, given what was expected.

In this order: a command in so many words, danger, the expected answer, then commands and intents as learned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from voicebot import packaged
from voicebot.dialogue.documents import WHAT
from voicebot.dialogue.meaning import NEXT, NO_INTENT, Candidate, Certainty, Expecting, Meaning
from voicebot.nlu import vocabulary
from voicebot.nlu.ahead import Ahead
from voicebot.nlu.alarms import DAY_OF_MONTH, EMERGENCY, Alarms, may_be_none
from voicebot.nlu.ambiguous import Ambiguous
from voicebot.nlu.asides import HELP, Asides
from voicebot.nlu.closed.answer import Closed
from voicebot.nlu.closed.reader import ClosedReader
from voicebot.nlu.closed.sentences import load as load_sentences
from voicebot.nlu.commands import Commands
from voicebot.nlu.confirming import apart, in_place_of, says
from voicebot.nlu.danger import SCAM, WORRY, Dangers
from voicebot.nlu.entities.found import Found
from voicebot.nlu.entities.readers import NEXT_COMMAND, Readers
from voicebot.nlu.going_on import gone_on
from voicebot.nlu.heard import ACCEPT, ASK, FEW_WORDS, Heard, alternatives, weighed_clauses
from voicebot.nlu.intents import Intents, learn_intents, together
from voicebot.nlu.languages import ANY_DANGER, NUMBERS, Languages
from voicebot.nlu.meant_dangers import load as load_meant_dangers
from voicebot.nlu.normalise import LONGEST, Normaliser, normaliser, plain
from voicebot.nlu.reading import (
    ANSWER,
    ANSWER_IN_A_QUESTION,
    CERTAIN,
    DOUBTED_DANGER,
    ECHO,
    LIKELY_ANSWER,
    MEANT_DANGER,
    NEED,
    OTHER,
    PERSON,
    QUESTION,
    REASON_ASKED,
    REQUEST,
    SERVICE_ASKED,
    SETTLED,
    SETTLED_ANSWER,
    SMALL_TALK,
    TERM_ASKED,
    Reading,
    aside,
    best,
    counting,
    explained,
    value_meaning,
)
from voicebot.nlu.several import Several
from voicebot.nlu.sounds import Sounds
from voicebot.nlu.vocabulary import CHANNELS

PACKAGED = packaged.NLU

#: Kinds whose answers are so free in form that a clear command is heard before them…
_LOOSE = frozenset({"town", "choice", "yes_no"})
#: …but for these commands, which only say the answer in more words ("oui envoyez un sms")…
_GOES_WITH_AN_ANSWER = frozenset({"recap_sms", "rappel", "stop", "suite", "terminer"})
#: …and those whose form cannot be mistaken for anything else.
_STRICT = frozenset({"phone", "postal_code", "date", "code"})
#: Kinds whose answers are taken apart into clauses.
_TAKEN_APART = frozenset({"choice", "yes_no"})
#: In a question the words of an answer count in full when they leave less than this unexplained.
_MOSTLY = 0.4
#: With more than this left unexplained, an answer is acted upon only when its words tell enough alone.
_MOSTLY_LEFT, _TELLS_ENOUGH = 0.6, 1.0
#: A procedure this likely is not taken for a need that is not served.
_SERVED = 0.75
#: Questions about the service that, at an open question, are about what we do not know.
_OF_A_PROCEDURE = frozenset({"about.cost", "about.delay", "about.amount", "about.duration", "about.hours"})
_PERSON = "conseiller"
_TIME_OF_DAY = re.compile(r"\b\d{1,2} ?[hH:] ?\d{2}\b")


@dataclass(frozen=True, repr=False)
class Understanding:
    """Everything learned and compiled from a folder of words; safe to share between threads."""

    normalise: Normaliser
    intents: Intents
    commands: Mapping[str, Commands]
    alarms: Alarms
    worries: Dangers
    several: Several
    readers: Readers
    closed: ClosedReader
    asides: Asides
    languages: Languages
    signs: Mapping[str, str]
    ahead: Ahead

    @classmethod
    def load(cls, *folders: Path, kept: Path | None = None, second_opinion: bool = True) -> Understanding:
        """Read, compile and learn everything in `folders`: seconds, less where `kept` has it from before.

        The first folder is complete; the words in the others are added to its own. With `second_opinion`, a
        sentence model is asked about what words leave open, where it is installed. Raises DataError.
        """
        folders = folders or (PACKAGED,)
        words = vocabulary.read(*folders)
        normalise = normaliser(words.acronyms, words.sms)
        sounds = Sounds.of(words.sounds)
        intents = learn_intents(words, normalise, sounds, kept)
        readers = Readers.of(words, folders[0] / "communes.csv.gz", sounds)
        sentences = load_sentences(folders[0]) if second_opinion else None
        closed = ClosedReader.of(words, weighed_clauses(words, normalise, sounds), sentences)
        return cls(
            normalise,
            intents,
            {channel: Commands.of(words.commands, words.yes_no, channel) for channel in CHANNELS},
            Alarms.of(words, sounds, readers, load_meant_dangers(folders[0], sentences)),
            Dangers.of_one(WORRY, sounds, words.worry),
            Several(Ambiguous.of(words.ambiguous, words.yes_no, normalise), intents),
            readers,
            closed,
            Asides.of(words.asides, words.yes_no.fillers, words.openings, normalise, sounds),
            Languages.of(words.languages, closed.clauses.weights.keys()),
            words.yes_no.signs,
            Ahead.of(words.intents, readers.choices),
        )

    def interpret(
        self, text: str, expecting: Expecting, channel: str = "voice", others: Sequence[str] = ()
    ) -> Meaning:
        """What `text` means as an answer to `expecting` on a channel (voice, sms or keypad).

        `others` is the same utterance heard in other ways: what only one hearing holds is not sure.
        Only the first 500 characters are read. Never raises, whatever the text.
        """
        said, text = text, self._without_signs(text[:LONGEST], expecting)
        heard = self._hear(text, channel, others)
        if expecting.kind in _TAKEN_APART:
            clauses = self.closed.clauses.of(text, channel, yes_no=expecting.kind == "yes_no")
            heard = replace(heard, clauses=clauses)
        meaning = best(self._readings(text, heard, expecting))
        own = self.readers.of_speaker(heard.plain, stated := self.readers.entities(heard.plain))
        named = meaning.alternatives or alternatives(heard, meaning.intent)
        worried = bool(self.worries.heard(heard.words)[0])
        return replace(meaning, text=said, alternatives=named, entities=stated, own=own, worried=worried)

    def answered_ahead(self, text: str, intent: str, choices: tuple[str, ...]) -> str | None:
        """Which of the `choices` of its first question `text` answers while it names `intent`."""
        return self.ahead.answered(plain(text), intent, choices)

    def phrases(self, expecting: Expecting) -> tuple[str, ...]:
        """What a recognizer should expect at this step: the answers first, then the commands."""
        return tuple(dict.fromkeys((*self.readers.phrases(expecting), *self.commands["voice"].spoken)))

    def _hear(self, text: str, channel: str, others: Sequence[str] = ()) -> Heard:
        commands = self.commands.get(channel, self.commands["voice"])
        words = self.normalise(text, channel)
        likely = self.intents.likely(self.asides.denied.sub(" ", words), commands.names)
        also = tuple(self.intents.likely(self.normalise(other, channel), commands.names) for other in others)
        spelt = self.normalise.expand(text) if channel == "sms" else text
        likely = together((likely, *also)) if also else likely
        return Heard(plain(text), words, commands, likely, also, said=spelt, typed=channel == "sms")

    def _without_signs(self, text: str, expecting: Expecting) -> str:
        """Emoji that answer, as words; where a day is asked for, without the time of day."""
        for sign, word in self.signs.items():
            text = text.replace(sign, f" {word} ") if sign in text else text
        return _TIME_OF_DAY.sub(" ", text) if expecting.kind in ("date", "month") else text

    def _readings(self, text: str, heard: Heard, expecting: Expecting) -> Iterator[Reading]:
        """Every reader's reading. Those that nothing outdoes come first, so that the others need not read."""
        asked = self.asides.is_question(text, heard.plain)
        for certain in (self._exact_command(heard, expecting), self._language(text, heard)):
            yield from counting(certain, CERTAIN)
        for alarm in self.alarms.heard(heard, expecting):
            yield from counting(alarm, DOUBTED_DANGER if alarm and may_be_none(alarm) else CERTAIN)
        answered = False
        for reading in self._answers(heard, expecting, asked):
            yield reading
            answered = answered or reading.counts >= SETTLED_ANSWER
            if reading.counts >= ANSWER and not asked:
                return
        yield from counting(self.alarms.meant(heard, expecting, answered), MEANT_DANGER)
        yield from self._asides(text, heard, expecting, asked)
        if expecting.kind == "more":
            yield from counting(gone_on(heard, self.asides, self.readers.yes_no), LIKELY_ANSWER)
        yield Reading(self._intent(heard, expecting), OTHER)

    def _language(self, text: str, heard: Heard) -> Meaning | None:
        spoken = self.languages.heard(text[:LONGEST], heard.plain)
        if spoken is None:
            return None
        danger = spoken.danger or self.alarms.meant_abroad(text[:LONGEST])
        number = f"_{NUMBERS.get(danger, ANY_DANGER)}" if danger else ""
        return Meaning("", certainty="sure", aside=f"language.{spoken.language}{number}")

    def _answers(self, heard: Heard, expecting: Expecting, asked: bool) -> Iterator[Reading]:
        """The answer; in a question, or with much left unexplained, it counts less."""
        meaning = self._answer(heard, expecting)
        if meaning is None:
            if expecting.kind == "choice" and self.closed.read(heard.clauses, expecting).out:
                yield Reading(Meaning(""), LIKELY_ANSWER)  # what is not wanted was said, and no more
            return
        if expecting.kind == "papers" and str(meaning.value).startswith(WHAT):
            yield Reading(meaning, CERTAIN)  # the list itself explains its papers
            return
        counts = ANSWER if meaning.certainty == "sure" else LIKELY_ANSWER
        if meaning.score == SETTLED:
            counts = SETTLED_ANSWER
        echoed = WHAT in expecting.choices and asked and self.asides.term_asked(heard.said, heard.words)
        if echoed or (asked and self._mostly_asks(heard, expecting)):
            counts = ANSWER_IN_A_QUESTION
        elif counts == ANSWER and self._requested(heard, expecting):
            counts = counts if self._tells_more(heard, expecting) else LIKELY_ANSWER
        yield Reading(meaning, counts)

    def _tells_more(self, heard: Heard, expecting: Expecting) -> bool:
        """Whether the answer is more than a yes or no, or a number, in front of something else.

        Whoever says "je voudrais" and names another procedure at the end wants that, whatever came before.
        """
        last = self.normalise(heard.clauses[-1].text) if len(heard.clauses) > 1 else ""
        if self.asides.wishes.search(last) and heard.best.intent in self.intents.features.named(last):
            return False
        if expecting.kind not in _TAKEN_APART:
            return len(heard.plain.split()) <= FEW_WORDS
        closed = self.closed.read(heard.clauses, expecting)
        return closed.own or closed.left < 1 - _MOSTLY

    def _mostly_asks(self, heard: Heard, expecting: Expecting) -> bool:
        """Whether the words that answer are only what the question is about."""
        if expecting.kind not in _TAKEN_APART:
            return True
        asking = [clause for clause in heard.clauses if not self.asides.begins.search(clause.text)]
        told = self.closed.read(asking, expecting) if len(heard.clauses) > len(asking) else None
        if told and told.answer is not None and asking:
            return False
        whole = self.closed.read(heard.clauses, expecting)
        return whole.left > _MOSTLY

    def _asides(self, text: str, heard: Heard, expecting: Expecting, asked: bool) -> Iterator[Reading]:
        open_ = expecting.kind == "intent"
        about, likely = self.asides, heard.best
        command = likely.intent in heard.commands.names and likely.score >= ASK
        if not command:
            yield from aside(about.small(heard.plain), SMALL_TALK)
        unclear = not open_ or likely.score < ACCEPT
        term = about.term_asked(text, heard.words) if unclear and (asked or not open_) else None
        if term:
            paper = WHAT if WHAT in expecting.choices else None
            meaning = Meaning("", certainty="sure", aside=term) if not paper else value_meaning(Found(paper))
            yield Reading(meaning, TERM_ASKED if about.what.search(heard.words) else ECHO)
        service = about.service(heard.words) if unclear and (asked or likely.score < ACCEPT) else None
        if service and not (open_ and service in _OF_A_PROCEDURE):
            yield from aside(service, SERVICE_ASKED if asked else QUESTION)
        if not open_ and (why := about.reason(heard.words)):
            yield from explained(why, expecting, REASON_ASKED)
        if WHAT not in expecting.choices and (
            likely.score < _SERVED or likely.intent in heard.commands.names
        ):
            yield from aside(about.need(heard.words), NEED)
        if not open_ and about.wants_a_person(heard.words):
            yield Reading(Meaning("", intent=_PERSON, score=1.0, certainty="sure"), PERSON)
        requested = self._requested(heard, expecting)
        if requested:
            yield Reading(requested, REQUEST)
        if asked and not open_ and text.rstrip().endswith("?"):
            yield from explained(HELP, expecting, QUESTION)

    def _requested(self, heard: Heard, expecting: Expecting) -> Meaning | None:
        """Another procedure, clearly asked for in the middle of one: named, and said to be the matter now."""
        best_ = heard.best
        other = best_.intent not in heard.commands.names and best_.intent not in (
            expecting.topic,
            EMERGENCY,
            SCAM,
            *expecting.choices,
        )
        if expecting.kind == "intent" or not other or best_.score < ACCEPT:
            return None
        named = self.intents.features.named(said := heard.affirmed)
        if self.asides.wishes.search(said) or self.closed.read(heard.clauses, expecting).answer is None:
            named |= self.asides.matters_named(said)
        if best_.intent not in named or not self.asides.turns.search(heard.plain):
            return None
        return Meaning("", intent=best_.intent, score=best_.score, certainty="sure", requested=True)

    def _exact_command(self, heard: Heard, expecting: Expecting) -> Meaning | None:
        name = heard.commands.said(heard.plain)
        if name is None:
            return None
        answer = self.readers.whole(heard.plain, expecting)
        if answer and answer.certainty == "sure":
            return value_meaning(answer)
        if expecting.kind == "more" and name == NEXT_COMMAND:
            return value_meaning(Found(NEXT))
        agreed = all(any(c.intent == name and c.score >= ASK for c in other) for other in heard.others)
        return Meaning("", intent=name, score=1.0, certainty="sure" if agreed else "unsure")

    def _answer(self, heard: Heard, expecting: Expecting) -> Meaning | None:
        """The expected value, unless the words are more clearly something else."""
        if expecting.said_back is not None:
            return self._confirmed(heard, expecting)
        whole = self.readers.whole(heard.plain, expecting) if expecting.kind == "choice" else None
        if whole and whole.certainty == "sure":
            return value_meaning(whole)
        if expecting.kind in ("choice", "yes_no") and not heard.plain.isdigit():
            found = self._closed(heard, expecting)
        else:
            found = self.readers.value(heard.plain, expecting)
        if found is None:
            return None
        if expecting.kind in _STRICT or (found.certainty == "sure" and expecting.kind not in _LOOSE):
            return value_meaning(found)
        # A choice that has the name of a procedure ("cantine") is not masked by it.
        clear = heard.best.score >= ACCEPT and heard.best.intent not in expecting.choices
        if found.settled and clear and not found.agreed and heard.best.intent != expecting.topic:
            return None
        command = heard.best.intent in heard.commands.names - _GOES_WITH_AN_ANSWER
        if clear and (found.certainty == "unsure" or (command and not heard.few_words)):
            return None
        return value_meaning(found)

    def _confirmed(self, heard: Heard, expecting: Expecting) -> Meaning | None:
        """A yes or no to the value that was said back, or another value in its place."""
        asked, yes_no = replace(expecting, said_back=None), self.readers.yes_no
        if expecting.about == "yes_no":
            told = self._answer(heard, asked)
            own = told is not None and self.closed.read(heard.clauses, asked).own
            return in_place_of(told if own else None, expecting) or self._agreed(heard, asked)
        agreed, rest = apart(heard.plain, yes_no)
        told = self._answer(self._again(rest), replace(asked, kind=expecting.about)) if rest else None
        if agreed and (told is None or (says(rest, yes_no) == agreed and told.value != expecting.said_back)):
            return value_meaning(Found(agreed))
        return in_place_of(told, expecting, agreed) or self._agreed(heard, asked)

    def _agreed(self, heard: Heard, asked: Expecting) -> Meaning | None:
        return self._answer(heard, replace(asked, question="", choices=()))

    def _again(self, words: str) -> Heard:
        return replace(self._hear(words, "voice"), clauses=self.closed.clauses.of(words))

    def _closed(self, heard: Heard, expecting: Expecting) -> Found | None:
        closed = self.closed.read(heard.clauses, expecting)
        measured = self._measured(heard, expecting, closed)
        found = measured or self._by_wordings(heard, expecting, closed)
        if self.readers.measures.leaves_open(heard.plain, expecting.question, expecting.today):
            return replace(found, certainty="unsure") if found else None
        if measured and measured.certainty == "sure":
            return measured
        return self.closed.weighed(found, closed, heard.said, heard.clauses, expecting)

    def _measured(self, heard: Heard, expecting: Expecting, closed: Closed) -> Found | None:
        """A length of time, an age, a part of the year: where the question is one of more or less."""
        measured = self.readers.measures.answer(heard.plain, expecting.question, expecting.today)
        if measured is None or measured not in expecting.answers:
            return None
        clashing = closed.answer not in (None, measured) and closed.certainty == "sure" and not closed.own
        return Found(measured, "unsure" if clashing else "sure")

    def _by_wordings(self, heard: Heard, expecting: Expecting, closed: Closed) -> Found | None:
        if closed.answer is None and expecting.kind == "choice":
            choices = self.readers.choices
            nearly = heard.few_words and not closed.out and choices.nearly(heard.plain, expecting.answers)
            return choices.nth(heard.plain, expecting.keyed) or nearly or None
        if closed.answer is None:
            return None
        bare = expecting.kind == "yes_no" and heard.few_words and not closed.own
        if bare and self.readers.yes_no(heard.plain) is None:
            return Found(closed.answer, "unsure")  # "ni oui ni non"
        told = closed.left < _MOSTLY_LEFT or closed.weight >= _TELLS_ENOUGH or not closed.own
        sure = closed.certainty == "sure" and told and (closed.weight >= 0.3 or closed.left < 0.5)
        return Found(closed.answer, "sure" if sure else "unsure")

    def _intent(self, heard: Heard, expecting: Expecting) -> Meaning:
        if expecting.kind == "intent" and expecting.choices:
            placed = self.readers.choices.nth(heard.plain, expecting.choices)
            if placed:
                return Meaning("", intent=str(placed.value), score=1.0, certainty="sure")
        several = self.several.offered(heard.words, heard.likely)
        if several:
            both = not self.several.ambiguous.offers(heard.words)
            return Meaning("", several[0].intent, several[0].score, "unsure", several, both=both)
        best = _preferred(heard, expecting)
        certainty: Certainty = "sure" if best.score >= ACCEPT else "unsure" if best.score >= ASK else "none"
        return Meaning("", best.intent if certainty != "none" else NO_INTENT, best.score, certainty)


def _preferred(heard: Heard, expecting: Expecting) -> Candidate:
    """The likeliest intent; while none is clear, one of those just offered."""
    if expecting.kind != "intent" and DAY_OF_MONTH.search(heard.words):
        return next((c for c in heard.likely if c.intent != EMERGENCY), Candidate(NO_INTENT, 0.0))
    offered = [c for c in heard.likely if c.intent in expecting.choices and c.score >= ASK]
    return offered[0] if offered and heard.best.score < ACCEPT else heard.best
