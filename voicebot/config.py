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
from voicebot.packaged import CHECKOUT
from voicebot.telephony.phone_numbers import FRENCH_REGIONS, e164, prefixes

Engine = Literal[
    "auto", "vosk", "whisper", "none",
    "whisper-small", "whisper-medium", "whisper-turbo", "zipformer-fr", "kroko-fr", "parakeet-v3",
]  # fmt: skip
VoiceName = Literal["kokoro", "pico", "pyttsx3"]
Hour = Annotated[int, Field(ge=0, le=24)]

#: Characters. Anyone who finds the address can try keys; a key this long has too many possibilities.
_SHORTEST_KEY = 12


_PREFIX = "VOICEBOT_"
_CONTENT = Path("content")
#: Read only by docker-compose.yml and deploy/Caddyfile.
OF_THE_FRONT = ("VOICEBOT_SITE", "VOICEBOT_APPS", "VOICEBOT_DEPLOY")
_ACCOUNT = re.compile("AC[0-9a-fA-F]{32}")
_EARS = ("http", "https", "wyoming")
_HOURS = re.compile(r"\[?\s*(\d+)\s*[-,]\s*(\d+)\s*\]?")


class Settings(BaseSettings):
    """Every setting with its meaning. In the environment they are named VOICEBOT_<NAME>, except REDIS_URL."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    public_url: str = Field(
        default="http://localhost:8000", description="the address at which Twilio reaches us"
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
    content: Path | None = Field(
        default=None,
        description="your own procedures, sentences, places and recordings, laid over ours; unset: "
        "the folder content, in a checkout none",
    )
    data: Path = Field(default=Path("var/redis"), description="where the embedded Redis keeps its files")
    personal_keys: str = Field(
        default="",
        description="where each person's own key is kept, apart from backups: a file (unset: one beside "
        "VOICEBOT_DATA), or the address of a Redis without an append-only file",
    )
    spool: Path | None = Field(
        default=None,
        description="where webhooks wait while Redis is away; unset: a folder beside VOICEBOT_DATA",
    )
    twilio_account: str = Field(default="", description="the account SID, AC…")
    twilio_token: SecretStr = Field(default=SecretStr(""), description="the auth token that signs requests")
    twilio_token_old: SecretStr = Field(
        default=SecretStr(""), description="the previous token, while tokens are being rotated"
    )
    data_keys: SecretStr = Field(
        default=SecretStr(""), description="Fernet keys, newest first, comma-separated"
    )
    pseudonym_key: SecretStr = Field(
        default=SecretStr(""), description="the key of the pseudonyms; never change it"
    )
    demo_key: SecretStr = Field(
        default=SecretStr(""), description="whoever knows it may try the telephone in the browser, at /essai"
    )
    second_opinion: bool = Field(
        default=True,
        description="ask a sentence model, where it is installed, what an answer means that words leave open",
    )
    recognizer: Engine = Field(
        default="auto", description="auto takes vosk if a French model is installed; or a model by its name"
    )
    ears: str = Field(
        default="", description="another machine that hears, http(s)://host/v1 or wyoming://host:port"
    )
    ears_model: str = Field(default="", description="the model that it hears with; unset: its own choice")
    ears_key: SecretStr = Field(default=SecretStr(""), description="the key that it asks for, if any")
    voice_ahead: VoiceName = Field(default="kokoro", description="the voice for what is rendered in advance")
    voice_now: VoiceName = Field(default="pico", description="the voice for what must be said at once")
    sms_from: str = Field(default="", description="the number that texts and call-backs come from, E.164")
    missed_call_s: float = Field(
        default=0.0,
        ge=0,
        le=30,
        description="call back anyone who hangs up this soon, in seconds; 0: nobody",
    )
    missed_call_numbers: str = Field(
        default="",
        description="numbers of ours whose calls are rejected and returned, E.164, comma-separated",
    )
    drain_s: float = Field(
        default=120.0, ge=0, le=3600, description="how long live calls may go on after SIGTERM, in seconds"
    )
    incomplete: Literal["exit", "wait"] = Field(
        default="exit",
        description="what happens while settings are missing; wait: run, and say at /health which",
    )
    worker: Literal["inside", "apart"] = Field(
        default="inside", description="apart: only `voicebot worker` sends texts and makes calls"
    )
    twilio_api: str | None = Field(
        default=None, description="a different address for Twilio's API, for tests"
    )
    texts_a_day: int = Field(default=6, ge=0, description="the most texts we send a person per day")
    calling_hours: Annotated[tuple[Hour, Hour], NoDecode] = Field(
        default=(8, 20), description="the local hours between which people are called back, such as 8-20"
    )
    calls_back_a_day: int = Field(default=3, ge=0, description="the most calls we make to a person per day")
    reach: str = Field(
        default=",".join(prefixes(FRENCH_REGIONS)),
        description="the prefixes of numbers that we text and call, comma-separated; others cost too much",
    )
    texts_an_hour: int = Field(
        default=600, ge=0, description="the most texts we send to all people together per hour"
    )
    calls_back_an_hour: int = Field(
        default=120, ge=0, description="the most calls we make to all people together per hour"
    )
    calls_from_one: int = Field(
        default=20, ge=1, description="the most calls we take from a person per ten minutes"
    )
    calls_a_minute: int = Field(
        default=300, ge=1, description="the most calls we take from all people together per minute"
    )
    openfisca: str = Field(
        default="", description="the address of OpenFisca's web API, to estimate rights; unset: they are not"
    )
    fallback_number: str = Field(
        default="",
        description="who is called if the service is down, E.164; unset: callers are told whom to call",
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

    @field_validator("ears")
    @classmethod
    def _hears(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in _EARS or not urlsplit(value).hostname):
            raise ValueError("expected an address like https://ears.example.org/v1 or wyoming://ears:10300")
        return value

    @field_validator("demo_key")
    @classmethod
    def _is_hard_to_guess(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < _SHORTEST_KEY:
            raise ValueError(f"expected {_SHORTEST_KEY} characters or more")
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
    def content_folder(self) -> Path | None:
        """The association's own folder, which need not be there yet; None in a checkout where none is set."""
        return self.content or (None if CHECKOUT else _CONTENT)

    @property
    def recordings_folder(self) -> Path:
        """Where recordings are kept: in the association's folder, if it has one and no other is set."""
        own = None if "recordings" in self.model_fields_set else self.content_folder
        return own / "recordings" if own else self.recordings

    @property
    def places_folder(self) -> Path:
        """Where imported and local places are kept: in the association's folder, if it has one."""
        return (self.content_folder or self.var) / "places"

    @property
    def personal_keys_file(self) -> Path:
        """Where each person's own key is kept if no other place is set."""
        return self.data.with_name(f"{self.data.name}-keys.sqlite")

    @property
    def spool_folder(self) -> Path:
        """Where webhooks wait while Redis is away."""
        return self.spool or self.data.with_name(f"{self.data.name}-spool")

    @property
    def beginnings(self) -> tuple[str, ...]:
        """The prefixes of numbers that may be texted and called."""
        return tuple(one.strip() for one in self.reach.split(","))

    @property
    def rings_back(self) -> frozenset[str]:
        """The numbers whose incoming calls are rejected and returned."""
        return frozenset(number.strip() for number in self.missed_call_numbers.split(",") if number)

    @property
    def twilio_tokens(self) -> tuple[str, ...]:
        """The tokens that a signature may have been made with, the current one first."""
        tokens = (self.twilio_token, self.twilio_token_old)
        return tuple(token.get_secret_value() for token in tokens if token.get_secret_value())

    @property
    def fernet_keys(self) -> tuple[str, ...]:
        """The keys that decrypt stored records; the first one encrypts."""
        return tuple(key.strip() for key in self.data_keys.get_secret_value().split(",") if key.strip())


def read_settings() -> Settings:
    """The settings; ConfigError names each wrong one, what was expected and given, but never a secret."""
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
    """Whether the value of a setting must never be shown.

    The address of Redis may contain a password, and a token is easily pasted where the account belongs.
    """
    return Settings.model_fields[field].annotation is SecretStr or field in (
        "redis_url",
        "personal_keys",
        "twilio_account",
    )


def unknown_names(environment: Iterable[str]) -> dict[str, str]:
    """Names that look like settings of ours but are not, each with the setting it most resembles, or ""."""
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
