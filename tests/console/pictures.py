"""The pictures of the console in docs/pictures, made anew: `.venv/bin/python -m tests.console.pictures`.

Everybody and everything in them is invented; the numbers belong to nobody (Arcep's range for films).
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from cryptography.fernet import Fernet
from fastapi import FastAPI
from playwright.async_api import Browser
from redis.asyncio import Redis

from tests.console.author import press
from tests.console.open_site import PHONE, WIDE, chromium, new_page, served, sign_in
from voicebot import __version__
from voicebot.app import FLOWS, PROMPTS, studio, waiting_room
from voicebot.config import Settings
from voicebot.console import passwords, site
from voicebot.console.desk import Desk
from voicebot.console.guard import Guard
from voicebot.console.pages import Pages
from voicebot.console.running import Groups, Running, Told
from voicebot.content.editions import Edition, Editions
from voicebot.dialogue.session import Place, Session
from voicebot.flows.load import load_flows
from voicebot.handoff import calling, ticket
from voicebot.handoff.mediator import Mediator
from voicebot.nlu import Understanding
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.records import Record, TurnRecord
from voicebot.speech.recordings import RATE_HZ, Recordings
from voicebot.speech.tts.pico import Pico
from voicebot.speech.voice import Voice
from voicebot.store.accounts import Account, Accounts
from voicebot.store.audit import Audit
from voicebot.store.drafts import Drafts
from voicebot.store.figures import Figures
from voicebot.store.mediators import Mediators
from voicebot.store.notices import Notices
from voicebot.store.opening import Opening
from voicebot.store.outbox import Outbox
from voicebot.store.pictures import Pictures
from voicebot.store.ready_answers import ReadyAnswers
from voicebot.store.server import embedded
from voicebot.store.sessions import Change, Sessions
from voicebot.store.signins import Signins
from voicebot.store.studio_codes import StudioCodes
from voicebot.store.subscriptions import Subscriptions
from voicebot.store.threads import Message, Threads
from voicebot.store.ticket_events import TicketEvents

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"
PASSWORD: Final = "un-bon-mot-de-passe"
DAY_S: Final = 86400.0
#: Heard, understood as, value, how surely, question asked, next step, said.
TURNS: Final = (
    ("bonjour je voudrais le RSA", "rsa", None, "sure", "question", "age", "Le RSA. Quel âge avez-vous ?"),
    ("soixante et un ans", "aucun", "61", "sure", "age", "france", "Vivez-vous en France toute l'année ?"),
    ("oui", "aucun", "yes", "sure", "france", "nationalite", "Quelle est votre nationalité ?"),
    ("la carte elle est périmée", "aucun", None, "none", "nationalite", "nationalite", "Dites par exemple…"),
)
#: What else is open: id, seconds ago, the person's words, fields.
OTHERS: Final[tuple[tuple[str, float, str, dict[str, Any]], ...]] = (
    ("d4e7", 40, "j'ai peur, mon mari me frappe",
     {"topic": "urgence", "priority": "danger", "reason": "danger"}),
    ("b2c3", 1500, "on dort dans la voiture avec les enfants",
     {"topic": "hebergement_urgence", "priority": "high", "reason": "sans_toit",
      "slots": {"ville": "Lille", "code_postal": "59000"}}),
    ("c9a1", 4000, "jé perdu ma cart vital",
     {"topic": "carte_vitale", "reason": "no_match", "channel": "sms"}),
    ("e5b2", 700, "j'ai reçu un papier des impôts", {"topic": "impots", "reason": "worried",
                                                    "slots": {"code_postal": "13001"}}),
    ("a1b2", 300, "on m'a coupé l'électricité ce matin",
     {"topic": "energie", "slots": {"ville": "Roubaix", "code_postal": "59100"}}),
)  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """The console with its people."""

    desk: Desk
    redis: Redis

    async def set(self) -> Account:
        """Fill it; who looks at it is Awa."""
        awa, leo = await self._hire("Awa Diallo", "administrator"), await self._hire("Léo Martin", "mediator")
        await self._conversation(awa)
        for name, ago, words, fields in OTHERS:
            heard = TurnRecord(1, self.desk.clock() - ago, "Heard", "voice", "open", words)
            await self.desk.sessions.commit(Change(Session(name, name), 0, heard))
            await self._ask(name, ago, person=name, **fields)
        change, now = self.desk.tickets.change, self.desk.clock()
        await change("e5b2", lambda one: ticket.claim(one, leo.id, now - 300))
        await change("a1b2", lambda one: calling.hold_line(one, "CA2", now - 300))
        await change("a1b2", lambda one: calling.offer(one, leo.id, now - 5))
        notice = "La CAF de Seine-Saint-Denis est fermée au public aujourd’hui. Le 3230 répond."
        await self.desk.notices.add(notice, now, "2099-01-01")
        self._record()
        for ago in range(30):
            await self._count(ago, 12 + (ago * 7) % 23)
        return awa

    def _record(self) -> None:
        """Some texts are recorded, and one has changed since."""
        room, tone = self.desk.studio, (3000 * np.sin(np.arange(RATE_HZ) / 5)).astype(np.int16)
        for number, what in enumerate(what for what in room.texts if what.group == "accueil"):
            if number < 3:
                room.recordings.keep(what.text, what.keys, tone, self.desk.clock())
        changed = next(what for what in room.texts if what.group == "rsa")
        room.recordings.keep("Le RSA, c'est quoi pour vous ?", changed.keys, tone, self.desk.clock())

    async def _hire(self, name: str, role: Any) -> Account:
        email = f"{'awa' if name.startswith('Awa') else 'leo'}@example.org"
        account = await self.desk.guard.accounts.add(email, name, role, await passwords.hashed(PASSWORD))
        assert account
        territories = ("93", "75") if role == "administrator" else ("59", "62")
        await self.desk.mediators.save(
            Mediator(account.id, name, territories, ("rsa",), "+33639980050", True)
        )
        return account

    async def _conversation(self, awa: Account) -> None:
        """Somebody about the RSA, whom Awa has taken and texts with."""
        now, number = self.desk.clock(), "+33639980011"
        person = self.desk.privacy.pseudonym(number)
        await self.desk.sessions.people.keep_number(person, number)
        for turn, said in enumerate(TURNS):
            record = _record(turn, now - 900 + 15 * turn, *said)
            assert await self.desk.sessions.commit(Change(Session("CA1", person), turn, record))
        slots = {"age": 61, "france": "yes", "ville": "Saint-Denis", "code_postal": "93200"}
        await self._ask("f7d8", 850, person=person, session="CA1", slots=slots)
        change = self.desk.tickets.change
        await change("f7d8", lambda one: ticket.claim(one, awa.id, now - 120))
        note = "Elle vit chez sa fille. Préfère le matin."
        await change("f7d8", lambda one: ticket.note(one, awa.id, note, now - 60))
        asked = "Bonjour, c’est Awa, de la maison France services. Avez-vous votre carte d’identité ?"
        for message in (
            Message("m1", "f7d8", now - 50, awa.id, asked),
            Message("m2", "f7d8", now - 20, "", "oui mes elle et perimé"),
        ):
            await self.desk.threads.add(person, message)

    async def _ask(self, name: str, ago: float, person: str = "somebody", **fields: Any) -> None:
        usual = {"reason": "asked", "priority": "normal", "topic": "rsa", "channel": "voice", "slots": {}}
        content = {**usual, "person": person, "session": name, **fields}
        await self.desk.sessions.add(
            person, Record.of({"kind": "ticket", "id": name, "at": self.desk.clock() - ago, **content})
        )

    async def _count(self, ago: int, calls: int) -> None:
        counts = {
            "calls": calls, "texts": calls // 3, "understood": calls * 5, "misunderstood": calls,
            "silent": calls // 4, "topic:rsa": calls // 3, "topic:carte_vitale": calls // 4,
            "topic:impots": calls // 7, "handoff:asked": calls // 6, "handoff:no_match": calls // 9,
            "left:rsa.age": calls // 6, "left:rsa.nationalite": calls // 8, "outcome:helped": calls // 8,
            "ended:done": calls // 2, "ended:handed_off": calls // 5, "waited": 2, "waited_s": 400,
        }  # fmt: skip
        await self.desk.figures.count(self.desk.clock() - ago * DAY_S, counts)


def _record(turn: int, at: float, *said: Any) -> TurnRecord:
    heard, intent, value, certainty, asked, step, text = said
    return TurnRecord(
        turn, at, "Heard", "voice", "open", heard, 1.0, intent, value, certainty,
        asked=Place("rsa", asked) if asked else None, place=Place("rsa", step), text=text,
    )  # fmt: skip


def _desk(redis: Redis, data: Path) -> Desk:
    prompts, recordings = Prompts.load(PROMPTS), Recordings(data / "recordings")
    privacy = Privacy("pictures", [Fernet.generate_key().decode()])
    tickets = waiting_room(redis, privacy)
    return Desk(
        Guard(Accounts(redis, privacy), Signins(redis), privacy, https=False),
        Audit(redis),
        Sessions(redis, privacy, tickets.announce),
        tickets,
        Mediators(redis, privacy),
        Threads(redis, privacy),
        Outbox(redis, privacy),
        Notices(redis),
        Opening(redis),
        TicketEvents(redis),
        Figures(redis),
        Editions(Edition("as shipped", load_flows(FLOWS), prompts, None, lambda says, channel: "")),
        privacy,
        Pages(),
        time.time,
        studio(Settings(recordings=recordings.folder), prompts),
        Voice(recordings, data / "cache", (), (Pico(),)),
        StudioCodes(redis),
        Drafts(redis, privacy),
        Pictures(redis, privacy),
        ReadyAnswers(redis),
        Subscriptions(redis, privacy),
    )


async def _told() -> Groups:
    return {
        "versions": [Told("voicebot", __version__)],
        "engines": [
            Told("recognizer", "whisper:whisper-phone", fine=True),
            Told("voices", "kokoro, pico", fine=True),
        ],
        "store": [Told("redis", "8.1", fine=True), Told("persistence", "append-only", fine=True)],
        "outbox": [Told("waiting_sms", "2", fine=True), Told("given_up_sms", "3 (30003: 3)", fine=False)],
        "machine": [Told("disk", "41 (data)", fine=True), Told("certificate", "63", fine=True)],
        "facts": [Told("unverified", "12", fine=False)],
    }


async def _examined() -> list[Told]:
    return []


async def _retried() -> int:
    return 0


async def _saved() -> AsyncIterator[bytes]:
    yield b""


async def _take(browser: Browser, origin: str, folder: Path, size: tuple[int, int], *paths: str) -> None:
    page = await new_page(browser, size)
    name = "phone" if size == PHONE else "wide"
    await page.goto(f"{origin}/mediation/sign-in")
    if size == PHONE:
        await page.screenshot(path=folder / f"console-sign-in-{name}.png")
    await sign_in(page, origin, "awa@example.org", PASSWORD)
    for path in paths:
        await page.goto(f"{origin}/mediation/{path}")
        await page.wait_for_timeout(800)
        shown = path.partition("?")[0].replace("/", "-").replace("f7d8", "one") or "queue"
        await page.screenshot(path=folder / f"console-{shown}-{name}.png")


async def make(folder: Path, *more: str) -> None:
    """Take all pictures, and those of the pages `more`."""
    with tempfile.TemporaryDirectory() as data, embedded(Path(data)) as socket:
        redis = Redis(unix_socket_path=socket, decode_responses=True)
        desk = _desk(redis, Path(data))
        flows, prompts = desk.flows, desk.prompts
        desk = press(desk, redis, Path(data) / "content", flows, prompts, Understanding.load()).desk
        desk = replace(desk, running=Running(_told, _examined, retry=_retried, backup=_saved))
        await Stage(desk, redis).set()
        app = FastAPI()
        app.router.routes.append(site.routes(desk))
        async with served(app) as origin, chromium() as browser:
            take = partial(_take, browser, origin, folder)
            await take(WIDE, "", "tickets/f7d8?tab=mine", "figures", "studio", *more)
            await take(WIDE, "demarches/rsa/etapes/age", "service")
            await take(PHONE, "", "tickets/f7d8", *more)
        await redis.aclose()


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    asyncio.run(make(FOLDER, *sys.argv[1:]))
