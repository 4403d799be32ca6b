"""`voicebot call` and `voicebot demo`: simulated calls through the real webhooks and audio socket."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from voicebot.channels.simulator import CallerVoice
from voicebot.channels.simulator.arguments import Callee, add_call_arguments, run
from voicebot.cli.command import Commands, add
from voicebot.config import read_settings
from voicebot.rehearsal import rehearse
from voicebot.speech import voices

#: One whole call about the RSA; the answers follow the questions of the procedure.
DEMO_CALL = Path(__file__).with_name("demo_call.yaml")


def add_commands(commands: Commands) -> None:
    """Add `call` and `demo`."""
    call = add(commands, "call", "a simulated call: the turns of the caller in the order given", _call)
    add_call_arguments(call)
    add(commands, "demo", "one whole call, to see and to listen to", _demo)


def _call(options: argparse.Namespace) -> int:
    settings = read_settings()
    synthesizer = voices.caller(settings.var)
    with tempfile.TemporaryDirectory() as data, rehearse(settings, Path(data)) as running:
        callee = Callee(running.url, running.auth_token, running.journal, synthesizer)
        return run(options, callee, CallerVoice(synthesizer))
