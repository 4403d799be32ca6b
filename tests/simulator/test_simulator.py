"""The simulated telephone without a network: playback buffer, caller, line sound, messages, command line."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from voicebot.errors import AudioError
from voicebot.simulator import HangUp, PlayWav, Press, SayText, StaySilent, messages
from voicebot.simulator.arguments import add_call_arguments, turns_of
from voicebot.simulator.caller import Caller, CallerAction, Perception
from voicebot.simulator.caller_voice import CallerVoice
from voicebot.simulator.playback import MULAW_SILENCE, Playback
from voicebot.simulator.script import InOrder
from voicebot.simulator.turns import Utterance, prepare
from voicebot.speech import telephone_line
from voicebot.speech.audio import Pcm, decode, encode, level, write_wav

PROMPT = Perception(voiced=True, playing=True, listening=False)
PAUSE_IN_PROMPT = Perception(voiced=False, playing=True, listening=False)
LISTENS = Perception(voiced=False, playing=False, listening=True)
THINKS = Perception(voiced=False, playing=False, listening=False)
TELLS_NOTHING = Perception(voiced=False, playing=False, listening=None)


class Tone:
    """A synthesizer whose every letter lasts 100 ms, or that makes no sound at all."""

    name = "tone"

    def __init__(self, amplitude: int = 9000) -> None:
        self.amplitude = amplitude

    def speak(self, text: str, pace: str) -> Pcm:
        at = np.arange(len(text) * 800) / 8000
        return (self.amplitude * np.sin(2 * np.pi * 700 * at)).astype(np.int16)


VOICE = CallerVoice(Tone())


def caller_of(*turns: SayText | PlayWav | Press | StaySilent | HangUp) -> Caller:
    return Caller(InOrder(prepare(turns, VOICE)), VOICE.silence(10), think_s=0.4, patience_s=2.0)


def live(caller: Caller, ear: Perception, count: int) -> list[CallerAction]:
    return [caller.tick(ear) for _ in range(count)]


# The playback buffer


def test_a_mark_comes_back_with_the_frame_that_ends_its_sound() -> None:
    playback = Playback()
    playback.add(b"a" * 320)
    playback.mark("middle")
    playback.add(b"b" * 160)
    playback.mark("end")
    assert [playback.tick() for _ in range(4)] == [
        (b"a" * 160, ()),
        (b"a" * 160, ("middle",)),
        (b"b" * 160, ("end",)),
        (MULAW_SILENCE * 160, ()),
    ]


def test_sound_in_odd_portions_is_played_without_holes() -> None:
    playback = Playback()
    playback.add(b"a" * 100)
    playback.add(b"b" * 100)
    assert playback.frames_left == 2
    assert playback.tick()[0] == b"a" * 100 + b"b" * 60
    assert playback.tick()[0] == b"b" * 40 + MULAW_SILENCE * 120


def test_clear_silences_at_once_and_gives_the_waiting_marks_back() -> None:
    playback = Playback()
    playback.add(b"a" * 1600)
    playback.mark("listen")
    assert playback.clear() == ("listen",)
    assert playback.tick() == (MULAW_SILENCE * 160, ())


def test_a_mark_after_a_clear_belongs_to_the_new_sound() -> None:
    playback = Playback()
    playback.add(b"a" * 1600)
    playback.tick()
    playback.clear()
    playback.add(b"b" * 160)
    playback.mark("new")
    assert playback.tick() == (b"b" * 160, ("new",))


# The caller


def test_the_caller_waits_for_the_mark_and_thinks_before_speaking() -> None:
    caller = caller_of(SayText("oui"))
    acts = live(caller, PROMPT, 50) + live(caller, LISTENS, 30)
    assert [at for at, act in enumerate(acts) if act.begins] == [50 + 20]


def test_a_pause_inside_the_prompt_is_no_invitation() -> None:
    caller = caller_of(SayText("oui"))
    acts = live(caller, PROMPT, 50) + live(caller, PAUSE_IN_PROMPT, 200)
    assert not any(act.begins for act in acts)


def test_quiet_is_an_invitation_soon_if_no_mark_ever_comes_and_late_if_it_should_have_come() -> None:
    begins = []
    for quiet in (TELLS_NOTHING, THINKS):
        caller = caller_of(SayText("oui"))
        live(caller, PROMPT, 10)
        begins.append([act.begins is not None for act in live(caller, quiet, 300)].index(True))
    assert begins == [50 + 20, 150 + 20]


def test_barge_in_starts_in_the_middle_of_the_prompt() -> None:
    caller = caller_of(SayText("stop", barge_in_s=0.5))
    acts = live(caller, PAUSE_IN_PROMPT, 20) + live(caller, PROMPT, 40)
    assert [at for at, act in enumerate(acts) if act.begins] == [20 + 25]


def test_the_latency_runs_from_the_end_of_speech_to_the_first_sound() -> None:
    caller = caller_of(SayText("oui"))
    live(caller, PROMPT, 10)
    live(caller, LISTENS, 20 + 15)
    live(caller, THINKS, 40)
    answer = live(caller, PAUSE_IN_PROMPT, 5) + live(caller, PROMPT, 5)
    assert [(at, act.latency_ms) for at, act in enumerate(answer) if act.answered] == [(5, (40 + 5) * 20)]


def test_the_rest_of_an_interrupted_prompt_is_no_answer() -> None:
    caller = caller_of(SayText("non", barge_in_s=0.2))
    overlap = live(caller, PROMPT, 10 + 25)
    answer = live(caller, THINKS, 10) + live(caller, PROMPT, 1)
    assert [act.answered for act in overlap] == [True] + [False] * 34
    assert answer[-1].latency_ms == (25 - 15 + 10) * 20


def test_keys_are_pressed_a_quarter_of_a_second_apart() -> None:
    caller = caller_of(Press("12#"))
    live(caller, PROMPT, 10)
    acts = live(caller, LISTENS, 80)
    assert [(at, act.key) for at, act in enumerate(acts) if act.key] == [(20, "1"), (32, "2"), (44, "#")]


def test_after_the_last_answer_the_caller_hangs_up() -> None:
    caller = caller_of(StaySilent(1))
    live(caller, PROMPT, 10)
    acts = live(caller, LISTENS, 120)
    assert next(at for at, act in enumerate(acts) if act.hangs_up) == 20 + 50 + 1 + 20


def test_a_caller_who_gets_no_answer_gives_up() -> None:
    caller = caller_of(SayText("allo"))
    acts = live(caller, TELLS_NOTHING, 120)
    assert not any(act.begins for act in acts)
    assert [act.gives_up for act in acts].index(True) == 101


# The sound of the line


def test_the_line_is_never_digital_zero_and_never_loud_while_nobody_speaks() -> None:
    quiet = VOICE.silence(100)
    assert all(np.any(decode(encode(frame))) for frame in quiet)
    assert max(level(frame) for frame in quiet) < telephone_line.VOICED_DBFS - 5


def test_speech_comes_at_telephone_level_and_its_end_is_found() -> None:
    (utterance,) = prepare([SayText("bonjour   ")], CallerVoice(Tone()))
    assert utterance.end is not None
    assert abs(utterance.end - 50) <= 1
    assert level(np.concatenate(utterance.frames)) == pytest.approx(-22, abs=1)


@pytest.mark.parametrize(("frequency", "passes"), [(50, False), (1000, True), (3900, False)])
def test_only_the_telephone_band_gets_through(frequency: int, passes: bool) -> None:
    tone = (8000 * np.sin(2 * np.pi * frequency * np.arange(8000) / 8000)).astype(np.int16)
    lost = level(tone) - level(telephone_line.band(tone))
    assert lost < 1 if passes else lost > 20


def test_a_recording_at_any_rate_is_played_at_its_own_length(tmp_path: Path) -> None:
    path = tmp_path / "oui.wav"
    write_wav(path, (5000 * np.sin(np.arange(44100) / 20)).astype(np.int16), 44100)
    (utterance,) = prepare([PlayWav(path)], VOICE)
    assert utterance.label == "oui.wav"
    assert utterance.end is not None
    assert abs(utterance.end - 50) <= 1


def test_a_voice_that_makes_no_sound_is_refused_before_the_call() -> None:
    with pytest.raises(AudioError, match="silence"):
        prepare([SayText("oui")], CallerVoice(Tone(amplitude=0)))


def test_silence_expects_no_answer() -> None:
    (utterance,) = prepare([StaySilent(2)], VOICE)
    assert isinstance(utterance, Utterance)
    assert utterance.end is None
    assert len(utterance.frames) == 100


# The messages


def test_messages_are_numbered_in_strings_as_twilio_does() -> None:
    inbound = messages.Inbound("AC1", "CA1", "MZ1")
    texts = (inbound.connected(), inbound.start({"a": "b"}), inbound.media(b"\xff"))
    sent = [json.loads(text) for text in texts]
    assert "sequenceNumber" not in sent[0]
    assert (sent[1]["sequenceNumber"], sent[1]["start"]["customParameters"]) == ("1", {"a": "b"})
    assert sent[1]["start"]["mediaFormat"] == {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
    assert sent[2]["media"] == {"track": "inbound", "chunk": "1", "timestamp": "0", "payload": "/w=="}
    assert json.loads(inbound.media(b"\xff"))["media"]["timestamp"] == "20"
    assert json.loads(inbound.stop())["sequenceNumber"] == "4"


@pytest.mark.parametrize(
    "text",
    ["[]", "{}", '{"event": "hello", "streamSid": "MZ1"}', '{"event": "clear"}',
     '{"event": "media", "streamSid": "MZ1", "media": {"payload": "no base64!"}}'],
)  # fmt: skip
def test_what_twilio_would_not_take_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        messages.parse(text)


# The command line


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_call_arguments(parser)
    return parser.parse_args(words)


def test_turns_keep_the_order_in_which_they_were_given(tmp_path: Path) -> None:
    wav = tmp_path / "a.wav"
    write_wav(wav, np.zeros(8, np.int16), 8000)
    words = ["--say", "bonjour", "--keys", "1#", "--audio", str(wav), "--barge-in", "1.5", "--say", "stop"]
    assert turns_of(parsed(*words, "--silence", "3", "--hang-up")) == (
        SayText("bonjour"),
        Press("1#"),
        PlayWav(wav),
        SayText("stop", barge_in_s=1.5),
        StaySilent(3.0),
        HangUp(),
    )


@pytest.mark.parametrize("words", [("--keys", "1a"), ("--silence", "long"), ("--audio", "nowhere.wav")])
def test_a_turn_that_cannot_be_done_is_bad_usage(words: tuple[str, str]) -> None:
    with pytest.raises(argparse.ArgumentError, match=words[0]):
        parsed(*words)
