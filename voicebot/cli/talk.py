"""`voicebot call` and `voicebot demo`: simulated calls through the real webhooks and audio socket."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from voicebot.channels.simulator import Answers, CallerVoice, SayText, Turn
from voicebot.channels.simulator.arguments import Callee, add_call_arguments, run, turns_of
from voicebot.cli.command import Commands, add
from voicebot.config import read_settings
from voicebot.datafile import read
from voicebot.logs import quiet
from voicebot.rehearsal import Rehearsal, rehearse
from voicebot.speech import voices
from voicebot.trial.door import ROOT

#: What the caller of the demonstration says: data, because it is French.
DEMO_CALL = Path(__file__).with_name("demo_call.yaml")
DEMO_WAV = Path("demo", "call.wav")

_AFTERWARDS = """
Listen to it:        {wav}   (left: the caller, right: the assistant)
Say something else:  .venv/bin/voicebot call --say "bonjour, j'ai perdu ma carte vitale" --say "oui"
By keypad only:      .venv/bin/voicebot call --keypad --keys 2
One sentence:        .venv/bin/voicebot understand "jé perdu ma cart vital" --channel sms
All the procedures:  .venv/bin/voicebot flows list
What is missing:     .venv/bin/voicebot doctor
"""
_NOW_YOU = """
Now call it yourself, with the microphone of your browser:

    {url}

Ctrl-C ends it."""


def add_commands(commands: Commands) -> None:
    """Add `call` and `demo`."""
    call = add(commands, "call", "a simulated call: the turns of the caller in the order given", _call)
    add_call_arguments(call)
    about = "one whole call about the RSA, to see and to listen to, then a telephone in the browser"
    add(commands, "demo", about, _demo)


def _call(options: argparse.Namespace) -> int:
    return _place(options, turns_of(options))


def _place(options: argparse.Namespace, turns: Sequence[Turn] | Answers) -> int:
    with _rehearsed(0) as running:
        return _play(running, options, turns)


@contextmanager
def _rehearsed(port: int) -> Iterator[Rehearsal]:
    """The service in this process; `port` is taken if it is free."""
    quiet()
    with (
        tempfile.TemporaryDirectory() as data,
        rehearse(read_settings(), Path(data), port=port) as running,
    ):
        yield running


def _play(running: Rehearsal, options: argparse.Namespace, turns: Sequence[Turn] | Answers) -> int:
    synthesizer = voices.caller(read_settings().var)
    callee = Callee(running.url, running.auth_token, running.journal, synthesizer)
    return run(options, turns, callee, CallerVoice(synthesizer))


def _demo(options: argparse.Namespace) -> int:
    """The scripted call; where somebody sits at a terminal, the page for them as well."""
    settings = read_settings()
    wav = settings.var / DEMO_WAV
    wav.parent.mkdir(parents=True, exist_ok=True)
    call = argparse.ArgumentParser()
    add_call_arguments(call)
    answers = read(DEMO_CALL).data
    said = Answers({question: [SayText(text) for text in texts] for question, texts in answers.items()})
    with _rehearsed(settings.port) as running:
        result = _play(running, call.parse_args(["--wav", str(wav)]), said)
        print(_AFTERWARDS.format(wav=wav))
        if sys.stdin.isatty() and os.environ.get("DEMO_ONCE", "") in ("", "0"):
            _stay(running)
    return result


def _stay(running: Rehearsal) -> None:
    """Keep the service there until Ctrl-C."""
    print(_NOW_YOU.format(url=running.url + ROOT), flush=True)
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
