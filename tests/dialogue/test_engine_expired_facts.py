"""After a fact expired its figure is not said any more, whatever leads there."""

from __future__ import annotations

from tests.dialogue.flows import PRICE_UNTIL
from tests.dialogue.talk import Talk
from voicebot.dialogue.action import SendSummary
from voicebot.dialogue.documents import HAVE


def at_price(at: float) -> Talk:
    talk = Talk(at=at)
    talk.start()
    talk.says_intent("apl")
    talk.presses("75018")
    talk.says_value("seul")
    talk.says_value(HAVE)
    talk.says_value(HAVE)
    return talk


def notes(talk: Talk) -> tuple[str, ...]:
    (summary,) = [action for action in talk.actions if isinstance(action, SendSummary)]
    return summary.notes


def test_before_it_expires_the_figure_is_said() -> None:
    talk = at_price(0.0)
    assert talk.said[-1] == "apl.prix"
    talk.says_value("next")
    assert notes(talk)[-1] == "apl.note_prix"


def test_after_it_expired_the_safe_words_are_said_and_texted() -> None:
    talk = at_price(PRICE_UNTIL)
    assert talk.said[-1] == "apl.prix_sans_chiffre"
    talk.says_value("next")
    assert notes(talk)[-1] == "apl.note_prix_sans_chiffre"


def test_a_fact_that_expires_during_the_call_is_not_repeated_and_not_texted() -> None:
    talk = at_price(PRICE_UNTIL - 7)
    assert talk.said[-1] == "apl.prix"
    talk.at = PRICE_UNTIL
    assert talk.says_intent("repeter")[-1] == "apl.prix_sans_chiffre"
    talk.says_value("next")
    assert notes(talk)[-1] == "apl.note_prix_sans_chiffre"
