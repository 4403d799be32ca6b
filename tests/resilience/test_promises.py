"""The promises of privacy, looked for in all that a whole conversation leaves: Redis, logs, answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from uuid import uuid4
from xml.etree.ElementTree import fromstring

import httpx
import pytest
from redis import Redis

from tests.deployment import TOKEN, MortalRedis, Process, free_port, service_settings, wait_for
from voicebot.app import FLOWS, PROMPTS
from voicebot.dialogue.action import Say
from voicebot.dialogue.event import Channel, Started
from voicebot.dialogue.session import Session
from voicebot.flows.load import load_flows
from voicebot.prompts import Prompts
from voicebot.telephony import sign
from voicebot.turns.advancing import advance

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("failures")]

NUMBER = "+33639980077"
#: What must never be found anywhere: parts of the number, and words that were written.
SECRETS = ("639980077", "39980077", "Zoubida", "93210", "perdu mon travail", "zoubida@exemple.fr")
WRITTEN = (
    "bonjour je m'appelle Zoubida et j'ai perdu mon travail, je voudrais demander le rsa",
    "61 ans",
    "oui j'habite au 93210, écrivez à zoubida@exemple.fr ou au 06 39 98 00 77",
    "1",
    "CONSEILLER",
)


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MortalRedis]:
    server = MortalRedis(tmp_path_factory.mktemp("r"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "log"


@pytest.fixture(scope="module")
def url(redis_server: MortalRedis, log: Path) -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = Process("serve", service_settings(redis_server, url, port), log)
    process.start()
    try:
        wait_for(url)
        yield url
    finally:
        process.kill()


_ids = count(1)


def texted(url: str, body: str) -> str:
    form = {"MessageSid": f"SM{next(_ids):032x}", "From": NUMBER, "To": "+33939000001", "Body": body}
    signature = sign(f"{url}/twilio/sms", form, TOKEN)
    answer = httpx.post(f"{url}/twilio/sms", data=form, headers={"X-Twilio-Signature": signature}, timeout=20)
    assert answer.status_code == 200
    return "\n".join(message.text or "" for message in fromstring(answer.text))


def called(url: str) -> None:
    """A call that is answered, and ended by the caller."""
    form = {"CallSid": f"CA{uuid4().hex}", "From": NUMBER, "To": "+33939000001", "CallStatus": "ringing"}
    for path, status in (("/twilio/voice", "ringing"), ("/twilio/voice/status", "completed")):
        sent = {**form, "CallStatus": status}
        headers = {"X-Twilio-Signature": sign(url + path, sent, TOKEN)}
        assert httpx.post(url + path, data=sent, headers=headers, timeout=20).status_code < 300


def everything(redis: Redis) -> str:
    """All names and values of a Redis as one text."""
    kinds = {
        b"string": lambda key: redis.get(key),
        b"hash": lambda key: redis.hgetall(key),
        b"list": lambda key: redis.lrange(key, 0, -1),
        b"set": lambda key: redis.smembers(key),
        b"zset": lambda key: redis.zrange(key, 0, -1, withscores=True),
        b"stream": lambda key: redis.xrange(key),
    }
    return "\n".join(f"{key!r} {kinds[redis.type(key)](key)!r}" for key in redis.keys("*"))


def test_a_whole_conversation_leaves_nothing_readable(url: str, redis_server: MortalRedis, log: Path) -> None:
    for body in WRITTEN:
        texted(url, body)
    called(url)
    httpx.post(f"{url}/twilio/sms", data={"From": NUMBER, "Body": "Zoubida"})  # unsigned: refused, and logged
    with Redis(unix_socket_path=str(redis_server.socket)) as redis:
        kept = everything(redis)
    logged = log.read_text(encoding="utf-8", errors="replace")
    measured = httpx.get(f"{url}/metrics", timeout=20).text
    assert "voicebot:" in kept
    assert "webhook refused" in logged
    assert 'voicebot_events_total{what="texts"' in measured
    for secret in SECRETS:
        assert secret not in kept
        assert secret not in logged
        assert secret not in measured
    people = {key.split("{")[1].split("}")[0] for key in re.findall(r"{[0-9a-f]{24}}", kept)}
    assert people, "pseudonyms are in the store"
    assert not [one for one in people if one in logged or one in measured], "and nowhere else"


def test_every_line_of_the_log_is_one_json_object(url: str, log: Path) -> None:
    texted(url, "61 ans")
    httpx.post(f"{url}/twilio/sms", data={"From": NUMBER, "Body": "Zoubida"})  # unsigned: refused, and logged
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert lines
    assert all({"event", "level", "timestamp"} <= set(line) for line in lines)


@pytest.mark.parametrize("channel", ["voice", "keypad", "sms"])
async def test_the_first_words_tell_what_is_kept(channel: Channel) -> None:
    """One sentence, before anything is answered."""
    prompts = Prompts.load(PROMPTS)
    begins = Started("e1", 0.0, channel)
    _, actions = await advance(load_flows(FLOWS), {}, Session("s1", "p1"), begins)
    says = [action for action in actions if isinstance(action, Say)]
    said = " ".join(prompts.text(prompts.render(say, channel)) for say in says)
    assert said.count("est effacé après un jour.") == 1
