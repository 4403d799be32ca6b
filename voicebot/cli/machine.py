"""`voicebot serve | worker | models | doctor`: the service, its models, and what is missing here."""

from __future__ import annotations

import argparse
import asyncio
import shutil

import uvicorn
from cryptography.fernet import Fernet
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from voicebot import doctor
from voicebot.app import create_app, worker
from voicebot.cli.command import Commands, add
from voicebot.config import Settings, read_settings
from voicebot.logs import configure
from voicebot.speech import models
from voicebot.store.server import connect

#: Pages of the console that are open would keep a service that is told to stop for ever.
_STOP_WITHIN_S = 5


def add_commands(commands: Commands) -> None:
    """Add `serve`, `worker`, `models` and `doctor`."""
    add(commands, "serve", "run the service", _serve)
    add(commands, "worker", "send texts and make calls back, beside the service", _worker)
    installed = add(commands, "models", "speech models").add_subparsers(required=True, metavar="COMMAND")
    add(installed, "list", "which models there are, and which are installed", _list)
    install = add(
        installed, "install", "install models, with checksum; can be repeated and resumed", _install
    )
    install.add_argument("names", nargs="+", metavar="NAME")
    checkup = add(commands, "doctor", "what is configured, reachable, missing", _doctor)
    checkup.add_argument("--new-key", action="store_true", help="print a new key for VOICEBOT_DATA_KEYS")


def _serve(options: argparse.Namespace) -> int:
    settings = read_settings()
    configure()
    app = create_app(settings)
    if settings.redis_url:
        asyncio.run(_reach_redis(settings))
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        ws_max_size=1 << 17,
        server_header=False,
        timeout_graceful_shutdown=_STOP_WITHIN_S,
    )
    return 0


def _worker(options: argparse.Namespace) -> int:
    settings = read_settings()
    configure()
    asyncio.run(worker(settings))
    return 0


async def _reach_redis(settings: Settings) -> None:
    """Raise StoreError before uvicorn starts, which would answer with a traceback."""
    async with connect(settings.redis_url, settings.data):
        pass


def _list(options: argparse.Namespace) -> int:
    folder = read_settings().var / "models"
    table = Table("model", "for", "size", "licence", "installed")
    for model in models.catalogue():
        there = "yes" if models.is_installed(model.name, folder) else "no"
        table.add_row(model.name, model.engine, f"{model.size / 1e6:.0f} MB", model.licence, there)
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
