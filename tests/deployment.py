"""The service as it is deployed, without containers: two processes, a Redis, a front; callers with keys."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4
from xml.etree.ElementTree import Element, fromstring

import httpx
from redis.asyncio import Redis

from tests.conftest import DATA_KEY
from voicebot.store.personal_keys import FiledKeys
from voicebot.store.server import embedded
from voicebot.telephony import sign

ROOT = Path(__file__).parent.parent
TOKEN, PEPPER = "the auth token", "pepper"
_CADDY = Path(sys.executable).with_name("caddy")
_START_S = 180.0
_LOOK_S = 0.05
_HEARD = ("Say", "Play")
#: Twilio asks once more when a connection breaks, and follows redirects without end; we do not.
_MOST_DOCUMENTS = 60


class MortalRedis:
    """The embedded server, which can be killed, frozen, and started again on what it had written."""

    def __init__(self, folder: Path) -> None:
        self.data, self.socket = folder / "data", folder / "redis.sock"
        self.start()

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        self._server = embedded(self.data, self.socket)
        self._server.__enter__()

    async def kill(self) -> None:
        """Kill it without warning and start it again."""
        await self.die()
        self.start()

    async def die(self) -> None:
        await self.signal(signal.SIGKILL)
        self.stop()

    async def signal(self, number: signal.Signals) -> None:
        async with Redis(unix_socket_path=str(self.socket)) as redis:
            self.pid = int((await redis.info("server"))["process_id"])
        os.kill(self.pid, number)

    def stop(self) -> None:
        self._server.__exit__(None, None, None)


@dataclass
class Process:
    """A program that runs beside the tests: `voicebot` with a command, or the front ("caddy")."""

    name: str
    environment: dict[str, str]
    log: Path | None = None
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        own = [sys.executable, "-m", "voicebot", self.name]
        front = [str(_CADDY), "run", "--config", "deploy/Caddyfile"]
        environment = {**_clean(), **self.environment}
        with (self.log or Path(os.devnull)).open("ab") as log:
            self.running = subprocess.Popen(
                front if self.name == "caddy" else own, cwd=ROOT, env=environment, stderr=log, stdout=log
            )

    def kill(self) -> None:
        if self.running:
            self.running.send_signal(signal.SIGKILL)
            self.running.wait()
            self.running = None

    def drain(self) -> subprocess.Popen[bytes]:
        """Ask it to finish, as an upgrade does; it still has what it was doing."""
        assert self.running is not None
        leaving, self.running = self.running, None
        leaving.terminate()
        return leaving

    @property
    def alive(self) -> bool:
        return self.running is not None and self.running.poll() is None


@dataclass
class Deployment:
    """Two services behind a front; `url` is the front, `direct` are the services themselves."""

    url: str
    direct: tuple[str, ...]
    apps: list[Process] = field(default_factory=list)
    front: Process | None = None

    def heal(self) -> None:
        """Start again whatever a test has ended."""
        for app in self.apps:
            if not app.alive:
                app.start()
        for url in (*self.direct, self.url):
            wait_for(url)


def _clean() -> dict[str, str]:
    """The environment without what would configure a service."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VOICEBOT_")}
    return {**kept, "PYTHONPATH": str(ROOT)}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def deployed(redis: MortalRedis, folder: Path, recognizer: str = "none") -> Iterator[Deployment]:
    """Start it all and wait until it answers."""
    ports = [free_port() for _ in range(3)]
    front_url, *direct = [f"http://127.0.0.1:{port}" for port in ports]
    deployment = Deployment(front_url, tuple(direct))
    for port in ports[1:]:
        settings = service_settings(redis, front_url, port) | {"VOICEBOT_RECOGNIZER": recognizer}
        deployment.apps.append(Process("serve", settings))
    deployment.front = _front(front_url, ports[1:], folder)
    everything = [*deployment.apps, deployment.front]
    try:
        for process in everything:
            process.start()
        for url in (*direct, front_url):
            wait_for(url)
        yield deployment
    finally:
        for process in everything:
            process.kill()


def _front(url: str, ports: list[int], folder: Path, **more: str) -> Process:
    """Caddy with the very file that is deployed, before services at `ports`."""
    settings = {
        "VOICEBOT_SITE": url,
        "VOICEBOT_APPS": " ".join(f"127.0.0.1:{port}" for port in ports),
        "VOICEBOT_DEPLOY": str(ROOT / "deploy"),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    return Process("caddy", settings | more)


@contextmanager
def fronted(ports: list[int], folder: Path, **limits: str) -> Iterator[str]:
    """The front alone; without `ports` nobody is behind it. `limits` are its time-outs, by name."""
    url = f"http://127.0.0.1:{free_port()}"
    shorter = {f"VOICEBOT_{name.upper()}": value for name, value in limits.items()}
    front = _front(url, ports or [free_port()], folder, **shorter)
    front.start()
    try:
        _until(lambda: httpx.get(f"{url}/nowhere", timeout=2).status_code == 404)
        yield url
    finally:
        front.kill()


def service_settings(redis: MortalRedis, public_url: str, port: int) -> dict[str, str]:
    """What a service is told; `public_url` is where Twilio believes to reach it."""
    return {
        "REDIS_URL": redis.url,
        "VOICEBOT_DATA": str(redis.data),
        "VOICEBOT_PUBLIC_URL": public_url,
        "VOICEBOT_PORT": str(port),
        "VOICEBOT_RECOGNIZER": "none",
        "VOICEBOT_TWILIO_TOKEN": TOKEN,
        "VOICEBOT_PSEUDONYM_KEY": PEPPER,
        "VOICEBOT_DATA_KEYS": DATA_KEY,
    }


def own_keys(redis: MortalRedis) -> FiledKeys:
    """Each person's own key, where the services on this Redis keep it."""
    return FiledKeys(redis.data.with_name(f"{redis.data.name}-keys.sqlite"))


def wait_for(url: str) -> None:
    """Until the service at `url` says that it is well."""
    _until(lambda: httpx.get(f"{url}/health", timeout=2).status_code == 200)


def _until(up: Callable[[], bool]) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        with suppress(httpx.TransportError):
            if up():
                return
        time.sleep(_LOOK_S)
    raise AssertionError("it did not start")


@dataclass
class KeypadCaller:
    """Somebody who calls through Twilio and answers by keys, without sound."""

    url: str
    number: str
    call: str = field(default_factory=lambda: f"CA{uuid4().hex}")
    document: Element | None = None
    slowest_s: float = 0.0
    #: How its requests get there, if not over the network; and where, if not to the front.
    client: httpx.AsyncClient | None = None
    by: str = ""
    #: What marks a request and its repeat; "": each is another one.
    token: str = ""

    async def dial(self) -> None:
        """Call and go on to the first question."""
        await self._ask(f"{self.url}/twilio/voice", CallStatus="ringing")

    async def press(self, keys: str) -> None:
        """Answer the question that is being asked."""
        gather = self.gather
        assert gather is not None, "nothing is being asked"
        finished = {"FinishedOnKey": "#"} if keys.endswith("#") else {}
        await self._ask(gather.attrib["action"], Digits=keys.rstrip("#"), **finished)

    async def hang_up(self) -> None:
        await self._post(f"{self.url}/twilio/voice/status", CallStatus="completed")

    @property
    def hears(self) -> bool:
        """Whether there is anything to hear: words or a sound of ours."""
        return self.document is not None and any(
            self.document.find(f".//{one}") is not None for one in _HEARD
        )

    @property
    def gather(self) -> Element | None:
        """The question, if one is being asked."""
        return None if self.document is None else self.document.find(".//Gather")

    async def _ask(self, url: str, **form: str) -> None:
        for _ in range(_MOST_DOCUMENTS):
            self.document = fromstring((await self._post(url, **form)).text)
            redirect = self.document.find("Redirect")
            if redirect is None:
                return
            url = redirect.text or ""
        raise AssertionError("redirected without end")

    async def _post(self, url: str, **form: str) -> httpx.Response:
        fields = {
            "CallSid": self.call,
            "From": self.number,
            "To": "+33939000001",
            "CallStatus": "in-progress",
        }
        fields |= form
        headers = {
            "X-Twilio-Signature": sign(url, fields, TOKEN),
            "I-Twilio-Idempotency-Token": self.token or uuid4().hex,
        }
        if self.by:
            url = url.replace(self.url, self.by, 1)
        began = time.monotonic()
        async with nullcontext(self.client) if self.client else httpx.AsyncClient(timeout=15) as client:
            answer = await client.post(url, data=fields, headers=headers)
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        assert answer.status_code < 300, answer.status_code
        return answer
