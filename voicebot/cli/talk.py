"""`voicebot call` and `voicebot demo`: simulated calls through the real webhooks and audio socket."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from voicebot.cli.command import Commands, add
from voicebot.config import read_settings
from voicebot.datafile import read
from voicebot.observability.logs import quiet
from voicebot.packaged import packaged
from voicebot.simulator import Answers, CallerTurn, CallerVoice, SayText
from voicebot.simulator.arguments import Callee, add_call_arguments, run, turns_of
from voicebot.simulator.rehearsal import Rehearsal, carried, rehearse
from voicebot.sound import unpacked
from voicebot.speech import voices
from voicebot.webphone.access import ROOT

#: What the caller says in the demonstration: data, because it is French.
DEMO_CALL = packaged("cli", "demo_call.yaml")
DEMO_WAV = Path("demo", "call.wav")

_AFTERWARDS = """
Listen to it:        {wav}   (left: the caller, right: the assistant)
Say something else:  .venv/bin/voicebot call --say "bonjour, j'ai perdu ma carte vitale" --say "oui"
By keypad only:      .venv/bin/voicebot call --keypad --keys 2
One sentence:        .venv/bin/voicebot understand "jé perdu ma cart vital" --channel sms
All the procedures:  .venv/bin/voicebot flows list
What is missing:     .venv/bin/voicebot doctor
"""

_PAGE = """Talk to it yourself: open {url} in a browser on this machine, and allow the microphone.
Ctrl-C ends it."""
#: If this is set to 1, the demonstration plays its call and ends.
ONCE = "DEMO_ONCE"


def add_commands(commands: Commands) -> None:
    """Add `call` and `demo`."""
    call = add(commands, "call", "a simulated call: the turns of the caller in the order given", _call)
    add_call_arguments(call)
    about = "one whole call about the RSA, to see and to listen to, then a telephone in the browser"
    add(commands, "demo", about, _demo)


def _call(options: argparse.Namespace) -> int:
    return _place(options, turns_of(options))


def _place(
    options: argparse.Namespace,
    turns: Sequence[CallerTurn] | Answers,
    afterwards: Callable[[Rehearsal], None] = lambda running: None,
) -> int:
    """Make the call and show it; `afterwards` runs while the service is still up."""
    quiet()
    told = read_settings()
    synthesizer = voices.caller(told.var)
    with (
        tempfile.TemporaryDirectory() as data,
        carried(told) as (settings, account),
        rehearse(settings, Path(data)) as running,
    ):
        if options.mediator:
            running.put_on_duty()
        heard = partial(_show_whisper, running) if not options.json else lambda addresses: None
        callee = Callee(
            running.url,
            running.auth_token,
            running.journal,
            synthesizer,
            account=account,
            mediator_heard=heard,
        )
        result = run(options, turns, callee, CallerVoice(synthesizer))
        running.settle()
        for text in () if options.json else account.texts:
            print(f"\nSMS: {text.asked['Body']}")
        afterwards(running)
        return result


def _show_whisper(running: Rehearsal, addresses: Sequence[str]) -> None:
    """What the mediator heard, in words: the addresses of our sounds contain them, encrypted."""
    tokens = [address.rpartition("/")[2].removesuffix(".wav") for address in addresses]
    spoken = [token for token in tokens if not token.startswith("silence-")]
    words = " ".join(unpacked(running.service.privacy.unseal(token)).text for token in spoken)
    print(f"\nMediator heard: {words}")


def _demo(options: argparse.Namespace) -> int:
    """The scripted call and, if somebody sits at a terminal, the page for them as well."""
    settings = read_settings()
    wav = settings.var / DEMO_WAV
    wav.parent.mkdir(parents=True, exist_ok=True)
    call = argparse.ArgumentParser()
    add_call_arguments(call)
    answers = read(DEMO_CALL).data
    said = Answers({question: [SayText(text) for text in texts] for question, texts in answers.items()})

    def invite(running: Rehearsal) -> None:
        print(_AFTERWARDS.format(wav=wav))
        if sys.stdin.isatty() and os.environ.get(ONCE) != "1":
            print(_PAGE.format(url=running.url + ROOT))
            _wait()

    return _place(call.parse_args(["--wav", str(wav)]), said, invite)


def _wait() -> None:
    """Block until Ctrl-C."""
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
