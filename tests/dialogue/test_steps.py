"""Steps: what each waits for."""

from __future__ import annotations

from voicebot.dialogue.digits import read
from voicebot.dialogue.session import Place
from voicebot.dialogue.steps import ChooseStep

SENDER = ChooseStep(
    "sender",
    "lettre.sender",
    to=Place("lettre", "next"),
    slot="sender",
    choices=("offices", "health"),
    unlisted=("caf", "hospital"),
    other=Place("lettre", "home"),
)


def test_unlisted_choices_are_understood_and_have_no_key() -> None:
    expecting = SENDER.expecting()
    assert expecting.keyed == ("offices", "health", "autre")
    assert expecting.answers == ("offices", "health", "autre", "caf", "hospital")
    assert [read(key, expecting).value for key in "1234"] == ["offices", "health", "autre", None]


def test_command_keys_stay_commands_beside_many_unlisted_choices() -> None:
    many = ChooseStep("q", "f.q", slot="s", choices=("a",), unlisted=tuple("bcdefghij"))
    assert [read(key, many.expecting()).intent for key in "098"] == ["conseiller", "menu", "retour"]
