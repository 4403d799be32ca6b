"""All settings, from environment variables and `.env`. Read by `app` and `cli` only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from voicebot.errors import ConfigError
from voicebot.numbers import FRENCH_REGIONS, e164, prefixes

Engine = Literal["auto", "vosk", "whisper", "none"]
VoiceName = Literal["kokoro", "pico", "pyttsx3"]
Hour = Annotated[int, Field(ge=0, le=24)]

#: Whoever finds the address can try keys; this many signs are too many to try.
_SHORTEST_KEY = 12


_PREFIX = "VOICEBOT_"
#: Read by docker-compose.yml and deploy/Caddyfile, and by nothing else.
OF_THE_FRONT = ("VOICEBOT_SITE", "VOICEBOT_APPS", "VOICEBOT_DEPLOY")
_ACCOUNT = re.compile("AC[0-9a-fA-F]{32}")
_HOURS = re.compile(r"\[?\s*(\d+)\s*[-,]\s*(\d+)\s*\]?")


class Settings(BaseSettings):
    """Every setting with its meaning. Names in the environment are VOICEBOT_<NAME>, except REDIS_URL."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    public_url: str = Field(
        default="http://localhost:8000", description="the address under which Twilio reaches us"
    )
    host: str = Field(default="127.0.0.1", description="the address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="the port to listen on; 0 picks a free one")
    redis_url: str | None = Field(
        default=None, validation_alias="REDIS_URL", description="Redis; unset means an embedded server"
    )
    var: Path = Field(default=Path("var"), description="where models and rendered speech are kept")
    recordings: Path = Field(
        default=Path("var/recordings"), description="where recordings of human voices are kept"
    )
    data: Path = Field(default=Path("var/redis"), description="where the embedded Redis keeps its file")
    twilio_account: str = Field(default="", description="the account SID, AC…")
    twilio_token: SecretStr = Field(default=SecretStr(""), description="the auth token that signs requests")
    twilio_token_old: SecretStr = Field(
        default=SecretStr(""), description="the previous token while it is rotated"
    )
    data_keys: SecretStr = Field(
        default=SecretStr(""), description="Fernet keys, newest first, comma-separated"
    )
    pseudonym_key: SecretStr = Field(
        default=SecretStr(""), description="the key of the pseudonyms; never change it"
    )
    demo_key: SecretStr = Field(
        default=SecretStr(""), description="who knows it may try the telephone in the browser, at /essai"
    )
    recognizer: Engine = Field(default="auto", description="auto takes vosk when a French model is installed")
    voice_ahead: VoiceName = Field(default="kokoro", description="the voice of what is rendered ahead")
    voice_now: VoiceName = Field(default="pico", description="the voice of what must be said at once")
    sms_from: str = Field(default="", description="the number that texts and call-backs come from, E.164")
    missed_call_s: float = Field(
        default=0.0, ge=0, le=30, description="call back who hangs up within so many seconds; 0: nobody"
    )
    missed_call_numbers: str = Field(
        default="", description="our numbers, E.164, comma-separated, whose calls are refused and returned"
    )
    worker: Literal["inside", "apart"] = Field(
        default="inside", description="apart: texts and calls leave by `voicebot worker` only"
    )
    twilio_api: str | None = Field(default=None, description="another address of Twilio's API, for tests")
    texts_a_day: int = Field(default=6, ge=0, description="the most texts we send a person in a day")
    calling_hours: Annotated[tuple[Hour, Hour], NoDecode] = Field(
        default=(8, 20), description="the hours between which people are called back where they live, 8-20"
    )
    calls_back_a_day: int = Field(default=3, ge=0, description="the most calls we make to a person in a day")
    reach: str = Field(
        default=",".join(prefixes(FRENCH_REGIONS)),
        description="the beginnings of numbers that we text and call, comma-separated: others cost too much",
    )
    texts_an_hour: int = Field(
        default=600, ge=0, description="the most texts we send to everybody in an hour"
    )
    calls_back_an_hour: int = Field(default=120, ge=0, description="the most calls we make to all in an hour")
    calls_from_one: int = Field(
        default=20, ge=1, description="the most calls we take from a person in ten minutes"
    )
    calls_a_minute: int = Field(default=300, ge=1, description="the most calls we take from all in a minute")
    fallback_number: str = Field(
        default="",
        description="who is called when we cannot go on, E.164; unset: callers are told whom",
    )

    @field_validator("public_url")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")) or not urlsplit(value).hostname:
            raise ValueError("expected an address like https://aide.example.org")
        return value.rstrip("/")

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("expected an address that begins with redis://, rediss:// or unix://")
        return value

    @field_validator("twilio_account")
    @classmethod
    def _is_account(cls, value: str) -> str:
        if value and not _ACCOUNT.fullmatch(value):
            raise ValueError(
                "expected the account SID of Twilio's console: AC and 32 digits or letters a to f"
            )
        return value

    @field_validator("demo_key")
    @classmethod
    def _is_hard_to_guess(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < _SHORTEST_KEY:
            raise ValueError(f"expected {_SHORTEST_KEY} signs or more")
        return value

    @field_validator("sms_from", "fallback_number")
    @classmethod
    def _is_number(cls, value: str) -> str:
        if value and e164(value) != value:
            raise ValueError("expected a telephone number like +33939030000")
        return value

    @field_validator("missed_call_numbers")
    @classmethod
    def _are_numbers(cls, value: str) -> str:
        if not all(e164(number.strip()) == number.strip() for number in value.split(",") if value):
            raise ValueError("expected telephone numbers like +33939030000, with commas between them")
        return value

    @field_validator("calling_hours", mode="before")
    @classmethod
    def _are_hours(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        hours = _HOURS.fullmatch(value.strip())
        if hours is None:
            raise ValueError("expected two hours, like 8-20")
        return hours.groups()

    @field_validator("calling_hours")
    @classmethod
    def _go_forward(cls, value: tuple[int, int]) -> tuple[int, int]:
        if value[0] >= value[1]:
            raise ValueError("expected an earlier and a later hour, like 8-20")
        return value

    @field_validator("reach")
    @classmethod
    def _are_beginnings(cls, value: str) -> str:
        if not all(re.fullmatch(r"\+[1-9][0-9]{0,5}", one.strip()) for one in value.split(",")):
            raise ValueError("expected beginnings of numbers like +33,+262")
        return value

    @property
    def beginnings(self) -> tuple[str, ...]:
        """How numbers begin that may be texted and called."""
        return tuple(one.strip() for one in self.reach.split(","))

    @property
    def rings_back(self) -> frozenset[str]:
        """The numbers whose calls are refused and returned."""
        return frozenset(number.strip() for number in self.missed_call_numbers.split(",") if number)

    @property
    def twilio_tokens(self) -> tuple[str, ...]:
        """The tokens a signature may be made with, the current one first."""
        tokens = (self.twilio_token, self.twilio_token_old)
        return tuple(token.get_secret_value() for token in tokens if token.get_secret_value())

    @property
    def fernet_keys(self) -> tuple[str, ...]:
        """The keys that open stored records; the first one seals."""
        return tuple(key.strip() for key in self.data_keys.get_secret_value().split(",") if key.strip())


def read_settings() -> Settings:
    """The settings; ConfigError names each wrong one, what was expected and what came, never a secret."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(map(_told, error.errors(include_url=False)))
        raise ConfigError(f"{wrong}. Set it in the environment or in .env; see docs/operating.md") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f".env: expected a text file in UTF-8 that we may read, got {type(error).__name__}; save it again"
        ) from None


def name_of(field: str) -> str:
    """The environment variable of a setting."""
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else f"{_PREFIX}{field.upper()}"


def is_secret(field: str) -> bool:
    """Whether the value of a setting is never shown.

    The address of Redis can hold a password, and a token is easily put where the account belongs.
    """
    return Settings.model_fields[field].annotation is SecretStr or field in ("redis_url", "twilio_account")


def unknown_names(environment: Iterable[str]) -> dict[str, str]:
    """Names that look like settings of ours and are none, each with the setting it resembles most, or ""."""
    known = {
        name.removeprefix(_PREFIX): name for name in (*map(name_of, Settings.model_fields), *OF_THE_FRONT)
    }
    strange = [name for name in environment if name.startswith(_PREFIX) and name not in known.values()]
    close = {name: get_close_matches(name.removeprefix(_PREFIX), known, n=1) for name in strange}
    return {name: known[found[0]] if found else "" for name, found in close.items()}


def _told(error: Any) -> str:
    """One wrong setting: `VOICEBOT_PORT: expected …, got 'x' (the port to listen on)`."""
    field = _field(str(error["loc"][0]) if error["loc"] else "")
    expected = str(error["msg"]).removeprefix("Value error, ").replace("Input should be", "expected")
    got = "what came is not shown" if is_secret(field) else f"got {error['input']!r}"
    return f"{name_of(field)}: {expected}; {got} ({Settings.model_fields[field].description})"


def _field(location: str) -> str:
    return next((field for field in Settings.model_fields if location in (field, name_of(field))), location)
