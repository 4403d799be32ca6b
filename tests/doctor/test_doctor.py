"""The doctor finds each thing that is wrong, and nothing where all is well."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr
from redis.asyncio import Redis

from tests.conftest import DATA_KEY, VAR
from voicebot import doctor
from voicebot.config import Settings
from voicebot.doctor import Examined, carrier, here, store
from voicebot.simulator.twilio_api import TwilioAccount, twilio_api

OURS, MISSED, TOKEN = "+33939000001", "+33939000002", "the auth token"


class Front(BaseHTTPRequestHandler):
    """The front of a running service."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def certificate(folder: Path) -> Path:
    """A key and a certificate for this machine, that only who is told to trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "front.pem"
    path.write_bytes(secret + built.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def front(pem: Path) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Front)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Patient:
    """A deployment in which all is well, and the account at Twilio that goes with it."""

    settings: Settings
    account: TwilioAccount

    def told(self, **changed: object) -> Settings:
        return self.settings.model_copy(update=changed)

    @property
    def number(self) -> dict[str, object]:
        return self.account.numbers[0]


@pytest.fixture
async def patient(
    front: str,
    pem: Path,
    redis: Redis,
    redis_socket: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Patient]:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").symlink_to(VAR / "models")
    with twilio_api(TwilioAccount(token=TOKEN)) as account:
        account.numbers = [a_number(OURS, front), a_number(MISSED, front)]
        settings = Settings(
            _env_file=None,
            public_url=front,
            redis_url=f"unix://{redis_socket}",
            var=tmp_path,
            twilio_account="AC" + "0b" * 16,
            twilio_token=SecretStr(TOKEN),
            twilio_api=account.url,
            data_keys=SecretStr(DATA_KEY),
            pseudonym_key=SecretStr("pepper, and more of it than anybody guesses"),
            fallback_number="+33140000000",
            sms_from=OURS,
            missed_call_numbers=MISSED,
        )
        yield Patient(settings, account)
    await redis.config_set("appendonly", "yes")
    await redis.config_set("maxmemory-policy", "noeviction")


def a_number(number: str, at: str) -> dict[str, object]:
    texts = {"sms_url": f"{at}/twilio/sms"} if number == OURS else {"sms_url": ""}
    return {
        "phone_number": number,
        "capabilities": {"voice": True, "sms": number == OURS, "mms": False, "fax": False},
        "voice_url": f"{at}/twilio/voice",
        "voice_fallback_url": "https://handler.twilio.com/twiml/EH0",
        "status_callback": f"{at}/twilio/voice/status",
        **texts,
    }


async def looked(look: doctor.Look, settings: Settings) -> Examined:
    return await doctor._looked_at("it", look, settings)


async def test_nothing_is_found_where_all_is_well(patient: Patient) -> None:
    assert [one for one in await doctor.examine(patient.settings) if not one.fine] == []


async def test_no_secret_and_no_number_is_shown(patient: Patient) -> None:
    told = str(await doctor.examine(patient.told(sms_from="+33939000009")))
    told += str(await doctor.examine(patient.told(twilio_token=SecretStr("another token"))))
    for secret in (TOKEN, "another token", DATA_KEY, "pepper", "+339390"):
        assert secret not in told


WRONG_SETTINGS = [
    (carrier.credentials, "twilio_token", SecretStr(""), "VOICEBOT_TWILIO_TOKEN"),
    (carrier.credentials, "twilio_account", "", "VOICEBOT_TWILIO_ACCOUNT"),
    (carrier.credentials, "twilio_token", SecretStr("wrong"), "knows no such account"),
    (carrier.credentials, "twilio_api", "http://127.0.0.1:1", "Twilio"),
    (carrier.numbers, "sms_from", "", "VOICEBOT_SMS_FROM"),
    (carrier.numbers, "sms_from", "+33939000009", "does not have"),
    (carrier.numbers, "missed_call_numbers", "+33939000009", "VOICEBOT_MISSED_CALL_NUMBERS"),
    (carrier.webhooks, "public_url", "https://elsewhere.example.org", "https://elsewhere.example.org/twilio/voice"),
    (carrier.address, "public_url", "http://aide.example.org", "https"),
    (carrier.address, "public_url", "https://127.0.0.1:1", "does not answer"),
    (here.keys, "data_keys", SecretStr("not a key"), "VOICEBOT_DATA_KEYS"),
    (here.keys, "pseudonym_key", SecretStr(""), "VOICEBOT_PSEUDONYM_KEY"),
    (store.persistence, "redis_url", "redis://127.0.0.1:1/0", "REDIS_URL"),
    (store.clock, "redis_url", "redis://127.0.0.1:1/0", "REDIS_URL"),
]  # fmt: skip


@pytest.mark.parametrize(("look", "name", "value", "said"), WRONG_SETTINGS)
async def test_what_is_set_wrongly_is_told(
    patient: Patient, look: doctor.Look, name: str, value: object, said: str
) -> None:
    found = await looked(look, patient.told(**{name: value}))
    assert not found.fine
    assert said in found.remedy


WRONG_NUMBERS = [
    (carrier.numbers, "capabilities", {"voice": False, "sms": True}, "cannot take calls"),
    (carrier.numbers, "capabilities", {"voice": True, "sms": False}, "cannot send texts"),
    (carrier.webhooks, "voice_url", "", "A call comes in"),
    (carrier.webhooks, "voice_url", "https://demo.twilio.com/welcome/voice/", "demo.twilio.com"),
    (carrier.webhooks, "status_callback", None, "Call status changes"),
    (carrier.webhooks, "sms_url", "", "A message comes in"),
    (carrier.webhooks, "voice_fallback_url", "", "voicebot fallback"),
]


@pytest.mark.parametrize(("look", "field", "value", "said"), WRONG_NUMBERS)
async def test_what_is_wrong_in_twilios_console_is_told(
    patient: Patient, look: doctor.Look, field: str, value: object, said: str
) -> None:
    patient.number[field] = value
    found = await looked(look, patient.settings)
    assert not found.fine
    assert said in found.remedy


async def test_webhooks_of_no_number_are_not_well(patient: Patient) -> None:
    patient.account.numbers = []
    assert "no number" in (await looked(carrier.webhooks, patient.settings)).remedy


async def test_a_closed_account_is_told(patient: Patient) -> None:
    patient.account.status = "suspended"
    assert "suspended" in (await looked(carrier.credentials, patient.settings)).remedy


async def test_an_address_that_leads_elsewhere_is_told(patient: Patient) -> None:
    found = await looked(carrier.address, patient.told(public_url=patient.settings.public_url + "/other"))
    assert "404" in found.remedy


async def test_a_certificate_that_nobody_trusts_is_told(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "certificate" in (await looked(carrier.address, patient.settings)).remedy


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("appendonly", "no", "append-only"), ("maxmemory-policy", "allkeys-lru", "allkeys-lru")],
)
async def test_a_redis_that_may_lose_something_is_told(
    patient: Patient, redis: Redis, name: str, value: str, said: str
) -> None:
    await redis.config_set(name, value)
    found = await looked(store.persistence, patient.settings)
    assert not found.fine
    assert said in found.remedy


async def test_the_embedded_redis_is_well(patient: Patient, tmp_path: Path) -> None:
    embedded = patient.told(redis_url=None, data=tmp_path / "data")
    assert (await looked(store.persistence, embedded)) == Examined(
        "it", True, "embedded, append-only file on"
    )


@pytest.mark.parametrize("ahead_s", [-3600.0, 60.0])
async def test_clocks_that_disagree_are_told(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, ahead_s: float
) -> None:
    patient.account.clock = lambda: time.time() + ahead_s
    assert "NTP" in (await looked(carrier.clock, patient.settings)).remedy
    monkeypatch.setattr(store, "time", SimpleNamespace(time=lambda: time.time() + ahead_s))
    assert "NTP" in (await looked(store.clock, patient.settings)).remedy


async def test_a_name_that_nobody_reads_is_told_with_the_one_that_was_meant(
    patient: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("# VOICEBOT_NOTED=1\nVOICEBOT_SITE=aide\nVOICEBOT_PROT=8000\nOTHER=1\n")
    monkeypatch.setenv("VOICEBOT_DATAKEYS", "hush")
    found = await looked(here.settings_known, patient.settings)
    assert not found.fine
    assert "VOICEBOT_PROT (did you mean VOICEBOT_PORT?)" in found.remedy
    assert "VOICEBOT_DATAKEYS (did you mean VOICEBOT_DATA_KEYS?)" in found.remedy
    assert not [word for word in ("NOTED", "SITE", "OTHER", "hush") if word in found.remedy]


async def test_a_recognizer_that_cannot_be_loaded_is_told(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = await looked(here.recognition, patient.told(recognizer="none"))
    assert chosen == Examined("it", True, "none, as set: calls go by keypad")
    monkeypatch.setattr(here, "recognizer", lambda settings: (None, ("whisper-base is not installed",)))
    found = await looked(here.recognition, patient.settings)
    assert not found.fine
    assert "keypad. whisper-base is not installed" in found.remedy


async def test_a_folder_that_cannot_be_written_to_is_told(patient: Patient, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    found = await looked(here.disk, patient.told(var=tmp_path / "file" / "var"))
    assert not found.fine
    assert "file" in found.remedy


async def test_a_disk_that_is_nearly_full_is_told(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here.shutil, "disk_usage", lambda folder: SimpleNamespace(free=3 << 20))
    found = await looked(here.disk, patient.settings)
    assert not found.fine
    assert "make room" in found.remedy


async def test_broken_procedures_and_sentences_are_told(patient: Patient, tmp_path: Path) -> None:
    own = patient.settings.model_copy(update={"content": tmp_path})
    for look, folder in ((here.flows, "flows"), (here.prompts, "prompts")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.yaml").write_text("a: [", encoding="utf-8")
        found = await looked(look, own)
        assert not found.fine
        assert "a.yaml:1" in found.remedy
