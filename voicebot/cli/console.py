"""`voicebot console`: creating the first administrator of the mediators' console."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys

from voicebot.app import privacy
from voicebot.cli.command import Commands, add
from voicebot.config import Settings, read_settings
from voicebot.console import passwords
from voicebot.errors import ConfigError
from voicebot.store.accounts import Accounts
from voicebot.store.server import connect
from voicebot.store.signins import Signins


def add_commands(commands: Commands) -> None:
    """Add `console`."""
    console = add(commands, "console", "the mediators' console").add_subparsers(
        required=True, metavar="COMMAND"
    )
    admin = add(console, "admin", "make EMAIL an administrator with a new password", _admin)
    admin.add_argument("email", metavar="EMAIL")


def _admin(options: argparse.Namespace) -> int:
    if "@" not in options.email:
        raise ConfigError("EMAIL: expected an email address, got no @; write name@example.org")
    asked = sys.stdin.isatty()
    password = _ask() if asked else passwords.invented()
    asyncio.run(_make(read_settings(), options.email, password))
    print(f"{options.email} is an administrator, and signs in at /mediation")
    if not asked:
        print(f"password, shown only this once: {password}")
    return 0


def _ask() -> str:
    password = getpass.getpass("New password: ")
    if not passwords.acceptable(password):
        raise ConfigError(
            f"password: expected {passwords.SHORTEST} characters or more, not all the same; choose another"
        )
    if getpass.getpass("Once more: ") != password:
        raise ConfigError("password: expected the same one twice, got two different ones; try again")
    return password


async def _make(settings: Settings, email: str, password: str) -> None:
    async with connect(settings.redis_url, settings.data) as redis:
        accounts = Accounts(redis, privacy(settings))
        account = await accounts.make_administrator(email, await passwords.hashed(password))
        await Signins(redis).close_all(account.id)
