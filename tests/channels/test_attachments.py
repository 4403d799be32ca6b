"""Voice messages are heard and answered as texts; pictures go to the mediator whom the person wants."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from tests import left
from tests.speech.recorded import as_sent
from tests.speech.room import ScriptedRecognizer
from tests.texting import ORIGIN, SOMEBODY, Clock, Texting, texted_app, texted_service
from voicebot.channels.service import Service
from voicebot.dialogue.flow import Flows
from voicebot.handoff.ticket import claim
from voicebot.nlu import Understanding
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.simulator.twilio_api import TwilioAccount, twilio_api
from voicebot.store.pictures import MOST_OFFERED, Pictures
from voicebot.store.sessions import Sessions
from voicebot.telephony.media import LARGEST, TwilioMedia

TUESDAY = 1_764_666_000.0
ACCOUNT = "AC" + "0b" * 16
PHOTO = b"\x89PNG\r\n\x1a\n" + b"a letter" * 100
_numbers = count(1)


@pytest.fixture
def account() -> Iterator[TwilioAccount]:
    with twilio_api() as account:
        yield account


@pytest.fixture
def service(
    redis: Redis,
    privacy: Privacy,
    understanding: Understanding,
    flows: Flows,
    prompts: Prompts,
    tmp_path: Path,
    account: TwilioAccount,
) -> Service:
    made = texted_service(redis, privacy, understanding, flows, prompts, tmp_path, Clock(TUESDAY))
    sessions = Sessions(redis, privacy, made.switches.tickets.announce)
    return replace(
        made,
        runner=replace(made.runner, sessions=sessions),
        speech=replace(made.speech, recognizer=ScriptedRecognizer(["j'ai perdu ma carte vitale"])),
        media=TwilioMedia(ACCOUNT, "token", base_url=account.url),
    )


@dataclass
class Sender:
    """Somebody who texts with files."""

    text: Texting
    account: TwilioAccount
    addresses: list[str] = field(default_factory=list)

    async def __call__(self, body: str, *files: tuple[str, bytes]) -> str:
        fields = {"NumMedia": str(len(files))}
        for number, (kind, content) in enumerate(files):
            path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/MM{1:032x}/Media/ME{next(_numbers):032x}"
            self.account.media[path] = content
            self.addresses.append(self.account.url + path)
            fields |= {f"MediaUrl{number}": self.addresses[-1], f"MediaContentType{number}": kind}
        return await self.text(body, **fields)


@pytest.fixture
async def send(service: Service, account: TwilioAccount) -> AsyncIterator[Sender]:
    transport = httpx.ASGITransport(texted_app(service))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield Sender(Texting(client), account)


@pytest.fixture
def person(service: Service) -> str:
    return service.privacy.pseudonym(SOMEBODY)


async def test_a_voice_message_is_answered_as_a_text(send: Sender, account: TwilioAccount) -> None:
    assert "perdue" in await send("", ("audio/ogg", as_sent("ogg")))
    assert account.media == {}, "nothing of it is left at Twilio"


@pytest.mark.parametrize(
    "sound", [("audio/ogg", b"no sound"), ("audio/x-unheard-of", b""), ("audio/amr", b"")]
)
async def test_a_voice_message_that_cannot_be_heard_is_told(send: Sender, sound: tuple[str, bytes]) -> None:
    assert "message vocal" in await send("", sound)


async def test_a_picture_waits_until_somebody_is_wanted_who_looks_at_it(
    send: Sender, service: Service, person: str, redis: Redis, account: TwilioAccount
) -> None:
    answer = await send("c'est quoi cette lettre ?", ("image/png", PHOTO))
    assert "Un conseiller peut les regarder" in answer
    assert "votre photo" in answer
    assert account.media == {}
    assert await service.switches.tickets.of(person) == []
    assert "Demande notée" in await send("oui")
    (ticket,) = await service.switches.tickets.of(person)
    (message,) = [one for one in await service.switches.threads.of(person, ticket.id) if one.picture]
    assert message.text == "c'est quoi cette lettre ?"
    kept = await Pictures(redis, service.privacy).get(person, message.picture)
    assert kept
    assert (kept.kind, kept.data) == ("image/png", PHOTO)


async def test_who_wants_nobody_to_look_goes_on(send: Sender, service: Service, person: str) -> None:
    await send("demander le RSA")
    await send("", ("image/png", PHOTO))
    assert "trente ans" in await send("non"), "the question that was open"
    assert await service.switches.tickets.of(person) == []


async def test_a_picture_joins_the_request_that_is_open(send: Sender, service: Service, person: str) -> None:
    await send("CONSEILLER")
    assert "jointe à votre demande" in await send("", ("image/jpeg", b"\xff\xd8\xff" + b"x" * 50))
    (ticket,) = await service.switches.tickets.of(person)
    await service.switches.tickets.change(ticket.id, lambda one: claim(one, "m1", TUESDAY + 5))
    assert await send("", ("image/png", PHOTO)) == "", "the mediator answers"
    messages = await service.switches.threads.of(person, ticket.id)
    assert len([one for one in messages if one.picture]) == 2


@pytest.mark.parametrize(
    "file",
    [
        ("image/png", b"<svg onload=alert(1)>"),
        ("image/jpeg", b"\xff\xd8\xff" + b"x" * LARGEST),
        ("text/vcard", b"BEGIN:VCARD"),
    ],
    ids=["not what it says", "too large", "no picture"],
)
async def test_what_is_no_picture_is_refused_with_a_way_forward(
    send: Sender, redis: Redis, privacy: Privacy, person: str, file: tuple[str, bytes]
) -> None:
    assert "pas pu recevoir" in await send("", file)
    assert await Pictures(redis, privacy).take(person) == []


async def test_an_address_that_is_not_twilios_is_never_asked(send: Sender, account: TwilioAccount) -> None:
    asked: list[str] = []
    account.media = _Watched(asked)
    fields = {"NumMedia": "1", "MediaContentType0": "image/png", "MediaUrl0": f"{account.url}/latest/secrets"}
    assert "pas pu recevoir" in await send.text("", **fields)
    assert asked == []


class _Watched(dict[str, bytes]):
    """Files of an account that notes what is asked for."""

    def __init__(self, asked: list[str]) -> None:
        super().__init__()
        self._asked = asked

    def __contains__(self, path: object) -> bool:
        self._asked.append(str(path))
        return False


@pytest.mark.parametrize(
    ("body", "told"), [("je veux mourir", "3114"), ("STOP", "START"), ("OUBLI", "effac")]
)
async def test_danger_and_rights_come_before_any_picture(send: Sender, body: str, told: str) -> None:
    assert told in await send(body, ("image/png", PHOTO))


async def test_many_pictures_are_not_all_kept(
    send: Sender, redis: Redis, privacy: Privacy, person: str
) -> None:
    for _ in range(MOST_OFFERED + 2):
        await send("", ("image/png", PHOTO))
    assert len(await Pictures(redis, privacy).take(person)) == MOST_OFFERED


async def test_being_forgotten_erases_the_pictures(
    send: Sender, service: Service, redis: Redis, privacy: Privacy, person: str
) -> None:
    await send("", ("image/png", PHOTO))
    await send("oui")
    await send("", ("image/png", PHOTO))
    await send("OUI OUBLI")
    assert not [key for key in await left.of(redis, privacy, person) if "picture" in key]
