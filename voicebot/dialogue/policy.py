"""The numbers and tables of good manners: how often we ask again, how long we wait, what the keys do."""

from __future__ import annotations

from voicebot.dialogue.action import Variant
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.session import Pace

#: What is said after the first and the second answer not understood; after that a person is offered.
NO_MATCH_VARIANTS: tuple[Variant, ...] = ("retry", "keys")
#: After this many silences a person is offered, and only after the next ones we say goodbye.
SILENCES_BEFORE_HUMAN = 3
SILENCES_BEFORE_GOODBYE = 5
UNKNOWNS_BEFORE_HUMAN = 2

#: Two intents whose scores are closer than this are both offered.
CLOSE_SCORES = 0.12
#: A spoken number recognized with less confidence than this is read back: of 60 spoken ages by telephone,
#: whisper-base gave a wrong number 20 times.
SURE_CONFIDENCE = 0.85
#: What names a procedure or ends the call must be recognized at least so well to count: single letters
#: and words by telephone came out as "terminer", "retraite" and "énergie" with 0.23 to 0.44.
CLEAR_CONFIDENCE = 0.5
#: Answers that are stored, sent or dialled: read back even when understood well.
READ_BACK = frozenset({"phone", "postal_code", "date", "code"})
#: How many answered questions can be chosen from when correcting.
CORRECTABLE = 3
#: Why a person is offered, sooner and before others, to who sounds worried or at a loss.
WORRIED = "worried"
#: A session remembers this many event ids, so that a webhook delivered twice changes nothing.
REMEMBERED_EVENTS = 64
#: A walk through steps that do not wait is cut after this many; `flows check` forbids such loops.
LONGEST_WALK = 60

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
    """How many seconds of silence we bear: longer for long answers and for who asked us to slow down."""
    wait = _TIMEOUTS_S.get(kind, _USUAL_TIMEOUT_S)
    return wait * _SLOW_FACTOR if pace == "slow" else wait


def close_candidates(meaning: Meaning) -> tuple[str, ...]:
    """The two best intents when neither clearly wins, else nothing."""
    best = meaning.alternatives[:2]
    if len(best) < 2 or best[0].score - best[1].score >= CLOSE_SCORES:
        return ()
    return tuple(candidate.intent for candidate in best)
