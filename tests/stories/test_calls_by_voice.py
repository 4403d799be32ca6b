"""Whole calls with real sound: the simulated telephone, the real app, recognizer, understanding and flow."""

from __future__ import annotations

import wave
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4
from xml.etree.ElementTree import Element, fromstring

import httpx
import numpy as np
import pytest

from tests import conversations
from tests.calls import anyway, call, inside, prompts, session_of, spoken, story
from tests.conftest import VAR
from tests.simulator.another_simulator import play
from voicebot.channels.voice.twiml import KEYS_PATH, VOICE_PATH
from voicebot.config import Settings
from voicebot.dialogue.session import Place
from voicebot.errors import RecognizerLost
from voicebot.simulator import CallerTurn, CallerVoice, HangUp, Press, SayText, StaySilent
from voicebot.simulator.rehearsal import Rehearsal, new_secrets, rehearse
from voicebot.simulator.webhook import WebhookClient
from voicebot.speech.audio import Pcm, write_wav
from voicebot.speech.stt.recognizer import Expected, Stream

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("audio")]

#: A caller who waits longer for the first word of an answer thinks the line is dead.
MEDIAN_LATENCY_MS = 1500
TICK_SAMPLES = 160


def sides(wav: Path) -> tuple[Pcm, Pcm]:
    """The caller's and the assistant's side of a recorded call."""
    with wave.open(str(wav)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
        both = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, 2)
    return both[:, 0], both[:, 1]


def loud(side: Pcm) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """For each 20 ms whether somebody speaks in it."""
    ticks = side[: len(side) // TICK_SAMPLES * TICK_SAMPLES].reshape(-1, TICK_SAMPLES).astype(np.float64)
    spoken_ticks: np.ndarray[Any, np.dtype[np.bool_]] = np.sqrt(np.mean(ticks**2, axis=1)) > 200
    return spoken_ticks


# The RSA by voice is the demo (tests/cli), and a call there takes a minute and a half.
@pytest.mark.parametrize(("name", "number"), [("carte_vitale", "+33639980008")])
async def test_a_whole_procedure_by_voice(
    running: Rehearsal, caller: CallerVoice, name: str, number: str, tmp_path: Path
) -> None:
    told, wav = story(name), tmp_path / "call.wav"
    report = await call(running, caller, spoken(told["answers"]), from_number=number, wav=wav)
    lines = "\n".join(report.json_lines())
    assert report.ending == "app_hung_up", lines
    assert (report.last["flow"], report.last["step"], report.last["result"]) == ("cloture", "fin", "done"), (
        lines
    )
    assert bool(report.last["sms"]) == told["sms"], lines
    session = await session_of(running, report.call_sid)
    assert session.status == "ended"
    assert {slot: session.slots.get(slot) for slot in told["slots"]} == told["slots"], lines
    assert median(report.latencies_ms) < MEDIAN_LATENCY_MS, report.latencies_ms
    print(f"{name}: latencies {sorted(report.latencies_ms)}, median {median(report.latencies_ms)} ms")
    for side in sides(wav):
        assert np.count_nonzero(loud(side)) > 5 * 50, "each side speaks for more than five seconds"


async def test_the_same_procedure_where_audio_sockets_never_open(
    running: Rehearsal, caller: CallerVoice
) -> None:
    told = conversations.read(conversations.FOLDER / "rsa.keypad.yaml")
    report = await call(running, caller, [Press(line.keys or "") for line in told.turns], keypad=True)
    assert prompts(report)[0] == "accueil.question"
    assert (report.last["flow"], report.last["step"]) == (told.ends.flow, told.ends.step)
    assert report.last["result"] == told.ends.reason
    session = await session_of(running, report.call_sid)
    assert session.channel == "keypad"
    assert {slot: session.slots.get(slot) for slot in told.ends.slots} == told.ends.slots


async def test_who_speaks_over_the_prompt_is_listened_to(
    running: Rehearsal, caller: CallerVoice, tmp_path: Path
) -> None:
    wav = tmp_path / "call.wav"
    interrupts: list[CallerTurn] = [SayText("bonjour, je voudrais demander le RSA", barge_in_s=1.5), HangUp()]
    report = await call(running, caller, interrupts, from_number="+33639980010", wav=wav)
    assert prompts(report)[-1] == "rsa.age"
    said, prompted = (np.flatnonzero(loud(side)) for side in sides(wav))
    assert prompted[0] < said[0] - 50, "the prompt had begun before"
    while_speaking = prompted[(prompted > said[0]) & (prompted <= said[-1])]
    assert while_speaking.size, "the prompt was going on"
    assert while_speaking[-1] - said[0] < 25, "it stopped within half a second"


async def test_asking_for_a_person_leaves_a_ticket(running: Rehearsal, caller: CallerVoice) -> None:
    asks = [SayText("je veux parler à un conseiller")]
    report = await call(running, caller, asks, from_number="+33639980002")
    assert report.last["ticket"]
    tickets = await inside(running, running.service.runner.sessions.records("ticket"))
    assert report.call_sid in [ticket.order.session for ticket in tickets]


async def test_who_was_cut_off_calls_again_and_goes_on(running: Rehearsal, caller: CallerVoice) -> None:
    answers = story("rsa")["answers"]
    number = "+33639980003"
    begun = anyway() | {
        question: answers[question] for question in ("accueil.question", "rsa.besoin", "rsa.age")
    }
    broken = await call(running, caller, spoken(begun), from_number=number)
    assert (broken.ending, prompts(broken)[-1]) == ("caller_hung_up", "rsa.france")
    assert (await session_of(running, broken.call_sid)).status == "suspended"

    goes_on = anyway() | {"common.resume": ["oui"], "rsa.france": ["oui"]}
    again = await call(running, caller, spoken(goes_on), from_number=number)
    assert prompts(again)[0] == "common.resume"
    assert prompts(again)[-1] == "rsa.nationalite"
    assert (await session_of(running, again.call_sid)).slots["age"] == 30


async def test_a_caller_silent_for_minutes_hears_a_way_out_and_nothing_is_lost(
    running: Rehearsal, caller: CallerVoice
) -> None:
    turns: list[CallerTurn] = [SayText("je voudrais demander le RSA"), StaySilent(180.0)]
    report = await call(running, caller, turns, from_number="+33639980004")
    assert (report.ending, report.last["result"]) == ("app_hung_up", "silence")
    assert "common.offer_human" in prompts(report)
    assert prompts(report)[-1] == "common.silence_goodbye"
    session = await session_of(running, report.call_sid)
    assert (session.status, session.topic) == ("suspended", "rsa")


async def test_a_recognizer_that_dies_leaves_the_keys_at_the_same_question(
    running: Rehearsal, caller: CallerVoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    recognizer = running.service.speech.recognizer
    assert recognizer
    starts = [recognizer.start]

    def start(expected: Expected) -> Stream:
        if not starts:
            raise RecognizerLost("gone")
        return starts.pop()(expected)

    monkeypatch.setattr(recognizer, "start", start)
    turns: list[CallerTurn] = [
        SayText("je voudrais demander le RSA"),
        SayText("j'ai trente ans"),
        Press("30#"),
        Press("1"),
    ]
    report = await call(running, caller, turns, from_number="+33639980005")
    assert not starts
    journal = await running.journal(report.call_sid)
    asked = [(turn["channel"], turn["prompt"]) for turn in journal if turn["prompt"]]
    assert asked[1:] == [
        ("voice", "rsa.age"),
        ("keypad", "rsa.age"),
        ("keypad", "rsa.france"),
        ("keypad", "rsa.nationalite"),
    ]
    assert (await session_of(running, report.call_sid)).slots["age"] == 30


async def test_a_call_outlives_a_restart_of_the_service(tmp_path: Path) -> None:
    settings, secrets = Settings(var=VAR, recognizer="none"), new_secrets()
    form = {"CallSid": f"CA{uuid4().hex}", "From": "+33639980006", "CallStatus": "in-progress"}
    with rehearse(settings, tmp_path, secrets) as before:
        await asked(before, VOICE_PATH, form)
        for _ in range(2):
            await asked(before, KEYS_PATH, form | {"Digits": "1"})
        await asked(before, KEYS_PATH, form | {"Digits": "30", "FinishedOnKey": "#"})
        assert (await session_of(before, form["CallSid"])).place == Place("rsa", "france")
    with rehearse(settings, tmp_path, secrets) as after:
        await asked(after, KEYS_PATH, form | {"Digits": "1"})
        session = await session_of(after, form["CallSid"])
    assert session.place == Place("rsa", "nationalite")
    assert {slot: session.slots[slot] for slot in ("age", "france")} == {"age": 30, "france": "yes"}


async def asked(running: Rehearsal, path: str, form: dict[str, str]) -> Element:
    """The `<Gather>` that the service answers to one webhook of a call."""
    async with httpx.AsyncClient() as client:
        webhooks = WebhookClient(client, running.url, running.url, running.auth_token)
        reply = await webhooks.request("POST", f"{running.url}{path}", form)
    gather = fromstring(reply.body).find("Gather")
    assert gather is not None, reply.body
    return gather


async def test_another_simulator_interrupts_and_the_prompt_stops(
    running: Rehearsal, monkeypatch: pytest.MonkeyPatch, caller: CallerVoice, tmp_path: Path
) -> None:
    wav = tmp_path / "says.wav"
    write_wav(wav, np.concatenate(caller.speak("bonjour, je voudrais demander le RSA")), 8000)
    steps = [
        {"wait_for": "audio"},
        {"wait": 1.5},
        {"expect": "no clear"},
        {"say": str(wav)},
        {"expect": "clear"},
        {"wait": 5},
    ]
    result = await play(running, monkeypatch, steps)
    assert (await session_of(running, result.identity.call_sid)).place == Place("rsa", "age")
