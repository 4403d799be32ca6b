"""The numbers and tables of good manners: how often we ask again, how long we wait, what the keys do."""

from __future__ import annotations

from voicebot.dialogue.action import Variant
from voicebot.dialogue.meaning import Meaning, Value
from voicebot.dialogue.session import Pace

#: What is said after the first and second answer that was not understood; then a person is offered.
NO_MATCH_VARIANTS: tuple[Variant, ...] = ("retry", "keys")
#: After this many silences a person is offered; only after further ones do we say goodbye.
SILENCES_BEFORE_HUMAN = 3
SILENCES_BEFORE_GOODBYE = 5
UNKNOWNS_BEFORE_HUMAN = 2

#: A command recognised with this score or more was said in so many words.
OWN_WORDS = 0.97
#: If the scores of two intents are closer than this, both are offered.
CLOSE_SCORES = 0.12
#: A spoken number recognized with less confidence than this is read back: of 60 ages spoken over the
#: telephone, whisper-base got 20 wrong.
SURE_CONFIDENCE = 0.85
#: Words that name a procedure or end the call count only if recognized at least this well: over the
#: telephone, single letters and words came out as "terminer", "retraite" and "énergie" with 0.23 to 0.44.
CLEAR_CONFIDENCE = 0.5
#: Answers that are stored, sent or dialled: they are read back even if well understood.
READ_BACK = frozenset({"phone", "postal_code", "date", "code"})
#: Answers outside these are possible, but more often misheard: they are read back, however sure.
_PLAUSIBLE = {"age": (16, 105), "amount": (0, 20_000), "number": (0, 40)}
#: How many answered questions are offered when correcting.
CORRECTABLE = 3
#: Texts that follow a danger within this many seconds are about it until they name something else.
DANGER_STAYS_S = 24 * 3600.0
#: Why a person is offered, sooner and before others, to somebody who sounds worried or at a loss.
WORRIED = "worried"
#: A session remembers this many event ids, so that a webhook delivered twice changes nothing.
REMEMBERED_EVENTS = 64
#: A walk through steps that do not wait is cut off after this many; `flows check` forbids such loops.
LONGEST_WALK = 60

#: More choices at once are forgotten before they are all heard.
MOST_CHOICES = 4
#: Where a procedure is chosen, this key leads to the next ones.
MORE_KEY = "9"
COMMAND_KEYS = {
    "0": "conseiller",
    "*": "repeter",
    "6": "ne_sait_pas",
    "7": "plus_lentement",
    "8": "retour",
    "9": "menu",
}
NUMBER_KINDS = frozenset({"number", "age", "amount", "date", "month", "postal_code", "phone", "code"})

_TIMEOUTS_S = {"intent": 8.0, "more": 15.0, "phone": 12.0, "date": 10.0, "postal_code": 10.0, "code": 10.0}
_USUAL_TIMEOUT_S = 7.0
_SLOW_FACTOR = 1.5


def timeout_s(kind: str, pace: Pace) -> float:
    """Seconds of silence allowed: more for long answers and for people who asked us to slow down."""
    wait = _TIMEOUTS_S.get(kind, _USUAL_TIMEOUT_S)
    return wait * _SLOW_FACTOR if pace == "slow" else wait


def is_plausible(kind: str, value: Value) -> bool:
    """Whether an answer is what people usually answer: nobody of ten asks for a minimum income."""
    lowest, highest = _PLAUSIBLE.get(kind, (None, None))
    if lowest is None or highest is None or isinstance(value, str):
        return True
    return lowest <= value <= highest


def close_candidates(meaning: Meaning) -> tuple[str, ...]:
    """The two best intents if neither clearly wins, else nothing."""
    best = meaning.alternatives[:2]
    if len(best) < 2 or best[0].score - best[1].score >= CLOSE_SCORES:
        return ()
    return tuple(candidate.intent for candidate in best)
