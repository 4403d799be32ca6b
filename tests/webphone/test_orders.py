"""Calls from the browser where nobody can hear, and what else the page asks for."""

from __future__ import annotations

import json
import sys
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.webphone.conftest import Clock, Site
from voicebot.channels.service import Service
from voicebot.channels.voice.call_control import (
    AskKeys,
    CallReply,
    ConnectStream,
    Dial,
    Enqueue,
    Refuse,
    SpeakAndHangUp,
)
from voicebot.errors import StoreError
from voicebot.sound import Pause, Speech
from voicebot.webphone.orders import render


async def begun(browser: httpx.AsyncClient) -> dict[str, Any]:
    await browser.get("/essai")
    order: dict[str, Any] = (await browser.post("/essai/call", json={})).json()
    return order


async def told(browser: httpx.AsyncClient, path: str, **body: object) -> dict[str, Any]:
    answer = await browser.post(f"/essai/call/{path}", json=body)
    assert answer.status_code == 200, answer.text
    order: dict[str, Any] = answer.json()
    return order


async def events(browser: httpx.AsyncClient, permit: str, after: str = "") -> list[tuple[str, str, Any]]:
    """Name, id and data of each event so far of a call that is over."""
    answer = await browser.get(f"/essai/live/{permit}", headers={"Last-Event-ID": after} if after else {})
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in answer.text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines())
        if "event" in lines:
            found.append((lines["event"], lines["id"], json.loads(lines["data"])))
    return found


async def test_where_nobody_can_hear_the_call_goes_by_keys(site: Site) -> None:
    async with site() as browser:
        order = await begun(browser)
        assert (order["do"], order["most"]) == ("keys", 1)
        assert all(urlsplit(sound).path.startswith("/twilio/audio/") for sound in order["sounds"])
        for _ in range(2):
            call = {"call": order["call"]}
            order = await told(browser, "keys", **call, turn=order["turn"], digits="1") | call
        assert (order["do"], order["finish"]) == ("keys", "#")
        again = await told(browser, "text", call=order["call"], turn=order["turn"], text="trente ans")
        assert again["do"] == "keys"
        assert again["turn"] > order["turn"]


async def test_an_answer_that_comes_twice_counts_once(site: Site) -> None:
    async with site() as browser:
        first = await begun(browser)
        answer = {"call": first["call"], "turn": first["turn"], "digits": "1"}
        once = await told(browser, "keys", **answer)
        twice = await told(browser, "keys", **answer)
        assert once["turn"] == twice["turn"]


async def test_who_watches_sees_each_turn_and_goes_on_where_they_were(site: Site) -> None:
    async with site() as browser:
        order = await begun(browser)
        await told(
            browser, "text", call=order["call"], turn=order["turn"], text="je voudrais demander le rsa"
        )
        assert (await browser.post("/essai/call/end", json={"call": order["call"]})).status_code == 204
        seen = await events(browser, order["call"])
        assert [name for name, _, _ in seen] == ["turn", "turn", "turn", "over"]
        started, heard, hung_up = (data for _, _, data in seen[:3])
        assert (started["event"], started["flow"], started["step"]) == ("Started", "accueil", "question")
        assert (heard["heard"], heard["understood"], heard["certainty"]) == (
            "je voudrais demander le rsa",
            "le RSA",
            "sure",
        )
        assert (heard["flow"], heard["step"], heard["topic"]) == ("rsa", "age", "le RSA")
        assert "âge" in heard["text"]
        assert (hung_up["event"], hung_up["status"]) == ("HungUp", "suspended")
        assert hung_up["texts"], "who was cut off is told by text how to go on"
        assert [name for name, _, _ in await events(browser, order["call"], after=seen[1][1])] == [
            "turn",
            "over",
        ]


async def test_an_answer_is_shown_by_its_name(site: Site) -> None:
    async with site() as browser:
        order = await begun(browser)
        permit = order["call"]
        for text in ("c'est pour ma carte vitale", "perdue", "un résumé par sms", "parler à quelqu'un"):
            order = await told(browser, "text", call=permit, turn=order["turn"], text=text)
        await browser.post("/essai/call/end", json={"call": permit})
        heard = [data["understood"] for _, _, data in await events(browser, permit) if data.get("heard")]
        assert heard[:3] == ["la carte Vitale", "perdue", "un résumé par SMS"]


async def test_nobody_gets_at_the_call_of_another(site: Site) -> None:
    async with site() as one, site() as other:
        order = await begun(one)
        await begun(other)
        for path in ("after", "keys", "text", "end"):
            answer = await other.post(f"/essai/call/{path}", json={"call": order["call"]})
            assert answer.status_code == 403, path
        assert (await other.get(f"/essai/live/{order['call']}")).status_code == 403


async def test_a_call_can_be_asked_about_for_two_hours(site: Site, clock: Clock) -> None:
    async with site() as browser:
        order = await begun(browser)
        clock.now += 2 * 3600 + 1
        assert (await browser.get(f"/essai/live/{order['call']}")).status_code == 403


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"call": 1}', b'{"call": "x", "digits": "abc"}', b'{"call": "x", "text": 5}', b"\xff"],
)
async def test_requests_of_no_page_are_refused(site: Site, body: bytes) -> None:
    async with site() as browser:
        await begun(browser)
        answer = await browser.post(
            "/essai/call/keys", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 422


async def test_when_the_store_is_gone_the_person_gets_a_sentence(
    site: Site, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with site() as browser:
        await browser.get("/essai")

        async def gone(*_: object) -> None:
            raise StoreError("gone")

        monkeypatch.setattr(service.runner.sessions.calls, "bind", gone)
        answer = await browser.post("/essai/call", json={})
    assert (answer.status_code, answer.json()["do"]) == (503, "hang_up")
    assert answer.json()["said"]


async def test_a_text_is_answered_as_on_the_telephone(site: Site) -> None:
    async with site() as browser:
        await browser.get("/essai")
        messages = (await browser.post("/essai/sms", json={"text": "demander le RSA"})).json()["messages"]
        assert "age" in messages[0]
        goes_on = (await browser.post("/essai/sms", json={"text": "61 ans"})).json()["messages"]
        assert "France" in goes_on[0]
        assert (await browser.post("/essai/sms", json={"text": "a" * 2000})).status_code == 422
        assert (await browser.post("/essai/sms", json={"text": " "})).json()["messages"]


async def test_two_visitors_are_two_persons(site: Site) -> None:
    async with site() as one, site() as other:
        for browser in (one, other):
            await browser.get("/essai")
        await one.post("/essai/sms", json={"text": "RSA"})
        first = (await other.post("/essai/sms", json={"text": "61 ans"})).json()["messages"]
        assert "France" not in first[0]


async def test_procedures_are_drawn(site: Site, service: Service) -> None:
    async with site() as browser:
        assert (await browser.get("/essai/procedure/rsa.svg")).status_code == 403
        await browser.get("/essai")
        drawn = await browser.get("/essai/procedure/rsa.svg")
        assert drawn.headers["content-type"].startswith("image/svg+xml")
        assert 'data-step="age"' in drawn.text
        assert (await browser.get("/essai/procedure/jardinage.svg")).status_code == 404


async def test_where_pictures_cannot_be_drawn_there_is_none(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "graphlay", None)
    async with site() as browser:
        await begun(browser)
        missing = await browser.get("/essai/procedure/rsa.svg")
        assert (missing.status_code, "authoring" in missing.text) == (404, True)


REPLIES: list[tuple[CallReply, dict[str, Any]]] = [
    (ConnectStream(3, {"proof": "p"}), {"do": "stream", "address": "/s", "parameters": {"proof": "p"}}),
    (
        AskKeys((Speech("a"), Pause(0.5)), 2, 5, "#", 6.0),
        {
            "do": "keys",
            "turn": 2,
            "sounds": ["/twilio/audio/a.wav", "/twilio/audio/silence-500.wav"],
            "most": 5,
            "finish": "#",
            "timeout_s": 6.0,
        },
    ),
    (SpeakAndHangUp((Speech("a"),)), {"do": "hang_up", "sounds": ["/twilio/audio/a.wav"]}),
    (Enqueue("q", 1, (Speech("a"),)), {"do": "hang_up", "sounds": ["/twilio/audio/a.wav"]}),
    (Dial("+33639980001", "/after"), {"do": "hang_up", "sounds": []}),
    (Refuse(), {"do": "hang_up", "sounds": []}),
]


@pytest.mark.parametrize(("reply", "order"), REPLIES, ids=lambda one: type(one).__name__)
def test_every_reply_is_an_order(reply: CallReply, order: dict[str, Any]) -> None:
    assert render(reply, "/s", lambda speech: speech.text) == order
