"""The runner with a real Redis: everything of a turn is kept or nothing, and never twice."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from tests.dialogue.flows import FLOWS
from tests.parts import one_edition
from voicebot.dialogue.action import End, Say
from voicebot.dialogue.event import Channel
from voicebot.dialogue.flow import Flows
from voicebot.dialogue.meaning import Expecting, Meaning, Value
from voicebot.errors import StoreError
from voicebot.privacy import Privacy
from voicebot.store.sessions import Sessions
from voicebot.turns.runner import ConversationRef, Lookup, Runner

WHO = ConversationRef("p1", "CA1")


class Words:
    """Understands a handful of words; how real words are understood is tested with `nlu`."""

    def interpret(
        self, text: str, expecting: Expecting, channel: str = "voice", others: Sequence[str] = ()
    ) -> Meaning:
        if text.isdigit():
            return Meaning(text, value=int(text), certainty="sure")
        if text in ("oui", "non", "loue"):
            value = {"oui": "yes", "non": "no"}.get(text, text)
            return Meaning(text, value=value, certainty="sure")
        known = text in ("rsa", "conseiller", "oubli", "recap_sms")
        return Meaning(text, text if known else "aucun", 0.9, "sure" if known else "none")


async def caisse(slots: Mapping[str, Value]) -> Mapping[str, Value]:
    return {"caisse": "CAF de Paris"}


async def broken(slots: Mapping[str, Value]) -> Mapping[str, Value]:
    raise OSError("no such table")


def wording(says: tuple[Say, ...], channel: Channel) -> str:
    return " ".join(say.prompt for say in says)


@pytest.fixture
def runner(redis: Redis, privacy: Privacy) -> Runner:
    return one_edition(FLOWS, Words(), Sessions(redis, privacy), lambda: 5.0, wording, {"caisse": caisse})


async def at_lookup(runner: Runner) -> list[str]:
    await runner.start(WHO, "voice", "e0", textable=True)
    await runner.hear(WHO, "rsa", "e1")
    await runner.hear(WHO, "60", "e2")
    reply = await runner.hear(WHO, "loue", "e3")
    return [say.prompt for say in reply.says]


async def test_a_lookup_is_made_within_the_turn(runner: Runner) -> None:
    assert await at_lookup(runner) == ["rsa.code"]
    session, version = await runner.sessions.load("p1", "CA1")
    assert session.slots["caisse"] == "CAF de Paris"
    assert version == 4


@pytest.mark.parametrize("lookups", [{}, {"caisse": broken}], ids=["missing", "broken"])
async def test_a_lookup_that_fails_is_told_and_the_call_goes_on(
    runner: Runner, lookups: dict[str, Lookup]
) -> None:
    assert await at_lookup(replace(runner, lookups=lookups)) == ["common.lookup_failed", "rsa.papiers"]


async def test_a_webhook_delivered_twice_gets_the_same_words_and_one_ticket(runner: Runner) -> None:
    await runner.start(WHO, "voice", "e0", textable=True)
    first = await runner.hear(WHO, "rsa", "e1")
    again = await runner.hear(WHO, "rsa", "e1")
    assert again.says == first.says
    for event_id, said in (("e2", "conseiller"), ("e3", "oui")):
        await runner.hear(WHO, said, event_id)
        await runner.hear(WHO, said, event_id)
    assert [ticket.order.reason for ticket in await runner.sessions.records("ticket")] == ["asked"]


async def test_two_processes_taking_the_same_turn_give_one_turn(runner: Runner) -> None:
    await runner.start(WHO, "voice", "e0", textable=True)
    replies = await asyncio.gather(*(runner.hear(WHO, "rsa", "e1") for _ in range(4)))
    assert {tuple(say.prompt for say in reply.says) for reply in replies} == {("rsa.age",)}
    assert (await runner.sessions.load("p1", "CA1"))[0].turn == 2


async def test_different_turns_at_the_same_time_all_count(runner: Runner) -> None:
    await runner.start(WHO, "voice", "e0", textable=True)
    await asyncio.gather(runner.hear(WHO, "rsa", "e1"), runner.stay_silent(WHO, "e2"))
    assert (await runner.sessions.load("p1", "CA1"))[0].turn == 3


async def test_the_turn_record_tells_the_turn_without_numbers(runner: Runner) -> None:
    await runner.start(WHO, "voice", "e0", textable=True)
    await runner.hear(WHO, "mon numéro est 0612345678", "e1", confidence=0.71)
    turn = (await runner.sessions.turns("p1", "CA1"))[-1]
    assert turn.heard == "mon numéro est …"
    assert (turn.confidence, turn.flow, turn.step) == (0.71, "accueil", "question")
    assert turn.text == "common.no_match accueil.question"


async def test_a_summary_is_kept_for_sending(runner: Runner) -> None:
    await runner.start(WHO, "voice", "e0", textable=True)
    await runner.hear(WHO, "rsa", "e1")
    await runner.hear(WHO, "recap_sms", "e2")
    await runner.hear(WHO, "oui", "e3")
    assert [sms.order.topic for sms in await runner.sessions.records("sms")] == ["rsa"]


async def test_being_forgotten_erases_what_came_before(runner: Runner, redis: Redis) -> None:
    await runner.sessions.people.keep_number("p1", "+33612345678")
    await at_lookup(runner)
    await runner.hear(WHO, "oubli", "e8")
    reply = await runner.hear(WHO, "oui", "e9")
    assert reply.end == End("forgotten")
    assert await runner.sessions.people.number("p1") is None
    assert await runner.sessions.turns("p1", "CA1") == []
    assert (await runner.sessions.load("p1", "CA1"))[0].slots == {}


async def test_a_broken_call_is_offered_for_resuming_and_goes_on(runner: Runner) -> None:
    await at_lookup(runner)
    await runner.hang_up(WHO, "e9")
    again = ConversationRef("p1", "CA2")
    reply = await runner.start(again, "voice", "e0", textable=True)
    assert [say.prompt for say in reply.says] == ["common.resume"]
    reply = await runner.hear(again, "oui", "e1")
    assert [say.prompt for say in reply.says] == ["common.resumed", "rsa.code"]


async def test_a_restarted_process_takes_the_next_turn(
    runner: Runner, redis: Redis, privacy: Privacy
) -> None:
    await at_lookup(runner)
    other = one_edition(FLOWS, Words(), Sessions(redis, privacy), lambda: 9.0, wording)
    reply = await other.press(WHO, "75018", "e9")
    assert [say.prompt for say in reply.says] == ["rsa.papiers"]


async def test_a_lost_redis_is_told_in_one_sentence(privacy: Privacy) -> None:
    nowhere = Redis(host="127.0.0.1", port=1)
    runner = one_edition(FLOWS, Words(), Sessions(nowhere, privacy), lambda: 5.0, wording)
    with pytest.raises(StoreError, match="is it up"):
        await runner.start(WHO, "voice", "e0", textable=False)


async def test_who_hangs_up_at_once_is_called_back(runner: Runner) -> None:
    quick = replace(runner, missed_call_s=5.0)
    await quick.start(WHO, "voice", "e0", textable=True)
    await replace(quick, clock=lambda: 8.0).hang_up(WHO, "e1")
    assert [call.order.person for call in await runner.sessions.records("callback")] == ["p1"]


async def test_who_stays_longer_is_not_called_back(runner: Runner) -> None:
    quick = replace(runner, missed_call_s=5.0)
    await quick.start(WHO, "voice", "e0", textable=True)
    await replace(quick, clock=lambda: 30.0).hang_up(WHO, "e1")
    assert await runner.sessions.records("callback") == []


async def test_a_procedure_that_breaks_off_leaves_one_text(runner: Runner) -> None:
    await at_lookup(runner)
    await runner.hang_up(WHO, "e9")
    await runner.hang_up(WHO, "e10")
    assert [list(sms.order.notes) for sms in await runner.sessions.records("sms")] == [["sms.broken_off"]]


async def test_what_else_was_perhaps_said_is_understood_too(runner: Runner) -> None:
    class Second(Words):
        def interpret(
            self, text: str, expecting: Expecting, channel: str = "voice", others: Sequence[str] = ()
        ) -> Meaning:
            return super().interpret(others[0] if others else text, expecting, channel)

    hearing = replace(runner, editions=runner.editions.changed(understanding=Second()))
    await hearing.start(WHO, "voice", "e0", textable=True)
    reply = await hearing.hear(WHO, "la radio", "e1", others=("rsa",))
    assert reply.heard
    assert reply.heard.intent == "rsa"


async def test_a_call_goes_on_with_the_procedures_that_it_began_with(runner: Runner) -> None:
    """The step it stands at is gone in the new edition, and still the call comes to its end."""
    await at_lookup(runner)
    asked = runner.flows.by_name["rsa"]
    fewer = {name: step for name, step in asked.steps.items() if name in (asked.start, "age")}
    old = runner.editions.current
    gone = Flows({**runner.flows.by_name, "rsa": replace(asked, steps=fewer)})
    runner.editions.publish(replace(old, id="newer", flows=gone))
    reply = await runner.press(WHO, "75018", "e9")
    assert [say.prompt for say in reply.says] == ["rsa.papiers"]
    assert reply.session.edition == old.id
    fresh = await runner.start(ConversationRef("p2", "CA2"), "voice", "e0", textable=True)
    assert fresh.session.edition == "newer"


async def test_of_two_numbers_that_were_heard_both_are_asked_about(runner: Runner) -> None:
    await runner.start(WHO, "voice", "e0", textable=True)
    await runner.hear(WHO, "rsa", "e1")
    first = await runner.hear(WHO, "60", "e2", confidence=0.9, others=("la radio", "70"))
    second = await runner.hear(WHO, "non", "e3")
    third = await runner.hear(WHO, "oui", "e4")
    assert [[say.prompt for say in reply.says] for reply in (first, second)] == [["common.value_age"]] * 2
    assert third.says[0].prompt != "common.value_age"
    assert (await runner.sessions.load("p1", "CA1"))[0].slots["age"] == 70
