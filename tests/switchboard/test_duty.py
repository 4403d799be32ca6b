"""The lookups about mediators: exactly the slots that the check was told of, and only hours that fit both."""

from __future__ import annotations

from tests.switchboard.conftest import SOMEBODY, House
from voicebot.store.opening import Week
from voicebot.switchboard.duty import LOOKUPS

OVERSEAS = "+590690000001"


async def asker(house: House, number: str = SOMEBODY, channel: str = "voice") -> dict[str, str]:
    person = house.service.privacy.pseudonym(number)
    await house.service.runner.sessions.people.keep_number(person, number)
    return {"person": person, "channel": channel}


async def test_every_lookup_fills_what_it_promises(house: House) -> None:
    slots = await asker(house, channel="sms")
    found = house.switches.duty.lookups()
    assert set(found) == set(LOOKUPS)
    for name, lookup in found.items():
        assert set(await lookup(slots)) == set(LOOKUPS[name])


async def test_who_telephones_waits_chooses_a_moment_or_leaves_a_message(house: House) -> None:
    permanence = house.switches.duty.lookups()["permanence"]
    assert await permanence(await asker(house)) == {"permanence": "call_back"}
    assert await permanence({"person": "hidden", "channel": "voice"}) == {"permanence": "message"}
    await house.hire("ada")
    assert await permanence(await asker(house)) == {"permanence": "on_line"}
    assert await permanence({"person": "hidden", "channel": "keypad"}) == {"permanence": "on_line"}
    texted = await permanence(await asker(house, channel="sms"))
    assert texted == {"permanence": "message_dated", "reponse_jour": "2026-03-03", "reponse_de": 10.0}
    house.clock.now += 12 * 3600
    assert await permanence(await asker(house)) == {"permanence": "call_back"}


async def test_half_days_at_which_it_is_night_where_somebody_lives_are_not_offered(house: House) -> None:
    duty = house.switches.duty
    assert (await duty.lookups()["call_back_moments"](await asker(house, OVERSEAS)))["moments"] == (
        "this_afternoon,tomorrow_afternoon,thursday_afternoon"
    )
    person = (await asker(house, OVERSEAS))["person"]
    first = await duty.next_call(person, house.clock())
    assert first == house.clock() + 4 * 3600, "two in the afternoon in Paris is nine in Guadeloupe"


async def test_where_no_half_day_is_left_none_is_offered(house: House) -> None:
    await house.switches.duty.opening.change(lambda week: Week(days=()))
    found = await house.switches.duty.lookups()["call_back_moments"](await asker(house))
    assert found == {"moments": "none", "rappel": "none"}
