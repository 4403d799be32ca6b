"""The quick copy of a session is the same as the one of the standard library."""

from __future__ import annotations

import dataclasses

import pytest

from voicebot.dialogue.replace import replace
from voicebot.dialogue.session import Place, Session

SESSION = Session("CA1", "p1", status="open", slots={"age": 61}, trail=(Place("rsa", "age"),))


@pytest.mark.parametrize("changes", [{}, {"turn": 7}, {"place": Place("rsa", "age"), "slots": {}}])
def test_it_copies_as_dataclasses_does(changes: dict[str, object]) -> None:
    before = dataclasses.replace(SESSION)
    copy = replace(SESSION, **changes)  # type: ignore[arg-type]
    assert copy == dataclasses.replace(SESSION, **changes)  # type: ignore[arg-type]
    assert before == SESSION


def test_the_copy_is_frozen_too() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        replace(SESSION, turn=7).turn = 8  # type: ignore[misc]
