"""What counts before any answer: a danger, hunger, a scam."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from voicebot.dialogue.meaning import Candidate, Expecting, Meaning
from voicebot.dialogue.policy import NUMBER_KINDS
from voicebot.nlu.danger import HUNGER, SCAM, Dangers
from voicebot.nlu.entities.readers import Readers
from voicebot.nlu.heard import ACCEPT, ASK, Heard
from voicebot.nlu.meant_dangers import MeantDangers
from voicebot.nlu.sounds import Sounds
from voicebot.nlu.vocabulary import Vocabulary

#: A danger said in this many words is the matter itself, whatever else they resemble.
_ONE_BREATH = 8
EMERGENCY = "urgence"
#: A danger of which only the meaning tells is asked about if it is this likely, 0 to 1: in a text; in what
#: was heard, which noise can make look like fear; at a question; beside what may be another request, or where
#: something was told. It takes a few words to tell, and many to hide one behind a clear request.
_MEANT_TYPED, _MEANT_HEARD, _MEANT_AT_A_QUESTION, _MEANT_BESIDE = 0.6, 0.8, 0.97, 0.97
_MEANT_ABROAD, _FEWEST, _MANY = 0.9, 3, 14
#: The requests that say no more than some dangers do.
_REQUESTS = {"rue": "hebergement_urgence", "carte_volee": "banque"}
_CARD = "carte_volee"
#: Where who is hungry is helped, and what they need there.
_FOOD = ("point_aide", "manger")
#: Dangers spoken of in hints: asked about whenever no other request is clear.
HINTED = frozenset({"suicide", "intoxication", "violence", "enfant", "mineur"})
#: In these kinds of answers 15, 17, 18 and 112 are numbers like any other.
_NUMBERS_ONLY = NUMBER_KINDS - {"month"}
_EMERGENCY_NUMBER = re.compile(r"\b(?:15|17|18|112|115|119)\b")
DAY_OF_MONTH = re.compile(
    r"\b(?:on est|est|nous sommes|avant|apres|depuis|jusqu au|du|au|pour) le? ?(?:15|17|18)\b"
    r"|\ble (?:15|17|18) (?=d[ue] |janvier|fevrier|mars|avril|mai|juin|juillet|aout|[a-z]+bre)"
)


@dataclass(frozen=True)
class Alarms:
    """`heard` gives whatever counts before the answer."""

    dangers: Dangers
    scams: Dangers
    hunger: Dangers
    readers: Readers
    meant_dangers: MeantDangers | None = None

    @classmethod
    def of(
        cls, words: Vocabulary, sounds: Sounds, readers: Readers, meant: MeantDangers | None = None
    ) -> Alarms:
        """Compile the patterns; `meant` hears danger by meaning, if there is a sentence model."""
        return cls(
            Dangers.of(sounds, words.danger, words.danger_guards),
            Dangers.of_one(SCAM, sounds, words.scam),
            Dangers.of_one(HUNGER, sounds, words.hunger),
            readers,
            meant,
        )

    def heard(self, heard: Heard, expecting: Expecting) -> Iterator[Meaning | None]:
        """The danger, the hunger, the scam, each where there is one."""
        yield self.danger(heard, expecting)
        yield self.hungry(heard, expecting)
        yield self.scam(heard, expecting)

    def danger(self, heard: Heard, expecting: Expecting) -> Meaning | None:
        """A danger; unsure where something else is as clear."""
        words = DAY_OF_MONTH.sub(" ", heard.words)
        if expecting.kind in _NUMBERS_ONLY:
            words = _EMERGENCY_NUMBER.sub(" ", words)
        name, certainty = self.dangers.heard(words)
        if name is None or (certainty == "unsure" and self._is_the_answer(heard, expecting)):
            return None
        intent = _REQUESTS.get(name, EMERGENCY)
        other = heard.best.score >= ACCEPT and heard.best.intent not in (EMERGENCY, *_REQUESTS.values())
        long = len(heard.plain.split()) > _ONE_BREATH
        if certainty == "unsure" and not self._worth_asking(heard, name, other):
            return None
        # Both a danger and another clear request: ask which. Not for what people only dare to say once.
        asked = certainty == "unsure" or (other and long and name not in HINTED)
        learned = max((c.score for c in heard.likely if c.intent == intent), default=0.0)
        score = max(learned, ASK if asked else ACCEPT)
        both = (Candidate(intent, score), heard.best) if asked and other else ()
        certainty = "unsure" if asked else "sure"
        return Meaning("", intent=intent, score=score, certainty=certainty, alternatives=both, danger=name)

    def meant(self, heard: Heard, expecting: Expecting, answered: bool) -> Meaning | None:
        """A danger in what no pattern fits, by its meaning: asked about, or the food for who is hungry."""
        plainly_another = heard.best.score >= ACCEPT and len(heard.plain.split()) <= _MANY
        if self.meant_dangers is None or len(heard.plain.split()) < _FEWEST or plainly_another:
            return None
        name, likely = self.meant_dangers.likeliest(heard.said)
        other = heard.best.score >= ASK and heard.best.intent not in (EMERGENCY, *_REQUESTS.values())
        least = _MEANT_TYPED if heard.typed else _MEANT_HEARD
        if expecting.kind != "intent":
            least = max(least, _MEANT_AT_A_QUESTION)
        beside = other or answered or expecting.kind == "more"
        if likely < (_MEANT_BESIDE if beside else least):
            return None
        if name == _CARD and any(each.intent == SCAM for each in heard.likely):
            return None  # the procedure for frauds begins with blocking the card
        if name == HUNGER:
            intent, need = _FOOD
            return Meaning("", intent=intent, score=ASK, certainty="unsure", ahead=need)
        return Meaning("", intent=_REQUESTS.get(name, EMERGENCY), score=ASK, certainty="unsure", danger=name)

    def meant_abroad(self, text: str) -> str | None:
        """The danger that a text in another language means: the sentence model knows a hundred of them."""
        if self.meant_dangers is None:
            return None
        name, likely = self.meant_dangers.likeliest(text)
        return name if likely >= _MEANT_ABROAD and name not in (HUNGER, _CARD) else None

    def hungry(self, heard: Heard, expecting: Expecting) -> Meaning | None:
        """Who is hungry is not asked what they need; anything else that is clear counts before it."""
        intent, need = _FOOD
        if self.hunger.heard(heard.words)[0] is None or self._is_the_answer(heard, expecting):
            return None
        if heard.best.score >= ACCEPT and heard.best.intent not in (intent, *_REQUESTS.values()):
            return None
        score = max(ACCEPT, heard.best.score)
        return Meaning("", intent=intent, score=score, certainty="sure", ahead=need)

    def scam(self, heard: Heard, expecting: Expecting) -> Meaning | None:
        """A scam told beside the answer counts before the answer; what answers and no more stays one."""
        if expecting.kind == "intent" or self.scams.heard(heard.words)[0] is None:
            return None
        if self._is_the_answer(heard, expecting):
            return None
        return Meaning("", intent=SCAM, score=max(ACCEPT, heard.best.score), certainty="sure")

    def _is_the_answer(self, heard: Heard, expecting: Expecting) -> bool:
        """Whether these are a choice's own words and no more ("j'ai payé" sounds like "j'ai peur")."""
        whole = self.readers.whole(heard.plain, expecting) if expecting.kind == "choice" else None
        return whole is not None and whole.certainty == "sure"

    def _worth_asking(self, heard: Heard, name: str, other: bool) -> bool:
        if heard.best.intent == EMERGENCY:
            return True
        return not other and (name in HINTED or heard.few_words)


def may_be_none(alarm: Meaning) -> bool:
    """Whether this is a danger that may be none, and not one of those spoken of in hints."""
    return alarm.danger is not None and alarm.certainty == "unsure" and alarm.danger not in HINTED
