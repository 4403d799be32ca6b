"""What a procedure costs by text: how many texts to send, and how many segments to pay for.

Each procedure is walked by somebody who always answers "1", and otherwise the shortest that is asked for.
`pytest -s` prints the table of docs/benchmarks.md.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median

import httpx
import pytest
from redis.asyncio import Redis

from tests.texting import ORIGIN, Clock, Texting, texted_app, texted_service
from voicebot.channels.service import Service
from voicebot.dialogue.codec import from_dict
from voicebot.dialogue.flow import Flows
from voicebot.dialogue.meaning import Expecting
from voicebot.nlu import Understanding
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.telephony.sms_text import segments

MOST_TEXTS, MOST_SEGMENTS, MEDIAN_TEXTS, MEDIAN_SEGMENTS = 10, 14, 6, 8
#: What is answered where "1" says nothing.
ANSWERS = {"age": "35", "postal_code": "93200", "town": "Calais", "amount": "600", "date": "12/03/2027"}
#: These are no procedures: a danger, a rehearsal of another one, the help of a code by telephone.
NO_PROCEDURE = {"urgence", "entrainement", "mon_dossier", "suivi", "accueil", "cloture", "rappel", "caf"}
#: An estimate of all rights asks about everything.
LONGER = {"droits": 12}
#: What these are named like leads to a choice between two.
FIRST = {"acces_numerique": "adresse mail je sai pa faire", "energie": "cheque energie perdu"}
_LONGEST = 30


@pytest.fixture
def service(
    redis: Redis,
    privacy: Privacy,
    understanding: Understanding,
    flows: Flows,
    prompts: Prompts,
    tmp_path: Path,
) -> Service:
    return texted_service(redis, privacy, understanding, flows, prompts, tmp_path, Clock())


async def test_a_procedure_takes_few_texts_and_few_segments(
    service: Service, flows: Flows, capsys: pytest.CaptureFixture[str]
) -> None:
    transport = httpx.ASGITransport(texted_app(service))
    costs: dict[str, tuple[int, int]] = {}
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        for number, topic in enumerate(sorted(flows.by_name.keys() - NO_PROCEDURE)):
            costs[topic] = await _walked(Texting(client, f"+3363998{number:04}"), service, topic)
    with capsys.disabled():
        print(_table(costs))
    for topic, (texts, paid) in costs.items():
        assert texts <= LONGER.get(topic, MOST_TEXTS), topic
        assert paid <= MOST_SEGMENTS, topic
    assert median(texts for texts, _ in costs.values()) <= MEDIAN_TEXTS
    assert median(paid for _, paid in costs.values()) <= MEDIAN_SEGMENTS


async def _walked(texting: Texting, service: Service, topic: str) -> tuple[int, int]:
    """Texts sent and segments received until nothing is asked any more."""
    person, sessions = service.privacy.pseudonym(texting.of), service.runner.sessions
    texts, paid = 0, 0
    said = FIRST.get(topic) or service.prompts.label(f"topics.{topic}")
    for _ in range(_LONGEST):
        received = await texting.messages(said)
        assert received, (topic, said)
        assert all(segments(each) == 1 for each in received), (topic, said, received)
        texts, paid = texts + 1, paid + len(received)
        latest = await sessions.resumable(person)
        waits = service.runner.expecting(from_dict(latest)) if latest else Expecting()
        if waits.kind == "intent":
            return texts, paid
        said = ANSWERS.get(waits.kind, "1")
    raise AssertionError(f"{topic}: expected an end within {_LONGEST} texts")


def _table(costs: dict[str, tuple[int, int]]) -> str:
    rows = "".join(f"| {topic} | {texts} | {paid} |\n" for topic, (texts, paid) in costs.items())
    middle = [median(each[at] for each in costs.values()) for at in (0, 1)]
    head = "\n| procedure | texts to send | segments to pay for |\n|---|---|---|\n"
    return f"{head}{rows}| median | {middle[0]:g} | {middle[1]:g} |\n"
