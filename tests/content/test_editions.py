"""A conversation goes on with the edition that it began with, and the next one begins with the newest."""

from __future__ import annotations

from dataclasses import replace

from voicebot.content.editions import Edition, Editions
from voicebot.dialogue.flow import Flows
from voicebot.prompts import Prompts
from voicebot.prompts.load import PromptEntry


def edition(id: str, prompts: Prompts, **entries: str) -> Edition:
    said = {f"rsa.{name}": PromptEntry(f"rsa.{name}", "", 0, {"ask": text}) for name, text in entries.items()}
    return Edition(id, Flows({}), replace(prompts, entries=said), None, lambda says, channel: id)


def test_the_newest_is_current_and_the_older_ones_are_found(prompts: Prompts) -> None:
    editions = Editions(edition("a", prompts))
    first = editions.current
    for id in "bcd":
        editions.publish(edition(id, prompts))
    assert editions.current.id == "d"
    assert editions.of("a") is first
    assert editions.of("").id == editions.of("never heard of").id == "d"


def test_only_a_few_are_kept(prompts: Prompts) -> None:
    editions = Editions(edition("0", prompts))
    for number in range(1, 10):
        editions.publish(edition(str(number), prompts))
    assert editions.of("8").id == "8"
    assert editions.of("1").id == "9"


def test_what_is_still_to_be_sent_finds_sentences_that_are_gone(prompts: Prompts) -> None:
    editions = Editions(edition("a", prompts, note="la note", age="quel âge"))
    editions.publish(edition("b", prompts, age="votre âge"))
    said = editions.every_prompt().entries
    assert said["rsa.note"].texts["ask"] == "la note"
    assert said["rsa.age"].texts["ask"] == "votre âge"
