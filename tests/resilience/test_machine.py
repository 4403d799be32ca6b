"""The machine in trouble: no disk for logs and sounds, a model cut short, Twilio's API slow."""

from __future__ import annotations

import asyncio
import errno
import io
import logging
import resource
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import structlog

from tests.conftest import VAR
from tests.deployment import KeypadCaller, MortalRedis, Process, free_port, service_settings, wait_for
from voicebot.app.parts import recognizer
from voicebot.channels.service import Service
from voicebot.config import Settings
from voicebot.observability import metrics
from voicebot.observability.logs import Lines, about_call, configure
from voicebot.simulator.twilio_api import Trouble, TwilioAccount, twilio_api
from voicebot.sound import Speech
from voicebot.telephony.rest import TwilioClient

CALLS = 40
MODELS = tuple(VAR / "models" / name for name in ("whisper-phone", "whisper-base"))
#: Stands for a disk that is full: whatever is written to it fails.
FULL = Path("/dev/full")


@pytest.fixture
def url(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service whose log goes to a full disk, and whose own files may not grow; its stores are elsewhere."""
    redis = MortalRedis(tmp_path_factory.mktemp("m"))
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    own = {"VOICEBOT_VAR": str(tmp_path), "VOICEBOT_PERSONAL_KEYS": redis.url}
    process = Process("serve", {**service_settings(redis, url, port), **own}, FULL)
    process.start()
    try:
        wait_for(url)
        assert process.running is not None
        resource.prlimit(process.running.pid, resource.RLIMIT_FSIZE, (0, 0))
        yield url
    finally:
        process.kill()
        redis.stop()


@pytest.mark.slow
@pytest.mark.xdist_group("failures")
async def test_a_full_disk_ends_no_call(url: str) -> None:
    """What goes wrong is logged, and the log cannot be written: the answer is the same."""
    caller = KeypadCaller(url, "+33639980320")
    await caller.dial()
    await caller.press("1")
    assert caller.gather is not None
    async with httpx.AsyncClient() as client:
        refused = await client.post(f"{url}/twilio/voice", data={"CallSid": caller.call})
        assert refused.status_code == 403, "and not 500"
        sound = caller.document.find(".//Play") if caller.document is not None else None
        assert sound is not None
        played = await client.get(sound.text or "", timeout=20)
        assert played.content.startswith(b"RIFF"), "sounds are made without the disk"
        assert len(played.content) > 8_000
        assert lost_lines((await client.get(f"{url}/metrics")).text) > 0


def lost_lines(page: str) -> float:
    lines = [line for line in page.splitlines() if line.startswith("voicebot_log_lines_lost_total")]
    return float(lines[0].split()[1])


class Full(io.StringIO):
    """A file on a disk that takes nothing."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "no space left")

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "no space left")


def test_a_line_that_cannot_be_written_is_counted() -> None:
    before = lost_lines(metrics.page().decode())
    lines = Lines(Full())
    lines.write("a line\n")
    lines.flush()
    assert lost_lines(metrics.page().decode()) > before


def test_what_libraries_log_keeps_no_word_of_it(capfd: pytest.CaptureFixture[str]) -> None:
    configure()
    try:
        raise ValueError("appelez Zoubida au 0639980077")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Zoubida, %s", "0639980077")
    told = capfd.readouterr().err
    assert '"logger": "uvicorn.error"' in told
    assert "ValueError" in told
    assert "Zoubida" not in told
    assert "0639980077" not in told


def test_a_model_cut_short_leaves_a_service_that_goes_by_keypad(tmp_path: Path) -> None:
    for folder in MODELS:
        assert folder.is_dir(), "run `make test`, which installs the models"
        cut = tmp_path / "models" / folder.name
        cut.mkdir(parents=True)
        for file in folder.iterdir():
            (cut / file.name).write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    found, notes = recognizer(Settings(_env_file=None, var=tmp_path, recognizer="whisper"))
    assert found is None
    assert ["damaged" in note for note in notes] == [True for _ in MODELS]


async def test_a_slow_twilio_takes_no_thread_from_those_who_speak(service: Service) -> None:
    """Forty requests hang at Twilio; meanwhile the sounds of a call are made as ever."""
    answer = threading.Event()

    def hangs(kind: str) -> Trouble:
        answer.wait()
        return Trouble()

    with twilio_api(TwilioAccount(hangs)) as account:
        client = TwilioClient("AC" + "0b" * 16, "secret", base_url=account.url, timeout_s=30)
        sending = [
            asyncio.create_task(
                client.create_message(to="+33639980001", from_="+33939000001", body=str(number))
            )
            for number in range(CALLS)
        ]
        try:
            async with asyncio.timeout(10):
                await asyncio.gather(*(asyncio.to_thread(_speak, service, number) for number in range(8)))
            assert not any(task.done() for task in sending)
        finally:
            answer.set()
        assert len(set(await asyncio.gather(*sending))) == CALLS


def _speak(service: Service, number: int) -> None:
    assert len(service.speech.voice.audio(Speech(f"Bonjour, vous êtes le numéro {number}."))) > 8_000


def test_each_line_of_a_call_carries_its_id(capfd: pytest.CaptureFixture[str]) -> None:
    """Tasks of other calls do not mix in."""

    async def talk(call: str) -> None:
        about_call(call)
        await asyncio.sleep(0)
        structlog.get_logger().info("stream closed")

    async def both() -> None:
        await asyncio.gather(talk("CA1"), talk("CA2"))

    configure()
    asyncio.run(both())
    lines = capfd.readouterr().err.splitlines()
    assert sorted(line.split('"call": "')[1][:3] for line in lines) == ["CA1", "CA2"]
