"""By keypad every procedure is reached: four at a time, 9 for the next ones."""

from __future__ import annotations

import pytest

from voicebot.dialogue import step
from voicebot.dialogue.action import Say
from voicebot.dialogue.event import Pressed, Started
from voicebot.dialogue.flow import Flows
from voicebot.dialogue.policy import MOST_CHOICES
from voicebot.dialogue.session import Session
from voicebot.prompts import Prompts


class Telephone:
    """Somebody with a keypad."""

    def __init__(self, flows: Flows) -> None:
        self.flows, self.number = flows, 0
        self.session, actions = step(Session("s1", "p1"), Started("start", 0.0, "keypad"), flows)
        self.said = [action for action in actions if isinstance(action, Say)]

    def press(self, key: str) -> list[str]:
        """What is offered after a key."""
        self.number += 1
        pressed = Pressed(f"e{self.number}", float(self.number), key)
        self.session, actions = step(self.session, pressed, self.flows)
        self.said = [action for action in actions if isinstance(action, Say)]
        return [option.value for say in self.said for option in say.options]


@pytest.fixture
def telephone(flows: Flows) -> Telephone:
    return Telephone(flows)


def test_every_procedure_is_offered_once_and_four_at_a_time(
    telephone: Telephone, flows: Flows, prompts: Prompts
) -> None:
    first = [option.value for say in telephone.said for option in say.options]
    offered, group = list(first), telephone.press("9")
    while group != first:
        assert len(group) <= MOST_CHOICES
        offered += group
        group = telephone.press("9")
    assert sorted(offered) == sorted(set(prompts.topics) & set(flows.by_name))


def test_a_key_begins_what_was_offered(telephone: Telephone) -> None:
    wanted = telephone.press("9")[1]
    telephone.press("2")
    assert telephone.session.topic == wanted
    assert telephone.session.pending is None


def test_the_keys_for_more_and_for_a_person_are_told(telephone: Telephone) -> None:
    assert "common.keys_intent" in [say.prompt for say in telephone.said]
    telephone.press("9")
    assert "common.keys_intent" in [say.prompt for say in telephone.said]


def test_zero_is_a_person_there_too(telephone: Telephone) -> None:
    telephone.press("9")
    telephone.press("0")
    assert telephone.session.place == telephone.flows.human or telephone.session.status == "handed_off"


def test_elsewhere_nine_is_the_menu(telephone: Telephone) -> None:
    telephone.press("1")
    telephone.press("9")
    assert telephone.session.place == telephone.flows.question
