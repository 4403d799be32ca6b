"""What authors are told of a sentence that was not understood: the words everybody uses, nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from voicebot.dialogue.event import Heard, Pressed
from voicebot.dialogue.flow import Flow, Flows
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.session import Place, Session
from voicebot.dialogue.steps import AskStep
from voicebot.turns.overhearing import Overheard, overheard, words_of

KNOWN = words_of(["j'attends: [mon argent depuis longtemps]", "ma fille"])
STEPS = {
    "besoin": AskStep(name="besoin", prompt="rsa.besoin", slot="besoin", expects="age"),
    "code": AskStep(name="code", prompt="rsa.code", slot="secret_code", expects="code"),
}
FLOWS = Flows({"rsa": Flow("rsa", "besoin", STEPS)})
BEFORE = Session("s", "p", status="open", place=Place("rsa", "besoin"))
LOST = replace(BEFORE, no_match=1)


def told(text: str, before: Session = BEFORE, after: Session = LOST, **meaning: object) -> Overheard | None:
    return overheard(before, Heard("e", 1.0, Meaning(text, **meaning)), after, FLOWS, KNOWN)  # type: ignore[arg-type]


def test_names_and_numbers_are_hidden() -> None:
    assert told("J'attends mon argent") == Overheard("rsa.besoin", "j'attends mon argent")
    hidden = told("ma fille Aminata attend mon argent depuis 12")
    assert hidden == Overheard("rsa.besoin", "ma fille … … mon argent depuis …")
    assert told("ma fille Aminata mon argent") == Overheard("rsa.besoin", "ma fille … mon argent")


@pytest.mark.parametrize("text", ["Fatoumata Diallo", "0612345678", "", "mon " * 20])
def test_what_may_be_personal_is_not_passed_on(text: str) -> None:
    assert told(text) is None


def test_only_what_led_nowhere_counts() -> None:
    assert told("mon argent", after=BEFORE) is None
    assert told("mon argent", after=BEFORE, aside="unserved.banque")
    assert told("mon argent", danger="suicide") is None
    assert told("mon argent", before=replace(BEFORE, practice=True)) is None
    secret = replace(BEFORE, place=Place("rsa", "code"))
    assert told("mon argent", before=secret) is None
    assert overheard(BEFORE, Pressed("e", 1.0, "9"), LOST, FLOWS, KNOWN) is None
