"""My spoken file as the runner and a real Redis keep it: what can be found of it, and by whom."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.parts import one_edition
from voicebot.app import all_lookups, waiting_room
from voicebot.channels.service import wording
from voicebot.dialogue.flow import Flows
from voicebot.nlu import Understanding
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.store.code_attempts import OF_ONE
from voicebot.store.file_lookups import is_easy
from voicebot.store.sessions import Sessions
from voicebot.store.spoken_files import SpokenFiles, Steps
from voicebot.turns.runner import ConversationRef, Reply, Runner

NUMBER, ELSEWHERE = "+33639980001", "+33639980002"
CODE, SAID = "4071", "quatre zéro sept un"
#: A procedure to its end, in which the RIB is missing.
RSA = ("le rsa", "le demander", "trente ans", "oui", "française", "rien", "non", "je l'ai", "je l'ai pas")
RSA += ("je l'ai", "je l'ai", "la suite", "avec quelqu'un", *("la suite",) * 4)
KEEP = ("oui", SAID, "oui")
OPEN = ("mon dossier", SAID, "oui")


@pytest.fixture
async def runner(
    redis: Redis,
    privacy: Privacy,
    understanding: Understanding,
    flows: Flows,
    prompts: Prompts,
    tmp_path: Path,
) -> Runner:
    sessions = Sessions(redis, privacy)
    for number in (NUMBER, ELSEWHERE):
        await sessions.people.keep_number(privacy.pseudonym(number), number)
    found = all_lookups(redis, privacy, waiting_room(redis, privacy), tmp_path, lambda: 5.0)
    say = partial(wording, prompts)
    return one_edition(flows, understanding, sessions, lambda: 5.0, say, found)


@pytest.fixture
def awa(privacy: Privacy) -> str:
    return privacy.pseudonym(NUMBER)


@pytest.fixture
def friend(privacy: Privacy) -> str:
    """The telephone of a friend."""
    return privacy.pseudonym(ELSEWHERE)


_calls = iter(range(10**6))


async def call(runner: Runner, person: str, *said: str) -> Reply:
    """A call in which this is said, that is then hung up."""
    who = ConversationRef(person, f"CA{next(_calls)}")
    reply = await runner.start(who, "voice", "start", textable=True)
    for number, text in enumerate(said):
        reply = await runner.hear(who, text, f"e{number}")
    await runner.hang_up(who, "hang-up")
    return reply


def asked(reply: Reply) -> str:
    return reply.says[-1].prompt


def told(reply: Reply) -> list[str]:
    return [say.prompt for say in reply.says]


async def everything(redis: Redis, privacy: Privacy) -> str:
    """All that Redis holds, unsealed, as one text."""
    found: list[object] = []
    async for name in redis.scan_iter("*"):
        kind = await redis.type(name)
        kept: list[object] = [await redis.get(name)] if kind == "string" else []
        kept += list((await redis.hgetall(name)).values()) if kind == "hash" else []
        kept += await redis.lrange(name, 0, -1) if kind == "list" else []
        found += [str(name), *(privacy.unseal(v) if str(v).startswith("gAAAA") else v for v in kept)]
    return json.dumps(found, ensure_ascii=False)


async def test_who_says_yes_hears_where_they_were_and_what_is_missing(runner: Runner, awa: str) -> None:
    assert asked(await call(runner, awa, *RSA)) == "mon_dossier.garder"
    await call(runner, awa, "non", *RSA, *KEEP)
    reply = await call(runner, awa, "non", *OPEN)
    assert told(reply) == [
        "mon_dossier.trouve",
        "mon_dossier.fini",
        "mon_dossier.manque",
        "mon_dossier.trouve_papier",
    ]
    slots = reply.says[0].slots
    assert (slots["file_topic"], slots["file_papers"], reply.session.topic) == ("rsa", "rib", "rsa")


async def test_only_steps_and_ticks_are_kept(
    runner: Runner, awa: str, redis: Redis, privacy: Privacy
) -> None:
    await call(runner, awa, *RSA, *KEEP)
    files = SpokenFiles(redis, privacy)
    (steps,) = await files.read(files.ref(awa, CODE))
    assert (steps.topic, steps.reached, steps.finished) == ("rsa", "rsa.comment", True)
    assert steps.held == ("piece_identite", "ressources", "logement")
    assert steps.missing == ("rib",)
    kept = json.dumps([steps.topic, steps.reached, *steps.notes])
    assert "francais" not in kept
    assert "30" not in kept.replace("3230", "")


async def test_who_says_no_has_no_file(runner: Runner, awa: str, redis: Redis, privacy: Privacy) -> None:
    await call(runner, awa, *RSA, "non")
    assert ":file:" not in await everything(redis, privacy)


async def test_nothing_is_offered_where_nothing_is_missing(runner: Runner, awa: str) -> None:
    complete = tuple("je l'ai" if text == "je l'ai pas" else text for text in RSA if text != "la suite")
    reply = await call(runner, awa, *complete, *("la suite",) * 4)
    assert asked(reply) == "cloture.souvenir"


async def test_who_hides_their_number_is_not_offered_one(runner: Runner) -> None:
    assert asked(await call(runner, "hidden", *RSA)) == "cloture.sms"


async def test_the_code_stands_in_no_record_ticket_or_text(
    runner: Runner, awa: str, redis: Redis, privacy: Privacy
) -> None:
    await call(runner, awa, *RSA, *KEEP, "oui", "oui")
    await call(runner, awa, *OPEN, "conseiller")
    found = await everything(redis, privacy)
    assert CODE not in found
    assert SAID not in found
    assert "4, 0, 7, 1" not in found
    (ticket,) = await runner.sessions.records("ticket")
    assert (ticket.order.topic, ticket.order.missing) == ("rsa", ("rib",))
    assert not [name for name in ticket.order.slots if name.startswith("secret")]


async def test_from_another_telephone_number_and_code_are_needed(
    runner: Runner, awa: str, friend: str
) -> None:
    await call(runner, awa, *RSA, *KEEP)
    assert asked(await call(runner, friend, *OPEN)) == "mon_dossier.essayer"
    number = ("un autre téléphone", "06 39 98 00 01", "oui")
    reply = await call(runner, friend, *OPEN, *number, SAID, "oui")
    assert told(reply)[0] == "mon_dossier.trouve"


async def test_a_wrong_code_a_wrong_number_and_no_file_sound_the_same(
    runner: Runner, awa: str, friend: str
) -> None:
    await call(runner, awa, *RSA, *KEEP)
    number = ("un autre téléphone", "06 39 98 00 01", "oui")
    wrong_code = await call(runner, friend, *OPEN, *number, "9 3 0 2", "oui")
    no_file = await call(runner, friend, "mon dossier", "9 3 0 2", "oui")
    assert told(wrong_code) == told(no_file) == ["mon_dossier.pas_trouve", "mon_dossier.essayer"]


async def test_guessing_ends_after_a_few_tries(runner: Runner, awa: str) -> None:
    await call(runner, awa, *RSA, *KEEP)
    for _ in range(OF_ONE):
        assert asked(await call(runner, awa, "mon dossier", "9 3 0 2", "oui")) == "mon_dossier.essayer"
    reply = await call(runner, awa, *OPEN)
    assert told(reply) == ["mon_dossier.trop", "cloture.conseiller"]


async def test_nobody_goes_on_with_a_file_opened_on_their_telephone(
    runner: Runner, awa: str, friend: str
) -> None:
    await call(runner, awa, *RSA, *KEEP)
    number = ("un autre téléphone", "06 39 98 00 01", "oui")
    await call(runner, friend, *OPEN, *number, SAID, "oui", "oui")
    assert asked(await call(runner, friend)) == "accueil.question"


async def test_oubliez_moi_erases_it_also_from_another_telephone(
    runner: Runner, awa: str, friend: str, redis: Redis, privacy: Privacy
) -> None:
    files = SpokenFiles(redis, privacy)
    await call(runner, awa, *RSA, *KEEP)
    await call(runner, awa, "oubliez-moi", "oui")
    assert await files.read(files.ref(awa, CODE)) == ()
    await files.keep(files.ref(awa, CODE), Steps("rsa", 1.0, "rsa.comment"))
    number = ("un autre téléphone", "06 39 98 00 01", "oui")
    await call(runner, friend, *OPEN, *number, SAID, "oui", "oubliez-moi", "oui")
    assert await files.read(files.ref(awa, CODE)) == ()


async def test_a_found_paper_is_ticked_and_not_asked_again(
    runner: Runner, awa: str, redis: Redis, privacy: Privacy
) -> None:
    await call(runner, awa, *RSA, *KEEP)
    reply = await call(runner, awa, *OPEN, "oui", "je l'ai")
    assert told(reply)[-2:] == ["mon_dossier.note", "mon_dossier.suite"]
    files = SpokenFiles(redis, privacy)
    (steps,) = await files.read(files.ref(awa, CODE))
    assert (set(steps.held), steps.missing) == ({"piece_identite", "ressources", "logement", "rib"}, ())
    again = ("non", *OPEN, "reprendre la démarche", *RSA[1:7])
    reply = await call(runner, awa, *again)
    assert asked(reply) == "rsa.comment", "all papers are there"


@pytest.mark.parametrize("code", ["0000", "7777", "1234", "0123", "9876", "6789"])
def test_codes_that_are_tried_first_are_refused(code: str) -> None:
    assert is_easy(code)


@pytest.mark.parametrize("code", ["4071", "1357", "1122", "0912", "8901"])
def test_other_codes_will_do(code: str) -> None:
    assert not is_easy(code)
