"""A week after a ticket is closed the person is asked how it went, if the mediator wants that."""

from __future__ import annotations

import pytest

from tests.console.conftest import SOMEBODY, Ask, Clock, Hire, OpenBrowser
from voicebot.console.desk import Desk
from voicebot.outbox.summary import summary_texts
from voicebot.store.outbox import Ref

WEEK_S = 7 * 86400.0
LANDLINE = "+33199000011"


async def closed(
    desk: Desk, ticket: Ask, hire: Hire, browser: OpenBrowser, number: str = SOMEBODY, **form: str
) -> str:
    """A mediator closes the ticket of somebody with this number; whose it is."""
    awa = await hire("Awa Diallo")
    person = desk.privacy.pseudonym(number)
    await desk.sessions.people.keep_number(person, number)
    await ticket("t1", state="claimed", mediator=awa.id, person=person)
    async with browser() as hers:
        await hers.sign_in(awa.email)
        page = await hers.open("/tickets/t1")
        assert ("Prendre des nouvelles" in page.text) is (number == SOMEBODY)
        await hers.send("/tickets/t1/close", outcome="helped", **form)
    return person


async def test_the_person_is_asked_a_week_later(
    desk: Desk, ticket: Ask, hire: Hire, browser: OpenBrowser, clock: Clock
) -> None:
    person = await closed(desk, ticket, hire, browser, follow_up="1")
    assert await desk.outbox.due("sms", clock.now + WEEK_S - 1, 9) == []
    (ref,) = await desk.outbox.due("sms", clock.now + WEEK_S, 9)
    letter = await desk.outbox.open(ref)
    assert letter
    (text,) = summary_texts(desk.prompts, letter.record.order)
    assert text == "Bonjour, avez-vous pu faire votre démarche : le RSA ? Répondez OUI ou NON."
    assert await desk.sessions.people.follow_up(person, clock.now) == "", "not asked yet"
    assert await desk.sessions.people.follow_up(person, clock.now + WEEK_S) == "rsa"


@pytest.mark.parametrize(("number", "form"), [(SOMEBODY, {}), (LANDLINE, {"follow_up": "1"})])
async def test_who_is_not_to_be_asked_or_cannot_be_texted_is_not(
    desk: Desk,
    ticket: Ask,
    hire: Hire,
    browser: OpenBrowser,
    clock: Clock,
    number: str,
    form: dict[str, str],
) -> None:
    person = await closed(desk, ticket, hire, browser, number, **form)
    assert await desk.outbox.due("sms", clock.now + WEEK_S, 9) == []
    assert await desk.sessions.people.follow_up(person, clock.now + WEEK_S) == ""


async def test_a_ticket_that_is_opened_again_takes_the_question_back(
    desk: Desk, ticket: Ask, hire: Hire, browser: OpenBrowser, clock: Clock
) -> None:
    person = await closed(desk, ticket, hire, browser, follow_up="1")
    async with browser() as hers:
        await hers.sign_in("awa@example.org")
        await hers.open("/tickets/t1")
        await hers.send("/tickets/t1/reopen")
    assert await desk.outbox.open(Ref("sms", person, "t1:news:1")) is None
    assert await desk.outbox.due("sms", clock.now + WEEK_S, 9) == []
    assert await desk.sessions.people.follow_up(person, clock.now + WEEK_S) == ""
