"""`voicebot serve | worker | models | doctor`: the service, its models, and what is missing here."""

from __future__ import annotations

import argparse
import asyncio
import shutil
from contextlib import suppress
from functools import partial

import uvicorn
from cryptography.fernet import Fernet
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from voicebot import doctor
from voicebot.app import create_app, worker
from voicebot.app.draining import DrainingServer
from voicebot.app.incomplete import missing_to_send, missing_to_serve, tell, wait_for_signal, waiting_app
from voicebot.cli.command import Commands, add
from voicebot.cli.port import ending_by_signal, listening, tell_addresses
from voicebot.config import Settings, read_settings
from voicebot.console.running import Told
from voicebot.observability.logs import configure
from voicebot.speech import models
from voicebot.store.server import connect

#: Seconds. Open pages of the console would otherwise keep the service from ever stopping.
_STOP_WITHIN_S = 5
#: The exit code of a service that could not start, as uvicorn's own.
_NOT_STARTED = 3


def add_commands(commands: Commands) -> None:
    """Add `serve`, `worker`, `models` and `doctor`."""
    add(commands, "serve", "run the service", _serve)
    add(commands, "worker", "send texts and make call-backs, in a process beside the service", _worker)
    installed = add(commands, "models", "speech models").add_subparsers(required=True, metavar="COMMAND")
    add(installed, "list", "list all models and which are installed", _list)
    install = add(
        installed, "install", "install models, verifying checksums; can be repeated and resumed", _install
    )
    install.add_argument("names", nargs="+", metavar="NAME")
    checkup = add(commands, "doctor", "what is configured, reachable, missing", _doctor)
    checkup.add_argument("--new-key", action="store_true", help="print a new key for VOICEBOT_DATA_KEYS")


def _serve(options: argparse.Namespace) -> int:
    settings = read_settings()
    configure()
    missing = missing_to_serve(settings)
    waits = bool(missing) and settings.incomplete == "wait"
    if waits:
        tell(missing)
    app = waiting_app(missing) if waits else create_app(settings, examine=partial(_examined, settings))
    with suppress(KeyboardInterrupt), listening(settings) as taken, ending_by_signal():
        if settings.redis_url and not waits:
            asyncio.run(_reach_redis(settings))
        tell_addresses(settings, taken)
        config = uvicorn.Config(
            app,
            log_config=None,
            ws_max_size=1 << 17,
            server_header=False,
            timeout_graceful_shutdown=_STOP_WITHIN_S,
        )
        DrainingServer(config, settings.drain_s).run([taken])
    return 0


async def _examined(settings: Settings) -> list[Told]:
    """What `voicebot doctor` finds, for the console."""
    return [Told(one.what, one.remedy, one.fine) for one in await doctor.examine(settings)]


def _worker(options: argparse.Namespace) -> int:
    settings = read_settings()
    configure()
    missing = missing_to_send(settings)
    waits = missing and settings.incomplete == "wait"
    asyncio.run(wait_for_signal(missing) if waits else worker(settings))
    return 0


async def _reach_redis(settings: Settings) -> None:
    """Raise StoreError before uvicorn starts, which would print a traceback."""
    async with connect(settings.redis_url, settings.data):
        pass


def _list(options: argparse.Namespace) -> int:
    folder = read_settings().var / "models"
    table = Table("model", "for", "size", "licence", "word error for French, as published", "installed")
    table.columns[0].no_wrap = True  # what is typed behind `models install`
    for model in models.catalogue():
        there = "yes" if models.is_installed(model.name, folder) else "no"
        table.add_row(
            model.name, model.engine, f"{model.size / 1e6:.0f} MB", model.licence, model.published, there
        )
    Console().print(table)
    return 0


def _install(options: argparse.Namespace) -> int:
    folder = read_settings().var / "models"
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns) as progress:
        for name in options.names:
            task = progress.add_task(name, total=None)

            def show(done: int, total: int, task: object = task) -> None:
                progress.update(task, completed=done, total=total)  # type: ignore[arg-type]

            models.install(name, folder, show)
    return 0


def _doctor(options: argparse.Namespace) -> int:
    if options.new_key:
        print(Fernet.generate_key().decode())
        return 0
    table = Table("what", "state", "remedy", width=min(shutil.get_terminal_size().columns, 120))
    findings = asyncio.run(doctor.examine(read_settings()))
    for one in findings:
        table.add_row(one.what, "[green]ok[/]" if one.fine else "[red]missing[/]", one.remedy)
    Console().print(table)
    return int(not all(one.fine for one in findings))
