"""The port of the service: taken before anything is loaded, and its addresses, to be shown."""

from __future__ import annotations

import errno
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from voicebot.channels.sms import SMS_PATH
from voicebot.channels.voice.twiml import VOICE_PATH
from voicebot.config import Settings
from voicebot.console.pages import ROOT as CONSOLE
from voicebot.errors import ConfigError

_WAITING_CALLS = 128


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The port of the settings, taken. Raises ConfigError in one sentence if it cannot be."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((settings.host, settings.port))
        taken.listen(_WAITING_CALLS)
    except OSError as error:
        taken.close()
        raise ConfigError(_why(settings, error)) from None
    try:
        yield taken
    finally:
        taken.close()


def _why(settings: Settings, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"VOICEBOT_PORT: port {settings.port} is in use by another program; end that one, or set another"
        )
    address = f"{settings.host}:{settings.port}"
    return (
        f"VOICEBOT_HOST and VOICEBOT_PORT: expected an address of this machine, {address} cannot be "
        f"listened on ({error.strerror})"
    )


def tell_addresses(settings: Settings, taken: socket.socket) -> None:
    """Print where the service is reached, if somebody started it at a terminal: a log has its own lines."""
    if not sys.stderr.isatty():
        return
    for line in addresses(settings, taken.getsockname()[1]):
        print(line, file=sys.stderr)


def addresses(settings: Settings, port: int) -> list[str]:
    """Where the service is reached: by a browser here, by mediators, by Twilio."""
    host = "localhost" if settings.host in ("127.0.0.1", "0.0.0.0", "::", "::1") else settings.host
    public = settings.public_url
    return [
        f"voicebot loads, and answers at http://{host}:{port}",
        f"  mediators:     {public}{CONSOLE}/",
        f"  Twilio, calls: {public}{VOICE_PATH}",
        f"  Twilio, texts: {public}{SMS_PATH}",
        "  end it with Ctrl-C or SIGTERM",
    ]


@contextmanager
def ending_by_signal() -> Iterator[None]:
    """SIGTERM ends the block, like Ctrl-C: before the server takes signals, and once it has stopped."""

    def end(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
