"""Whose telephone rings, when, and what is heard on both sides."""

from __future__ import annotations

import asyncio

import pytest

from tests.switchboard.conftest import OURS, PHONES, SOMEBODY, TUESDAY, House
from voicebot.channels.voice.call_control import (
    AskKeys,
    Dial,
    Enqueue,
    Hold,
    LeaveQueue,
    LeftQueue,
    SpeakAndHangUp,
    TakeFromQueue,
)
from voicebot.errors import TicketRefused
from voicebot.handoff.calling import OFFER_S, offer
from voicebot.handoff.exchange import GIVEN_FOR_S, answered, refuse
from voicebot.handoff.ticket import claim, close, plan_call_back
from voicebot.handoff.waiting import PATIENCE_S
from voicebot.store.opening import Week
from voicebot.store.outbox import Ref
from voicebot.store.sessions import Change
from voicebot.switchboard.switchboard import GOODBYE_S

LEFT = LeftQueue("leave", gone=False)
CUT_OFF = LeftQueue("bridged", gone=False)
HUNG_UP = LeftQueue("hangup", gone=True)
#: Three hours after a quarter to eleven is still lunch time.
TUESDAY_AFTERNOON = TUESDAY + 4 * 3600


async def test_who_waits_is_told_their_place_the_time_and_how_to_be_called_back(house: House) -> None:
    await house.hire("ada")
    await house.waits("CA1")
    house.clock.now += 1
    await house.waits("CA2", number="+33639980012")
    first, second = await house.desk.wait("CA1", 0), await house.desk.wait("CA2", 0)
    assert isinstance(first, Hold)
    assert "Vous êtes le prochain." in house.heard(first)
    assert "L'attente est d'environ une minute." in house.heard(first)
    assert "tapez 1" in house.heard(first)
    assert "Il y a une personne avant vous." in house.heard(second)
    assert "L'attente est d'environ 3 minutes." in house.heard(second)
    assert house.heard(await house.desk.wait("CA1", 1)) == "", "only music now and then"


async def test_who_waits_in_danger_is_told_the_number_first(house: House) -> None:
    await house.hire("ada")
    await house.waits(priority="danger", reason="danger")
    assert house.heard(await house.desk.wait("CA1", 0)).startswith("En danger, raccrochez et appelez le 112.")


async def test_a_mediator_hears_where_what_and_how_far_before_they_say_yes(house: House) -> None:
    await house.hire("ada")
    await house.waits(slots={"code_postal": "93200"})
    assert await house.rung() == ["ada"]
    asked = house.account.calls[0].asked
    assert (asked["From"], asked["MachineDetection"], asked["AsyncAmd"]) == (OURS, "Enable", "true")
    whisper = await house.mediators.answer(*house.ring())
    assert isinstance(whisper, AskKeys)
    assert house.heard(whisper) == (
        "Une personne attend au téléphone. Seine-Saint-Denis. Le sujet : le RSA. "
        "La personne a déjà répondu à 3 questions. Pour prendre l'appel, tapez 1. Pour le refuser, tapez 2."
    )
    assert SOMEBODY not in "".join(asked.values())


async def test_one_connects_with_the_queue_of_the_ticket(house: House) -> None:
    await house.hire("ada")
    entered = await house.waits()
    await house.rung()
    reply = await house.mediators.keys(*house.ring(), "1", 1)
    assert isinstance(reply, TakeFromQueue)
    assert reply.queue == entered.id
    ticket = await house.ticket()
    assert (ticket.state, ticket.claimed_by) == ("in_call", "ada")
    again = await house.mediators.keys(*house.ring(), "1", 1)
    assert isinstance(again, TakeFromQueue), "the webhook may come twice"
    assert house.account.ended == [], "whose call was taken is not hung up on"
    assert house.heard(await house.desk.announce("CA1")) == "Voici un conseiller."


async def test_who_presses_nothing_is_told_twice_and_then_left_alone(house: House) -> None:
    await house.hire("ada", "bea")
    await house.waits()
    assert await house.rung() == ["ada"]
    ref, token = house.ring()
    assert isinstance(await house.mediators.keys(ref, token, "", 1), AskKeys)
    assert isinstance(await house.mediators.keys(ref, token, "", 2), SpeakAndHangUp)
    assert (await house.ticket()).history[-1].detail == "no_answer"
    assert await house.rung() == ["bea"]


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled", "completed"])
async def test_a_call_that_was_not_taken_goes_to_the_next_one(house: House, status: str) -> None:
    await house.hire("ada", "bea")
    await house.waits()
    await house.rung()
    ref, _ = house.ring()
    await house.mediators.ended(ref, house.account.calls[0].sid, status)
    await house.mediators.ended(ref, house.account.calls[0].sid, status)
    assert await house.rung() == ["bea"]
    assert await house.rung() == [], "one telephone at a time"


async def test_a_machine_is_hung_up_on_but_not_who_has_pressed_one(house: House) -> None:
    await house.hire("ada", "bea")
    await house.waits()
    await house.rung()
    ref, token = house.ring()
    sid = house.account.calls[0].sid
    await house.mediators.machine(ref, sid)
    assert house.account.ended == [sid]
    assert await house.rung() == ["bea"]
    ref, token = house.ring()
    await house.mediators.keys(ref, token, "1", 1)
    await house.mediators.machine(ref, house.account.calls[1].sid)
    assert house.account.ended == [sid]
    assert (await house.ticket()).state == "in_call"


async def test_after_a_minute_without_anybody_the_person_chooses_when_to_be_called(house: House) -> None:
    await house.hire("ada")
    await house.waits()
    house.clock.now += PATIENCE_S - 1
    assert isinstance(await house.desk.wait("CA1", 2), Hold)
    house.clock.now += 1
    assert isinstance(await house.desk.wait("CA1", 3), LeaveQueue)
    asked = await house.desk.after_handoff("CA1", LEFT, "e1")
    assert isinstance(asked, AskKeys)
    assert house.heard(asked).startswith("Quand voulez-vous être rappelé ? ce matin, tapez 1.")
    told = await house.desk.keys("CA1", "2", "e2")
    assert "Un conseiller vous rappelle mardi 3 mars, entre 14 heures et 17 heures." in house.heard(told)
    ticket = await house.ticket()
    assert (ticket.state, ticket.line) == ("waiting", None)
    assert ticket.wishes.call_back_at == house.clock.now - PATIENCE_S + 4 * 3600
    await house.errand()
    (text,) = house.account.texts
    assert text.asked["Body"] == "Un conseiller vous rappelle mardi 3 mars, entre 14 h et 17 h."


async def test_while_a_telephone_rings_the_minute_is_not_over(house: House) -> None:
    await house.hire("ada")
    await house.waits()
    house.clock.now += PATIENCE_S - 5
    assert await house.rung() == ["ada"]
    house.clock.now += 10
    assert isinstance(await house.desk.wait("CA1", 3), Hold)
    house.clock.now += OFFER_S
    assert isinstance(await house.desk.wait("CA1", 4), LeaveQueue)


async def test_without_an_answer_the_first_moment_is_taken(house: House) -> None:
    await house.hire("ada")
    await house.waits()
    await house.desk.wait_keys("CA1", "1")
    await house.desk.after_handoff("CA1", LEFT, "e1")
    reply = await house.desk.keys("CA1", "", "s1")
    for number in range(2, 9):
        if isinstance(reply, SpeakAndHangUp):
            break
        reply = await house.desk.keys("CA1", "", f"s{number}")
    assert (await house.ticket()).wishes.call_back_at == house.clock.now + 15 * 60
    assert "Un conseiller vous rappelle mardi 3 mars" in house.heard(reply)


async def test_nobody_waits_where_nobody_can_come(house: House) -> None:
    await house.asks()
    assert isinstance(await house.desk.after_stream("CA1", "e0"), SpeakAndHangUp)
    await house.hire("ada")
    assert isinstance(await house.desk.after_stream("CA1", "e1"), Enqueue)
    await house.switches.duty.opening.change(lambda week: Week(closed=("2026-03-03",)))
    await house.asks("CA2", number="+33639980012")
    assert isinstance(await house.desk.after_stream("CA2", "e2"), SpeakAndHangUp)


async def test_a_mediator_who_is_cut_off_is_rung_again_after_a_goodbye(house: House) -> None:
    await house.hire("ada")
    ticket = await house.waits()
    await house.rung()
    ref, token = house.ring()
    await house.mediators.keys(ref, token, "1", 1)
    other = await house.waits("CA2", number="+33639980012")
    assert await house.rung() == []
    await house.mediators.ended(ref, house.account.calls[0].sid, "completed")
    returned = await house.desk.after_handoff("CA1", CUT_OFF, "e1")
    assert isinstance(returned, Enqueue)
    assert returned.queue == ticket.id
    assert "vous pouvez raccrocher" in house.heard(returned)
    ticket = await house.ticket()
    assert (ticket.state, ticket.first) == ("waiting", True)
    assert "Vous êtes le prochain." in house.heard(await house.desk.wait("CA1", 0))
    house.clock.now += GOODBYE_S
    assert await house.rung() == ["ada"]
    whisper = await house.mediators.answer(*house.ring())
    assert house.heard(whisper).startswith("Une personne a été coupée.")
    assert other.opened_at <= ticket.since


async def test_who_says_goodbye_and_hangs_up_rings_nobody(house: House) -> None:
    await house.hire("ada")
    await house.waits()
    await house.rung()
    await house.mediators.keys(*house.ring(), "1", 1)
    await house.mediators.ended(house.ring()[0], house.account.calls[0].sid, "completed")
    await house.desk.after_handoff("CA1", CUT_OFF, "e1")
    await house.desk.ended("CA1", "completed", "e2")
    ticket = await house.ticket()
    assert (ticket.state, ticket.claimed_by, ticket.line) == ("claimed", "ada", None)
    house.clock.now += GOODBYE_S
    assert await house.rung() == []


async def test_who_closed_the_ticket_while_talking_ends_the_call(house: House) -> None:
    await house.hire("ada")
    await house.waits()
    await house.rung()
    await house.mediators.keys(*house.ring(), "1", 1)
    await house.switches.tickets.change("CA1:1", lambda one: close(one, "ada", "helped", house.clock()))
    assert isinstance(await house.desk.after_handoff("CA1", CUT_OFF, "e1"), SpeakAndHangUp)


async def test_a_caller_who_hangs_up_silences_the_mediators_telephone(house: House) -> None:
    await house.hire("ada")
    await house.waits()
    await house.rung()
    await house.desk.after_handoff("CA1", HUNG_UP, "e1")
    await house.desk.ended("CA1", "completed", "e2")
    assert house.account.ended == [house.account.calls[0].sid]
    late = await house.mediators.keys(*house.ring(), "1", 1)
    assert isinstance(late, SpeakAndHangUp)
    assert house.heard(late) == "Cet appel n'attend plus, merci."
    ticket = await house.ticket()
    assert (ticket.state, ticket.line) == ("waiting", None)


async def test_who_takes_it_in_the_console_is_rung_and_a_colleagues_telephone_falls_silent(
    house: House,
) -> None:
    await house.hire("ada", "bea")
    await house.waits()
    assert await house.rung() == ["ada"]
    await house.switches.tickets.change("CA1:1", lambda one: claim(one, "bea", house.clock()))
    assert house.account.ended == [house.account.calls[0].sid]
    assert "Un conseiller a lu votre demande." in house.heard(await house.desk.wait("CA1", 0))
    assert await house.rung() == ["bea"]
    assert isinstance(await house.mediators.keys(*house.ring(), "1", 1), TakeFromQueue)


async def test_a_lost_offer_is_over_after_a_minute(house: House) -> None:
    await house.hire("ada", "bea")
    await house.waits()
    assert await house.rung() == ["ada"]
    house.clock.now += OFFER_S
    assert await house.rung() == ["bea"]
    assert house.account.ended == [house.account.calls[0].sid]


async def test_an_offer_whose_maker_died_is_rung_by_the_next_look(house: House) -> None:
    await house.hire("ada")
    ticket = await house.waits()
    await house.switches.tickets.change(ticket.id, lambda one: offer(one, "ada", house.clock()))
    assert await house.rung() == []
    house.clock.now += 5
    assert await house.rung() == ["ada"]
    house.clock.now += 5
    assert await house.rung() == []


async def test_a_ring_that_could_not_leave_in_time_is_dropped(house: House) -> None:
    await house.hire("ada")
    await house.waits()
    await house.switches.board.look()
    house.clock.now += OFFER_S
    await house.errand()
    assert house.account.calls == []


async def test_a_call_back_rings_the_mediator_then_the_person(house: House) -> None:
    await house.hire("ada")
    await house.asks()
    when = house.clock() + 3600
    await house.switches.tickets.change("CA1:1", lambda one: plan_call_back(one, "", when, house.clock()))
    assert await house.rung() == []
    house.clock.now = when
    assert await house.rung() == ["ada"]
    whisper = await house.mediators.answer(*house.ring())
    assert house.heard(whisper).startswith("C'est l'heure d'un rappel prévu.")
    dialled = await house.mediators.keys(*house.ring(), "1", 1)
    assert isinstance(dialled, Dial)
    assert (dialled.number, dialled.caller_id) == (SOMEBODY, OURS)
    await house.mediators.after(house.ring()[0], "completed", gone=False)
    ticket = await house.ticket()
    assert (ticket.state, ticket.claimed_by, ticket.wishes.call_back_at) == ("claimed", "ada", None)


async def test_a_missed_call_back_is_tried_three_times_within_the_hours_and_told_by_text(
    house: House,
) -> None:
    await house.hire("ada")
    await house.asks()
    tried: list[float] = []
    when = house.clock() + 60
    await house.switches.tickets.change("CA1:1", lambda one: plan_call_back(one, "", when, house.clock()))
    while (due := (await house.ticket()).wishes.call_back_at) is not None:
        house.clock.now = max(house.clock.now, due) + 130  # who has just been rung rests
        assert await house.rung() == ["ada"]
        await house.mediators.keys(*house.ring(), "1", 1)
        told = await house.mediators.after(house.ring()[0], "no-answer", gone=False)
        assert house.heard(told) == "La personne ne répond pas. Nous lui écrivons."
        tried.append(due)
        await house.errand()
    assert tried == [when, when + 130 + 30 * 60, TUESDAY_AFTERNOON]
    assert (await house.ticket()).missed == 3
    bodies = [text.asked["Body"] for text in house.account.texts]
    assert bodies[0].startswith("Un conseiller vous a appelé. Il réessaie mardi 3 mars, à partir de 10 h 30")
    assert bodies[1].endswith("Il réessaie mardi 3 mars, à partir de 14 h.")
    assert (
        bodies[2] == "Un conseiller vous a appelé sans pouvoir vous parler. Rappelez-nous quand vous voulez."
    )


async def test_no_call_back_is_made_outside_the_hours(house: House) -> None:
    await house.hire("ada")
    await house.asks()
    when = house.clock() + 60
    await house.switches.tickets.change("CA1:1", lambda one: plan_call_back(one, "", when, house.clock()))
    house.clock.now += 2.5 * 3600
    assert await house.rung() == []
    house.clock.now += 1.5 * 3600
    assert await house.rung() == ["ada"]


async def test_one_click_in_the_console_rings_who_has_the_ticket(house: House) -> None:
    await house.hire("ada")
    await house.asks()
    with pytest.raises(TicketRefused):
        await house.switches.board.ring("ada", "CA1:1")
    await house.switches.tickets.change("CA1:1", lambda one: claim(one, "ada", house.clock()))
    await house.switches.board.ring("ada", "CA1:1")
    await house.switches.board.ring("ada", "CA1:1")
    await house.errand()
    assert [call.asked["To"] for call in house.account.calls] == [PHONES["ada"]]
    assert house.heard(await house.mediators.answer(*house.ring())).startswith("Vous avez demandé à appeler")
    assert isinstance(await house.mediators.keys(*house.ring(), "1", 1), Dial)


async def test_a_person_who_was_forgotten_is_called_by_nobody(house: House) -> None:
    await house.hire("ada")
    ticket = await house.asks()
    await house.switches.tickets.change("CA1:1", lambda one: claim(one, "ada", house.clock()))
    await house.switches.board.ring("ada", "CA1:1")
    await house.errand()
    ref, token = house.ring()
    sessions = house.service.runner.sessions
    session, version = await sessions.load(ticket.person, "CA1")
    assert await sessions.commit(Change(session, version, forget=True))
    reply = await house.mediators.answer(ref, token)
    assert house.heard(reply) == "Cet appel n'attend plus, merci."
    assert isinstance(await house.mediators.keys(ref, token, "1", 1), SpeakAndHangUp)


async def test_two_switchboards_at_once_ring_each_mediator_once(house: House) -> None:
    await house.hire("ada", "bea")
    for number in range(4):
        await house.waits(f"CA{number}", number=f"+3363998002{number}")
    await asyncio.gather(*(house.switches.board.look() for _ in range(6)))
    await house.errand()
    assert sorted(call.asked["To"] for call in house.account.calls) == sorted(PHONES.values())
    taken = await asyncio.gather(
        *(house.mediators.keys(*house.ring(number), "1", 1) for number in (0, 1, 0, 1))
    )
    assert len({reply.queue for reply in taken if isinstance(reply, TakeFromQueue)}) == 2


async def test_a_ring_about_something_else_changes_nothing(house: House) -> None:
    nothing = Ref("ring", "p1", "CA9:1:ring:1")
    assert isinstance(await house.mediators.answer(nothing, "x"), SpeakAndHangUp)
    assert isinstance(await house.mediators.after(nothing, "completed", gone=False), SpeakAndHangUp)
    await house.mediators.ended(nothing, "CA9", "completed")
    await house.mediators.machine(nothing, "CA9")
    assert house.account.ended == []


async def test_requests_by_text_are_given_out_refused_and_go_on_after_an_hour(house: House) -> None:
    await house.hire("ada", territories=("93",))
    await house.hire("bea")
    await house.asks("SM1", channel="sms", slots={"code_postal": "93200"})
    assert await house.rung() == [], "nobody's telephone rings for a text"
    given = await house.ticket("SM1")
    assert (given.state, given.claimed_by, given.unread) == ("claimed", "ada", True)
    await house.switches.tickets.change("SM1:1", lambda one: refuse(one, "ada", house.clock()))
    await house.switches.board.look()
    assert (await house.ticket("SM1")).claimed_by == "bea"
    house.clock.now += GIVEN_FOR_S
    await house.switches.board.look()
    assert (await house.ticket("SM1")).claimed_by == "ada", "an hour has passed for both"
    await house.switches.tickets.change("SM1:1", lambda one: answered(one, "ada", house.clock()))
    house.clock.now += GIVEN_FOR_S
    await house.switches.board.look()
    assert (await house.ticket("SM1")).claimed_by == "ada", "she answered"


async def test_texts_wait_until_it_is_open(house: House) -> None:
    await house.hire("ada")
    house.clock.now = TUESDAY - 4 * 3600
    await house.asks("SM1", channel="sms")
    await house.switches.board.look()
    assert (await house.ticket("SM1")).state == "waiting"
    house.clock.now = TUESDAY
    await house.switches.board.look()
    assert (await house.ticket("SM1")).claimed_by == "ada"
