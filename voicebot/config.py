"""All settings, from environment variables and `.env`. Read by `app` and `cli` only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from voicebot.errors import ConfigError
from voicebot.numbers import e164

Engine = Literal["auto", "vosk", "whisper", "none"]
VoiceName = Literal["kokoro", "pico", "pyttsx3"]

#: Whoever finds the address can try keys; this many signs are too many to try.
_SHORTEST_KEY = 12


class Settings(BaseSettings):
    """Every setting with its meaning. Names in the environment are VOICEBOT_<NAME>, except REDIS_URL."""

    model_config = SettingsConfigDict(env_prefix="VOICEBOT_", env_file=".env", extra="ignore", frozen=True)

    public_url: str = Field(
        default="http://localhost:8000", description="the address under which Twilio reaches us"
    )
    host: str = Field(default="127.0.0.1", description="the address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="the port to listen on; 0 picks a free one")
    redis_url: str | None = Field(
        default=None, validation_alias="REDIS_URL", description="Redis; unset means an embedded server"
    )
    var: Path = Field(default=Path("var"), description="where models and rendered speech are kept")
    recordings: Path | None = Field(
        default=None, description="where recordings of human voices are kept; unset: var/recordings"
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
    calling_hours: tuple[Annotated[int, Field(ge=0, le=24)], Annotated[int, Field(ge=0, le=24)]] = Field(
        default=(8, 20), description="the hours between which people are called back where they live, [8, 20]"
    )
    calls_back_a_day: int = Field(default=3, ge=0, description="the most calls we make to a person in a day")
    fallback_number: str = Field(
        default="",
        description="who is called when we cannot go on, E.164; unset: callers are told whom",
    )

    @field_validator("public_url")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("expected an address that starts with https://")
        return value.rstrip("/")

    @field_validator("demo_key")
    @classmethod
    def _is_hard_to_guess(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < _SHORTEST_KEY:
            raise ValueError(f"expected {_SHORTEST_KEY} signs or more")
        return value

    @field_validator("sms_from", "missed_call_numbers", "fallback_number")
    @classmethod
    def _are_numbers(cls, value: str) -> str:
        if not all(e164(number.strip()) == number.strip() for number in value.split(",") if value):
            raise ValueError("expected telephone numbers like +33939030000")
        return value

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
    """The settings; ConfigError names each wrong one and what was expected, never a value."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(f"{_name(e['loc'])}: {e['msg']}" for e in error.errors(include_input=False))
        raise ConfigError(f"{wrong}. Set it in the environment or in .env; see docs/operating.md") from None


def _name(location: tuple[int | str, ...]) -> str:
    name = str(location[0]) if location else "?"
    return name if name.isupper() else f"VOICEBOT_{name.upper()}"
