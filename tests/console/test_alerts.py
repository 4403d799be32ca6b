"""Who is told what while no page is open: once, without personal words, through known services only."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from tests import left
from tests.console.conftest import Ask, Clock, Hire, OpenBrowser
from tests.handoff.people import mediator, ticket
from voicebot.console.alerts import alerts
from voicebot.console.desk import Desk
from voicebot.console.push import Alerting, is_push_service, new_key, public_key
from voicebot.handoff import calling, exchange
from voicebot.handoff.calling import REMINDED_S
from voicebot.handoff.ticket import claim, plan_call_back
from voicebot.handoff.urgency import OLD_AFTER_S
from voicebot.store.subscriptions import Subscription

FIREFOX = "https://updates.push.services.mozilla.com/wpush/v2/abc"
NOW = 1100.0


def kinds(*tickets: Any, now: float = NOW) -> list[tuple[str, str]]:
    people = [mediator("a"), mediator("b", on_duty=False)]
    return [(one.to, one.kind) for one in alerts(tickets, people, now)]


def test_each_is_told_what_concerns_them() -> None:
    danger, mine = ticket(priority="danger"), exchange.read(claim(ticket(), "b", NOW), "b", NOW)
    assert kinds(danger) == [("a", "danger")], "whoever is on duty"
    assert kinds(danger, now=1000 + OLD_AFTER_S["danger"]) == [("a", "danger_again")]
    assert kinds(calling.hold_line(ticket(), "CA9", NOW)) == [("a", "online")]
    assert kinds(exchange.wrote(mine, "oui", NOW)) == [("b", "answer")], "whoever has it, on duty or not"
    assert kinds(exchange.give(ticket(), "b", NOW)) == [("b", "passed")]
    planned = plan_call_back(mine, "b", NOW + 9000, NOW)
    assert kinds(planned) == []
    assert kinds(planned, now=NOW + 9000 - REMINDED_S) == [("b", "due")]


def test_nobody_is_told_of_trials_nor_of_yesterday() -> None:
    assert kinds(replace(ticket(priority="danger"), trial=True)) == []
    assert kinds(exchange.wrote(claim(ticket(), "b", NOW), "oui", NOW), now=NOW + 86400) == []


@pytest.mark.parametrize(
    "address",
    [
        "http://fcm.googleapis.com/x",
        "https://localhost/x",
        "https://evil.example/fcm.googleapis.com",
        "https://fcm.googleapis.com.evil.example/x",
        "https://169.254.169.254/",
        "https://notify.windows.com.evil.example/",
        "",
    ],
)
def test_no_other_address_is_ever_called(address: str) -> None:
    assert not is_push_service(address)
    assert is_push_service(FIREFOX)
    assert is_push_service("https://wns2-par02p.notify.windows.com/w/?token=x")


def test_our_key_is_what_browsers_expect() -> None:
    private = new_key()
    assert len(public_key(private)) == 87, "65 bytes in base64url"
    assert public_key(private) == public_key(private) != public_key(new_key())


async def test_a_browser_is_told_once_and_forgotten_when_it_is_gone(
    redis: Redis, desk: Desk, hire: Hire, ticket: Ask, clock: Clock
) -> None:
    awa, told = await hire("Awa Diallo"), list[tuple[str, str]]()
    await desk.change_mediator(awa, lambda one: replace(one, on_duty=True))
    await desk.subscriptions.add(awa.id, Subscription(FIREFOX, "p", "a"))
    status = 201

    def send(to: Subscription, payload: str, key: str, contact: str) -> int:
        told.append((to.endpoint, payload))
        return status

    one, other = (
        Alerting(desk.tickets, desk.mediators, desk.subscriptions, clock, "https://voicebot.test", send)
        for _ in range(2)
    )
    await ticket("t1", priority="danger", reason="danger", slots={"ville": "Saint-Denis"})
    for alerting in (one, other, one):
        await alerting.look()
    ((address, payload),) = told
    assert address == FIREFOX
    assert json.loads(payload)["url"] == "/mediation/tickets/t1"
    assert "Saint-Denis" not in payload
    status = 410
    clock.now += OLD_AFTER_S["danger"]
    await one.look()
    assert len(told) == 2
    assert await desk.subscriptions.of(awa.id) == []


async def test_a_browser_is_switched_on_and_off(
    browser: OpenBrowser, hire: Hire, desk: Desk, redis: Redis
) -> None:
    awa = await hire("Awa Diallo")
    described = {"endpoint": FIREFOX, "keys": {"p256dh": "p", "auth": "a"}}
    async with browser() as hers:
        await hers.sign_in(awa.email)
        page = (await hers.open("/me")).text
        token = page.split('data-token="')[1].split('"')[0]
        assert len((await hers.open("/push/key")).json()["key"]) == 87
        post = hers.client.post
        assert (await post("/mediation/push/on", json=described)).status_code == 403
        headers = {"X-Token": token}
        assert (await post("/mediation/push/on", json=described, headers=headers)).status_code == 204
        assert await desk.subscriptions.of(awa.id) == [Subscription(FIREFOX, "p", "a")]
        assert await left.of(redis, desk.privacy, "nothing") == set()
        assert FIREFOX not in str(await redis.hgetall(f"voicebot:push:{awa.id}")), "sealed"
        for wrong in ({**described, "endpoint": "https://localhost/"}, {}, [], {"endpoint": FIREFOX}):
            assert (await post("/mediation/push/on", json=wrong, headers=headers)).status_code == 422
        await post("/mediation/push/off", json=described, headers=headers)
        assert await desk.subscriptions.of(awa.id) == []
        assert "showNotification" in (await hers.open("/alerts.js")).text


async def test_all_processes_sign_with_one_key(desk: Desk) -> None:
    first = await desk.subscriptions.key(new_key)
    assert await desk.subscriptions.key(new_key) == first
