"""Said once, practised, missing: what the runner and a real Redis keep of it, and what they do not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from redis.asyncio import Redis

from tests.dialogue.flows import FLOWS
from tests.parts import one_edition
from tests.turns.test_runner import wording
from voicebot.dialogue.documents import HAVE, LACK
from voicebot.dialogue.meaning import Expecting, Meaning
from voicebot.privacy import Privacy
from voicebot.store.keys import INDEX_TTL_S, MEMORY_TTL_S, PRACTICE_TTL_S, PersonKeys
from voicebot.store.person_snapshot import Memory
from voicebot.store.sessions import Sessions
from voicebot.turns.runner import ConversationRef, Reply, Runner

TOPICS = ("apl", "entrainement", "conseiller", "oubli", "menu")
ANSWERS = {"oui": "yes", "non": "no", "suite": "next", "je l'ai": HAVE, "je l'ai pas": LACK, "seul": "seul"}


class Words:
    """Understands the few words of these stories."""

    def interpret(
        self, text: str, expecting: Expecting, channel: str = "voice", others: Sequence[str] = ()
    ) -> Meaning:
        if text == "je veux mourir":
            return Meaning(text, danger="suicide", certainty="sure")
        if text in TOPICS:
            return Meaning(text, text, 1.0, "sure")
        value = ANSWERS.get(text)
        return Meaning(text, value=value, certainty="sure" if value else "none")


@dataclass
class Caller:
    """One person who calls again and again."""

    runner: Runner
    person: str = "p1"
    calls: int = 0
    turns: int = 0

    @property
    def who(self) -> ConversationRef:
        return ConversationRef(self.person, f"CA{self.calls}")

    async def call(self, *said: str) -> Reply:
        """A call in which this is said, digits by keys; the last answer."""
        self.calls += 1
        reply = await self.runner.start(self.who, "voice", "start", textable=True)
        for text in said:
            reply = await self.say(text)
        return reply

    async def say(self, text: str) -> Reply:
        self.turns += 1
        turn = self.runner.press if text.isdigit() else self.runner.hear
        return await turn(self.who, text, f"e{self.turns}")


@pytest.fixture
def runner(redis: Redis, privacy: Privacy) -> Runner:
    return one_edition(FLOWS, Words(), Sessions(redis, privacy), lambda: 5.0, wording)


@pytest.fixture
async def caller(runner: Runner) -> Caller:
    await runner.sessions.people.keep_number("p1", "+33612345678")
    return Caller(runner)


def asked(reply: Reply) -> str:
    return reply.says[-1].prompt


WHOLE = ("apl", "93200", "seul", "je l'ai", "je l'ai", "suite")


async def test_who_agreed_is_offered_their_answers_in_the_next_call(caller: Caller) -> None:
    assert asked(await caller.call(*WHOLE)) == "cloture.souvenir"
    await caller.say("oui")
    await caller.say("non")
    reply = await caller.call("apl")
    assert (asked(reply), reply.says[-1].slots["value"]) == ("common.known_postal_code", "93200")
    await caller.say("oui")
    reply = await caller.say("oui")
    assert asked(reply) == "documents.rib"
    assert dict(reply.session.slots) | {"code_postal": "93200", "qui": "seul"} == dict(reply.session.slots)


async def test_who_refused_is_asked_neither_again_nor_about_it(caller: Caller) -> None:
    await caller.call(*WHOLE, "non", "non")
    assert asked(await caller.call("apl")) == "apl.code"
    assert await caller.runner.sessions.people.memory("p1") == Memory(False, {})


async def test_before_they_agree_nothing_outlives_the_call(caller: Caller) -> None:
    await caller.call(*WHOLE)
    assert await caller.runner.sessions.people.memory("p1") is None


async def test_who_hides_their_number_is_not_asked(runner: Runner) -> None:
    assert asked(await Caller(runner, "a hidden number").call(*WHOLE)) == "cloture.autre"


async def test_what_is_remembered_is_sealed_and_expires(caller: Caller, redis: Redis) -> None:
    await caller.call(*WHOLE, "oui")
    key = PersonKeys("p1").memory()
    assert "93200" not in await redis.get(key)
    assert 0 < await redis.ttl(key) <= MEMORY_TTL_S
    assert MEMORY_TTL_S <= INDEX_TTL_S == await redis.ttl(PersonKeys("p1").index())


async def test_being_forgotten_erases_it_at_once(caller: Caller, redis: Redis) -> None:
    await caller.call(*WHOLE, "oui")
    await caller.say("oubli")
    await caller.say("oui")
    assert not await redis.exists(PersonKeys("p1").memory())
    await caller.runner.sessions.people.keep_number("p1", "+33612345678")
    assert asked(await caller.call("apl")) == "apl.code"


async def test_a_ticket_names_the_papers_that_are_missing(caller: Caller) -> None:
    await caller.call("apl", "93200", "seul", "je l'ai pas", "je l'ai", "conseiller")
    (ticket,) = await caller.runner.sessions.records("ticket")
    assert ticket.order.missing == ("rib",)


async def test_of_practice_nothing_is_sent_and_no_word_is_kept(
    caller: Caller, redis: Redis, privacy: Privacy
) -> None:
    await caller.call("entrainement", *WHOLE)
    turns = await caller.runner.sessions.turns("p1", "CA1")
    practised = turns[2:]
    assert [turn.prompt for turn in practised][:2] == ["apl.code", "apl.qui"]
    assert {(turn.heard, turn.value, turn.text) for turn in practised} == {("", None, "")}
    for kind in ("ticket", "sms", "callback"):
        assert await caller.runner.sessions.records(kind) == []
    session = await redis.hget(PersonKeys("p1").session("CA1"), "blob")
    assert "93200" not in json.dumps(privacy.unseal(session))
    assert await caller.runner.sessions.people.memory("p1") is None


async def test_a_practice_that_breaks_off_sends_no_text_and_is_soon_gone(
    caller: Caller, redis: Redis
) -> None:
    await caller.call("entrainement", "apl", "93200")
    assert 0 < await redis.ttl(PersonKeys("p1").session("CA1")) <= PRACTICE_TTL_S
    await caller.runner.hang_up(caller.who, "hang-up")
    assert await caller.runner.sessions.records("sms") == []
    assert asked(await caller.call()) == "accueil.question"


async def test_danger_in_practice_reaches_a_mediator_with_its_words(caller: Caller) -> None:
    await caller.call("entrainement", "apl", "93200", "je veux mourir")
    (ticket,) = await caller.runner.sessions.records("ticket")
    assert (ticket.order.priority, ticket.order.slots.get("code_postal")) == ("danger", None)
    turns = await caller.runner.sessions.turns("p1", "CA1")
    assert turns[-1].heard == "je veux mourir"
