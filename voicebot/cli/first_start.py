"""`voicebot setup`: a page that leads through the settings that matter and writes `.env`.

Whoever opens it needs the code in the printed address, which is valid for this one run.
"""

from __future__ import annotations

import argparse
import hmac
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import uvicorn
from cryptography.fernet import Fernet
from jinja2 import Environment, StrictUndefined
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from voicebot.cli.command import Commands, add
from voicebot.cli.port import listening
from voicebot.config import Settings, name_of, read_settings
from voicebot.console.forms import read_form
from voicebot.datafile import read
from voicebot.errors import ConfigError
from voicebot.packaged import packaged
from voicebot.privacy import Privacy

ENV_FILE: Final = Path(".env")
#: The settings that matter, in the order in which they are asked for.
ASKED: Final = (
    "public_url",
    "twilio_account",
    "twilio_token",
    "sms_from",
    "fallback_number",
    "calling_hours",
    "content",
    "redis_url",
    "data_keys",
    "pseudonym_key",
)
_MADE: Final = ("data_keys", "pseudonym_key")
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
_HERE: Final = packaged("cli", "fr")


def add_commands(commands: Commands) -> None:
    """Add `setup`."""
    add(commands, "setup", "the settings that matter, asked on a page, written to .env", _setup)


def _setup(options: argparse.Namespace) -> int:
    settings, page = read_settings(), SetupPage(ENV_FILE)
    with listening(settings) as taken:
        host = "localhost" if settings.host in ("127.0.0.1", "0.0.0.0") else settings.host
        print(f"open http://{host}:{taken.getsockname()[1]}/?code={page.code}", file=sys.stderr)
        server = uvicorn.Server(uvicorn.Config(page.app(), log_config=None, server_header=False))
        page.stop = lambda: setattr(server, "should_exit", True)
        server.run([taken])
    return 0 if page.written else 1


@dataclass
class SetupPage:
    """The page, for one run. `written` once the file is there; `stop` ends the server."""

    file: Path
    code: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    written: bool = False
    stop: Any = None

    def app(self) -> Starlette:
        """The page as an application."""
        return Starlette(routes=[Route("/", self.show), Route("/", self.take, methods=["POST"])])

    async def show(self, request: Request) -> Response:
        """The form, with new keys already made."""
        if not self._knows(request.query_params.get("code", "")):
            return self._page(403, refused=True)
        return self._page(200, values={name: Fernet.generate_key().decode() for name in _MADE})

    async def take(self, request: Request) -> Response:
        """Check what was typed; write it, or say what is wrong beside each field."""
        form = await read_form(request)
        if not self._knows(form.secret("code")):
            return self._page(403, refused=True)
        values = {name: form.secret(name).strip() for name in ASKED}
        wrong = wrong_in(values)
        if wrong:
            return self._page(422, values=values, wrong=wrong)
        write_env(self.file, {name_of(name): value for name, value in values.items() if value})
        self.written = True
        if self.stop:
            self.stop()
        return self._page(200, written=True)

    def _knows(self, code: str) -> bool:
        return hmac.compare_digest(code.encode(), self.code.encode())

    def _page(self, status: int, **context: Any) -> Response:
        empty: dict[str, Any] = {"values": {}, "wrong": {}, "refused": False, "written": False}
        words = read(_HERE / "first_start.yaml").data
        jinja = Environment(autoescape=True, undefined=StrictUndefined)
        template = jinja.from_string((_HERE / "first_start.html").read_text(encoding="utf-8"))
        told = {
            **empty,
            **context,
            "code": self.code if status != 403 else "",
            "asked": ASKED,
            "words": words,
        }
        return HTMLResponse(template.render(told), status, dict(_HEADERS))


def wrong_in(values: Mapping[str, str]) -> set[str]:
    """The fields that are missing or that no setting could take."""
    needed = {"public_url", "twilio_account", "twilio_token", "sms_from", *_MADE}
    wrong = {name for name in needed if not values[name]}
    wrong |= {name for name, value in values.items() if any(sign in value for sign in "\n\r\0'")}
    try:
        Settings.model_validate({_given(name): value for name, value in values.items() if value})
    except ValidationError as error:
        named = {str(one["loc"][0]) for one in error.errors(include_url=False) if one["loc"]}
        wrong |= {name for name in ASKED if name in named or _given(name) in named}
    try:
        Privacy(values["pseudonym_key"], [key.strip() for key in values["data_keys"].split(",")])
    except ConfigError:
        wrong |= {"data_keys"}
    return wrong


def write_env(file: Path, values: Mapping[str, str]) -> None:
    """Set `values` in the file, whole or not at all, readable by its owner only; other lines stay."""
    before = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    kept = [line for line in before if line.partition("=")[0].strip() not in values]
    lines = [*kept, *(f"{name}='{value}'" for name, value in values.items())]
    half = file.with_name(file.name + ".half")
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
        out.flush()
        os.fsync(out.fileno())
    os.replace(half, file)


def _given(name: str) -> str:
    """The name by which `Settings` takes a value that did not come from the environment."""
    alias = Settings.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else name
