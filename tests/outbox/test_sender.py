"""A text and a call-back on their way to Twilio, from whatever state they were left in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from redis.asyncio import Redis

from voicebot.channels.deliveries import hooks
from voicebot.dialogue.session import Session
from voicebot.errors import TryLater
from voicebot.outbox.sender import OutboxSender, Terms
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.records import CallBackOrder, Order, Record, TextOrder
from voicebot.simulator.twilio_api import Trouble, TwilioAccount, twilio_api
from voicebot.store.outbox import Outbox, Ref
from voicebot.store.sessions import Change, Sessions
from voicebot.telephony.delivery import claim, reported_call, reported_text
from voicebot.telephony.rest import TwilioClient

OURS, SOMEBODY = "+33939000001", "+33639980001"
TEXT, CALL = Ref("sms", "p1", "CA1:7"), Ref("callback", "p1", "CA1:9")
PARIS = ZoneInfo("Europe/Paris")
TUESDAY_NOON = datetime(2026, 11, 24, 12, tzinfo=PARIS).timestamp()
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


class Clock:
    """The time, which passes when the story says so."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def twilio(clock: Clock) -> Iterator[TwilioAccount]:
    with twilio_api(TwilioAccount(clock=clock)) as account:
        yield account


@pytest.fixture
def clock() -> Clock:
    return Clock(TUESDAY_NOON)


@pytest.fixture
def errands(
    redis: Redis, privacy: Privacy, prompts: Prompts, twilio: TwilioAccount, clock: Clock
) -> OutboxSender:
    client = TwilioClient("AC" + "0b" * 16, "secret", base_url=twilio.url, timeout_s=2)
    at = hooks("https://voicebot.test")
    sessions, outbox = Sessions(redis, privacy), Outbox(redis, privacy)
    return OutboxSender(outbox, sessions, lambda: prompts, privacy, client, at, Terms(OURS), clock)


def summary(topic: str = "rsa", notes: tuple[str, ...] = ("rsa.note_caf",)) -> TextOrder:
    return TextOrder(person="p1", topic=topic, notes=notes)


async def asked_for(errands: OutboxSender, ref: Ref, order: Order | None = None) -> None:
    """A turn wrote the record."""
    record = Record(ref.id, errands.clock(), order or summary())
    await errands.sessions.people.keep_number(ref.person, SOMEBODY)
    await errands.sessions.add(ref.person, record)


async def state(errands: OutboxSender, ref: Ref) -> tuple[str, str | None]:
    letter = await errands.outbox.open(ref)
    assert letter is not None
    assert letter.delivery is not None
    return letter.delivery.state, letter.delivery.code


async def due(errands: OutboxSender, ref: Ref) -> bool:
    return ref in await errands.outbox.due(ref.kind, errands.clock(), 10)


async def test_a_summary_is_texted_once(errands: OutboxSender, twilio: TwilioAccount) -> None:
    await asked_for(errands, TEXT)
    await errands.run(TEXT)
    await errands.run(TEXT)
    (text,) = twilio.texts
    assert text.asked["To"] == SOMEBODY
    assert text.asked["From"] == OURS
    assert "CAF" in text.asked["Body"]
    assert "voicebot.test/twilio/sms/status?of=" in text.asked["StatusCallback"]
    assert await state(errands, TEXT) == ("sent", None)
    assert not await due(errands, TEXT)


async def test_a_long_summary_is_texted_in_its_order(errands: OutboxSender, twilio: TwilioAccount) -> None:
    notes = ("rsa.note_caf", "rsa.note_papiers", "rsa.note_internet", "rsa.note_aide", "rsa.note_apres")
    await asked_for(errands, TEXT, summary(notes=notes))
    await errands.run(TEXT)
    assert len(twilio.texts) == 2
    assert twilio.texts[0].asked["Body"].startswith("(1/2) Votre résumé")


async def test_what_is_only_listed_and_was_never_written_is_dropped_later(errands: OutboxSender) -> None:
    await errands.outbox.wait(TEXT, errands.clock())
    await errands.run(TEXT)
    assert await due(errands, TEXT)  # it may be about to be written
    errands.clock.passes(2 * MINUTE)  # type: ignore[attr-defined]
    await errands.run(TEXT)
    assert not await due(errands, TEXT)


async def test_who_erased_everything_gets_nothing(errands: OutboxSender, twilio: TwilioAccount) -> None:
    await asked_for(errands, TEXT)
    await errands.sessions.commit(Change(Session("CA1", "p1"), 0, forget=True))
    await errands.run(TEXT)
    assert twilio.texts == []
    assert not await due(errands, TEXT)


async def test_who_opted_out_gets_nothing(errands: OutboxSender, twilio: TwilioAccount) -> None:
    await asked_for(errands, TEXT)
    await errands.sessions.people.opt_out("p1")
    await errands.run(TEXT)
    assert twilio.texts == []
    assert await state(errands, TEXT) == ("failed", "opted_out")


async def test_who_opted_out_at_twilio_is_remembered(errands: OutboxSender, twilio: TwilioAccount) -> None:
    twilio.trouble = lambda kind: Trouble(21610, 400)
    await asked_for(errands, TEXT)
    await errands.run(TEXT)
    assert await errands.sessions.people.has_opted_out("p1")
    assert [letter.ref for letter in await errands.outbox.given_up("sms")] == [TEXT]


@pytest.mark.parametrize("code", [21614, 21211, 21408])
async def test_a_landline_or_a_wrong_number_is_given_up_visibly(
    errands: OutboxSender, twilio: TwilioAccount, code: int
) -> None:
    twilio.trouble = lambda kind: Trouble(code, 400)
    await asked_for(errands, TEXT)
    await errands.run(TEXT)
    assert await state(errands, TEXT) == ("failed", str(code))
    assert not await due(errands, TEXT)


async def test_a_full_queue_at_twilio_is_tried_again(errands: OutboxSender, twilio: TwilioAccount) -> None:
    twilio.trouble = lambda kind: Trouble(20429, 429)
    await asked_for(errands, TEXT)
    with pytest.raises(TryLater) as later:
        await errands.run(TEXT)
    assert later.value.code == "20429"
    twilio.trouble = lambda kind: Trouble()
    await errands.run(TEXT)
    assert len(twilio.texts) == 1


@pytest.mark.parametrize("trouble", [Trouble(answer_lost=True), Trouble(20500, 503)])
async def test_after_a_lost_answer_twilio_is_asked_before_anything_is_repeated(
    errands: OutboxSender, twilio: TwilioAccount, clock: Clock, trouble: Trouble
) -> None:
    twilio.trouble = lambda kind: trouble
    await asked_for(errands, TEXT)
    await errands.run(TEXT)
    assert await state(errands, TEXT) == ("sending", None)
    assert not await due(errands, TEXT)
    twilio.trouble = lambda kind: Trouble()
    clock.passes(2 * MINUTE)
    assert await due(errands, TEXT)
    await errands.run(TEXT)
    assert len(twilio.texts) == 1
    assert await state(errands, TEXT) == ("sent", None)


async def test_two_identical_texts_never_share_a_sid(
    errands: OutboxSender, twilio: TwilioAccount, clock: Clock
) -> None:
    """The second one is refused with 503; asked about it, Twilio names the first."""
    second = Ref("sms", "p1", "CA2:7")
    await asked_for(errands, TEXT)
    await errands.run(TEXT)
    clock.passes(3)
    twilio.trouble = lambda kind: Trouble(20500, 503)
    await asked_for(errands, second)
    await errands.run(second)
    twilio.trouble = lambda kind: Trouble()
    clock.passes(2 * MINUTE)
    await errands.run(second)
    sids = [await sid_of(errands, TEXT), await sid_of(errands, second)]
    assert sorted(map(str, sids)) == sorted(text.sid for text in twilio.texts)
    assert len(set(sids)) == 2


async def test_two_identical_texts_whose_answers_were_both_lost_each_get_their_own(
    errands: OutboxSender, twilio: TwilioAccount, clock: Clock
) -> None:
    second = Ref("sms", "p1", "CA2:7")
    twilio.trouble = lambda kind: Trouble(answer_lost=True)
    for ref in (TEXT, second):
        await asked_for(errands, ref)
        await errands.run(ref)
    clock.passes(2 * MINUTE)
    for ref in (second, TEXT):
        await errands.run(ref)
    sids = {await sid_of(errands, TEXT), await sid_of(errands, second)}
    assert sids == {text.sid for text in twilio.texts}
    assert len(twilio.texts) == 2


async def test_two_calls_to_one_number_never_share_a_sid(
    errands: OutboxSender, twilio: TwilioAccount, clock: Clock
) -> None:
    """As the texts: the call-backs of two people who share a telephone."""
    second = Ref("callback", "p2", "CA2:9")
    await asked_for(errands, CALL, CallBackOrder(person="p1"))
    await errands.run(CALL)
    clock.passes(3)
    twilio.trouble = lambda kind: Trouble(20500, 503)
    await asked_for(errands, second, CallBackOrder(person="p2"))
    await errands.run(second)
    twilio.trouble = lambda kind: Trouble()
    clock.passes(2 * MINUTE)
    await errands.run(second)
    sids = {await sid_of(errands, CALL), await sid_of(errands, second)}
    assert sids == {call.sid for call in twilio.calls}
    assert len(sids) == 2


async def sid_of(errands: OutboxSender, ref: Ref) -> str | None:
    item = await errands.outbox.open(ref)
    assert item is not None
    assert item.delivery is not None
    return item.delivery.parts[0].sid


async def test_the_worker_died_between_the_request_and_its_note(
    errands: OutboxSender, twilio: TwilioAccount, clock: Clock
) -> None:
    await asked_for(errands, TEXT)
    laid = await errands._begin(await errands.outbox.open(TEXT))  # type: ignore[arg-type]
    assert laid is not None
    await errands.outbox.change(TEXT, claim(0, clock()))  # here it died, before anything was sent
    await errands.run(TEXT)
    assert twilio.texts == []
    clock.passes(2 * MINUTE)
    await errands.run(TEXT)
    assert len(twilio.texts) == 1


async def test_an_unreachable_telephone_gets_it_later_and_then_no_more(
    errands: OutboxSender, twilio: TwilioAccount, clock: Clock
) -> None:
    await asked_for(errands, TEXT)
    for wait in (20 * MINUTE, 3 * HOUR, 0.0):
        await errands.run(TEXT)
        report = reported_text(0, twilio.texts[-1].sid, "undelivered", "30003", clock())
        changed = await errands.outbox.change(TEXT, report)
        assert changed is not None
        if changed[1].next is not None:
            await errands.outbox.wait(TEXT, changed[1].parts[0].due)
        clock.passes(wait)
    assert len(twilio.texts) == 3
    assert await state(errands, TEXT) == ("failed", "30003")


async def test_a_person_gets_six_texts_a_day(
    errands: OutboxSender, twilio: TwilioAccount, clock: Clock
) -> None:
    refs = [replace(TEXT, id=f"CA1:{number}") for number in range(8)]
    for ref in refs:
        await asked_for(errands, ref)
        await errands.run(ref)
    assert len(twilio.texts) == 6
    assert await state(errands, refs[-1]) == ("failed", "too_many")
    clock.passes(DAY)
    tomorrow = replace(TEXT, id="CA2:1")
    await asked_for(errands, tomorrow)
    await errands.run(tomorrow)
    assert len(twilio.texts) == 7


async def test_forgetting_does_not_lift_the_limit(errands: OutboxSender, twilio: TwilioAccount) -> None:
    for number in range(6):
        ref = replace(TEXT, id=f"CA1:{number}")
        await asked_for(errands, ref)
        await errands.run(ref)
    await errands.sessions.commit(Change(Session("CA1", "p1"), 0, forget=True))
    await asked_for(errands, TEXT)
    await errands.run(TEXT)
    assert len(twilio.texts) == 6


async def test_an_old_summary_would_only_puzzle(
    errands: OutboxSender, twilio: TwilioAccount, clock: Clock
) -> None:
    await asked_for(errands, TEXT)
    clock.passes(4 * DAY)
    await errands.run(TEXT)
    assert twilio.texts == []
    assert await state(errands, TEXT) == ("failed", "too_late")


async def test_a_call_back_is_made_by_day(errands: OutboxSender, twilio: TwilioAccount) -> None:
    await asked_for(errands, CALL, CallBackOrder(person="p1"))
    await errands.run(CALL)
    (call,) = twilio.calls
    assert call.asked["To"] == SOMEBODY
    assert call.asked["Url"] == "https://voicebot.test/twilio/voice/callback"
    assert call.asked["MachineDetection"] == "Enable"
    assert call.asked["AsyncAmd"] == "true"


@pytest.mark.parametrize(
    ("asked", "called"),
    [
        (datetime(2026, 11, 24, 22, tzinfo=PARIS), datetime(2026, 11, 25, 8, tzinfo=PARIS)),
        (datetime(2026, 11, 24, 6, tzinfo=PARIS), datetime(2026, 11, 24, 8, tzinfo=PARIS)),
        (datetime(2026, 12, 24, 21, tzinfo=PARIS), datetime(2026, 12, 26, 8, tzinfo=PARIS)),
    ],
    ids=["at night", "early", "before Christmas"],
)
async def test_never_at_night_nor_on_a_holiday(
    errands: OutboxSender, twilio: TwilioAccount, clock: Clock, asked: datetime, called: datetime
) -> None:
    clock.now = asked.timestamp()
    await asked_for(errands, CALL, CallBackOrder(person="p1"))
    await errands.run(CALL)
    assert twilio.calls == []
    clock.now = called.timestamp() - 1
    assert not await due(errands, CALL)
    clock.now = called.timestamp()
    assert await due(errands, CALL)
    await errands.run(CALL)
    assert len(twilio.calls) == 1


async def test_asking_three_times_makes_one_call(errands: OutboxSender, twilio: TwilioAccount) -> None:
    for number in range(3):
        ref = replace(CALL, id=f"CA1:{number}")
        await asked_for(errands, ref, CallBackOrder(person="p1"))
        await errands.run(ref)
    assert len(twilio.calls) == 1


async def test_a_call_that_nobody_takes_is_made_three_times(
    errands: OutboxSender, twilio: TwilioAccount, clock: Clock
) -> None:
    await asked_for(errands, CALL, CallBackOrder(person="p1"))
    for _ in range(3):
        await errands.run(CALL)
        changed = await errands.outbox.change(CALL, reported_call(twilio.calls[-1].sid, "no-answer", clock()))
        assert changed is not None
        if changed[1].next is not None:
            await errands.outbox.wait(CALL, changed[1].parts[0].due)
        clock.passes(3 * HOUR)
    assert len(twilio.calls) == 3
    assert await state(errands, CALL) == ("failed", "unanswered")


async def test_three_calls_a_day_at_most(errands: OutboxSender, twilio: TwilioAccount, clock: Clock) -> None:
    for number in range(5):
        ref = replace(CALL, id=f"CA1:{number}")
        await asked_for(errands, ref, CallBackOrder(person="p1"))
        await errands.run(ref)
        if len(twilio.calls) == number + 1:
            await errands.outbox.change(ref, reported_call(twilio.calls[-1].sid, "completed", clock()))
        clock.passes(20 * MINUTE)
    assert len(twilio.calls) == 3


async def test_who_was_called_and_cut_off_may_ask_again(errands: OutboxSender, twilio: TwilioAccount) -> None:
    await asked_for(errands, CALL, CallBackOrder(person="p1"))
    await errands.run(CALL)
    await errands.outbox.change(CALL, reported_call(twilio.calls[0].sid, "completed", errands.clock()))
    again = replace(CALL, id="CA5:2")
    await asked_for(errands, again, CallBackOrder(person="p1"))
    await errands.run(again)
    assert len(twilio.calls) == 2


async def test_what_a_mediator_writes_is_sent_as_it_is_and_counts_apart(
    errands: OutboxSender, twilio: TwilioAccount
) -> None:
    by_hand = TextOrder(person="p1", text="Bonjour, c'est Awa. Rendez-vous demain à 10 h.")
    for number in range(Terms(OURS).texts_a_day + 2):
        ref = replace(TEXT, id=f"t1:{number}")
        await asked_for(errands, ref, by_hand)
        await errands.run(ref)
        assert await state(errands, ref) == ("sent", None)
    assert {text.asked["Body"] for text in twilio.texts} == {"Bonjour, c'est Awa. Rendez-vous demain à 10 h."}
    await asked_for(errands, TEXT)
    await errands.run(TEXT)
    assert await state(errands, TEXT) == ("sent", None), "the summary still fits into the day"


@pytest.mark.parametrize("number", ["+88213000000", "+447911123456", "+33899123456"])
async def test_numbers_out_of_reach_get_nothing(
    errands: OutboxSender, twilio: TwilioAccount, number: str
) -> None:
    """However they came into the store: an old record, a fraud, a change of the setting."""
    near = replace(errands, terms=replace(errands.terms, reach=("+33", "+262")))
    await asked_for(near, TEXT)
    await near.sessions.people.keep_number("p1", number)
    await near.run(TEXT)
    assert twilio.texts == []
    assert await state(near, TEXT) == ("failed", "out_of_reach")


async def test_what_goes_beyond_the_hour_waits_for_the_next(
    errands: OutboxSender, twilio: TwilioAccount, clock: Clock
) -> None:
    few = replace(errands, terms=replace(errands.terms, an_hour={"sms": 2, "callback": 1}))
    refs = [Ref("sms", f"p{number}", f"CA{number}:7") for number in range(4)]
    for ref in refs:
        await asked_for(few, ref)
        await few.run(ref)
    assert len(twilio.texts) == 2
    assert not await due(few, refs[2]), "it is looked at again in the next hour"
    clock.passes(HOUR)
    for ref in await few.outbox.due("sms", clock(), 10):
        await few.run(ref)
    assert len(twilio.texts) == 4
    assert len({taken.asked["To"] for taken in twilio.texts}) == 1
    for ref in refs:
        await few.run(ref)
    assert len(twilio.texts) == 4, "each once"


async def test_what_is_given_up_is_counted_by_its_code(errands: OutboxSender, twilio: TwilioAccount) -> None:
    twilio.trouble = lambda kind: Trouble(21614, 400)
    for number in range(2):
        await asked_for(errands, Ref("sms", "p1", f"CA1:{number}"))
        await errands.run(Ref("sms", "p1", f"CA1:{number}"))
        await errands.run(Ref("sms", "p1", f"CA1:{number}"))
    assert await errands.outbox.failures("sms") == {"21614": 2}
    assert await errands.outbox.failures("callback") == {}


async def test_what_was_given_up_is_sent_once_more_when_somebody_says_so(
    errands: OutboxSender, twilio: TwilioAccount, clock: Clock
) -> None:
    twilio.trouble = lambda kind: Trouble(30034, 400)  # the sender was not registered; now it is
    await asked_for(errands, TEXT)
    await errands.run(TEXT)
    twilio.trouble = lambda kind: Trouble()
    assert await errands.outbox.try_again("sms", clock()) == 1
    assert await due(errands, TEXT)
    await errands.run(TEXT)
    assert len(twilio.texts) == 1
    assert await errands.outbox.given_up("sms") == []
    assert await errands.outbox.try_again("sms", clock()) == 0


async def test_who_wants_no_texts_gets_none_when_others_are_sent_again(
    errands: OutboxSender, twilio: TwilioAccount, clock: Clock
) -> None:
    twilio.trouble = lambda kind: Trouble(21610, 400)
    await asked_for(errands, TEXT)
    await errands.run(TEXT)
    assert await errands.outbox.try_again("sms", clock()) == 0
