"""Where something was told and "suite" is waited for: whoever shows that they heard it goes on."""

from __future__ import annotations

from typing import Final

from voicebot.dialogue.meaning import NEXT, NO, NO_INTENT, Meaning
from voicebot.nlu.asides import Asides
from voicebot.nlu.entities.answers import YesNo
from voicebot.nlu.entities.found import Found
from voicebot.nlu.entities.readers import NEXT_COMMAND
from voicebot.nlu.heard import ACCEPT, ASK, Heard
from voicebot.nlu.reading import value_meaning

_END: Final = "terminer"


def gone_on(heard: Heard, asides: Asides, yes_no: YesNo) -> Meaning | None:
    """Any yes and any "d'accord, j'irai demain" goes on; a bare no is asked whether it is the end."""
    best = heard.best
    if best.intent == NEXT_COMMAND and best.score >= ASK:
        return value_meaning(Found(NEXT))
    agreed = yes_no(heard.plain) if heard.few_words else None
    if agreed is not None and agreed.value == NO:
        return Meaning("", _END, ASK, "unsure")
    elsewhere = best.score >= ACCEPT and best.intent != NO_INTENT
    # "Attendez… voilà, c'est bon": what counts comes last.
    last = asides.not_acknowledging.split(heard.words)[-1]
    acknowledged = not elsewhere and asides.acknowledges.search(last)
    return value_meaning(Found(NEXT)) if agreed or acknowledged else None
