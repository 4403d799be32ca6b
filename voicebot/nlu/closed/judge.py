"""Three opinions of an answer, weighed: which wordings were said, what words and meaning resemble.

Wordings decide. Words and meaning, where they agree, settle what wordings leave open, and make what they
contradict be said back; neither decides alone.
"""

from __future__ import annotations

from collections.abc import Callable

from voicebot.dialogue.flow import OTHER
from voicebot.nlu.closed.answer import Closed
from voicebot.nlu.closed.likeness import Opinion
from voicebot.nlu.entities.found import Found

#: What words and meaning must lead by, so that they count.
_LEAD_IN_WORDS, _LEAD_IN_MEANING = 0.1, 0.08
#: With such leads, words and meaning are sure when they agree although no wording was said…
_CLEAR_IN_WORDS, _CLEAR_IN_MEANING, _ALIKE = 0.15, 0.1, 0.35
#: …or with these, where the words lead by far; and one of them is worth asking about.
_WORDS_BY_FAR, _MEANING_WITH_THEM, _MUCH_ALIKE = 0.28, 0.05, 0.38
_WORTH_ASKING = 0.12
#: A wording said among much else is sure if words lead by this and meaning has no other opinion by that.
_SAID_LEAD, _NO_OTHER_OPINION = 0.15, 0.06
#: With these leads they do not give way to a procedure that is only resembled.
_AGREED_IN_WORDS, _AGREED_IN_MEANING = 0.15, 0.12
#: At high stakes they settle an unsure answer only with leads like these.
_BY_FAR = (0.45, 0.15)
#: At high stakes, more than this unexplained makes an answer one to say back, unless all opinions agree.
_PLAIN = 0.45


def judged(
    found: Found | None,
    closed: Closed,
    words: Opinion | None,
    meaning: Callable[[], Opinion | None],
    high_stakes: bool,
) -> Found | None:
    """What to make of `found`, given what words resemble and, asked only where it matters, meaning."""
    if found is None:
        return _unsaid(closed, words, meaning(), high_stakes)
    value = str(found.value)
    if found.certainty == "sure":
        plain = not high_stakes or closed.left <= _PLAIN
        if plain and (words is None or words.answer == value):
            return found
        if plain and words is not None and words.margin < _LEAD_IN_WORDS:
            return Found(found.value, "unsure") if _both_say_other(words, meaning()) else found
        return _doubted(found, words, meaning(), plain)
    return _settled(found, closed, words, meaning(), high_stakes)


def _both_say_other(words: Opinion, meaning: Opinion | None) -> bool:
    """Whether meaning clearly names the answer that words name, which is not what was found."""
    return meaning is not None and meaning.answer == words.answer and meaning.margin >= _LEAD_IN_MEANING


def _doubted(found: Found, words: Opinion | None, meaning: Opinion | None, plain: bool) -> Found:
    """A sure answer against which the words speak, or that is not plain enough for what is at stake."""
    value = str(found.value)
    contradicted = _leads(meaning, _LEAD_IN_MEANING) and meaning is not None and meaning.answer != value
    agreed = meaning is not None and meaning.answer == value and words is not None and words.answer == value
    if contradicted or (not plain and not agreed):
        return Found(found.value, "unsure")
    return found


def _settled(
    found: Found, closed: Closed, words: Opinion | None, meaning: Opinion | None, high_stakes: bool
) -> Found:
    """An unsure answer: sure if words and meaning say the same, at high stakes by far.

    One that was said without a "mais", though among much else, is also sure if nothing speaks against it.
    """
    value = str(found.value)
    said = closed.answer == value and closed.certainty == "sure" and closed.own and not high_stakes
    for_it = words is not None and words.answer == value and words.margin >= _SAID_LEAD
    against = meaning is not None and meaning.answer != value and meaning.margin >= _NO_OTHER_OPINION
    agreed = _agree(words, meaning)
    if said and for_it and not against:
        return Found(found.value, settled=True, agreed=agreed)
    same = [each for each in (words, meaning) if each is not None and each.answer == value]
    in_words, in_meaning = _BY_FAR if high_stakes else (_LEAD_IN_WORDS, _LEAD_IN_MEANING)
    lead = _leads(meaning, in_meaning) and _leads(words, in_words)
    return Found(found.value, settled=True, agreed=agreed) if len(same) == 2 and lead else found


def _unsaid(
    closed: Closed, words: Opinion | None, meaning: Opinion | None, high_stakes: bool
) -> Found | None:
    """No wording was said: sure if words and meaning clearly agree, to be asked if they lean."""
    if words is None or meaning is None or OTHER in (words.answer, meaning.answer):
        return None
    agree = words.answer == meaning.answer and meaning.answer not in closed.out
    if not agree:
        return None
    clear = (
        words.margin >= _CLEAR_IN_WORDS and meaning.margin >= _CLEAR_IN_MEANING and words.likeness >= _ALIKE
    )
    by_far = words.margin >= _WORDS_BY_FAR and meaning.margin >= _MEANING_WITH_THEM
    clear = clear or (by_far and words.likeness >= _MUCH_ALIKE)
    if clear and not high_stakes:
        return Found(meaning.answer, settled=True, agreed=_agree(words, meaning))
    leans = words.margin + meaning.margin >= _WORTH_ASKING and words.likeness >= _ALIKE
    return Found(meaning.answer, "unsure") if leans else None


def _agree(words: Opinion | None, meaning: Opinion | None) -> bool:
    """Whether words and meaning name the same answer, both clearly."""
    same = words is not None and meaning is not None and words.answer == meaning.answer
    return same and _leads(words, _AGREED_IN_WORDS) and _leads(meaning, _AGREED_IN_MEANING)


def _leads(opinion: Opinion | None, by: float) -> bool:
    return opinion is not None and opinion.margin >= by
