"""The sentences on which understanding is measured: those seen while tuning, and those never seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from voicebot import datafile
from voicebot.dialogue.meaning import NO_INTENT
from voicebot.nlu import vocabulary
from voicebot.nlu.normalise import plain
from voicebot.nlu.understanding import PACKAGED

DEVELOPMENT = Path(__file__).parent.parent / "tests" / "fr" / "utterances"
HELD_OUT = Path(__file__).parent.parent / "tests" / "fr" / "evaluation"
#: The spoken part of the development set, as a recognizer wrote it (benchmarks/heard.py).
HEARD_DEVELOPMENT = DEVELOPMENT.parent / "heard.yaml"
MIXED_DEVELOPMENT = DEVELOPMENT.parent / "mixed.yaml"

HEARD, MIXED, OUT_OF_DOMAIN, COMMANDS = "heard", "mixed", "out of domain", "commands"
#: Out-of-domain sentences, as a recognizer wrote them.
HEARD_OUT_OF_DOMAIN = "out of domain, heard"


@dataclass(frozen=True)
class HeardAs:
    """How a recognizer arrived at a text: what was said, by which voice over which noise, its confidence."""

    said: str
    voice: str
    noise_db: float
    confidence: float
    others: tuple[str, ...]


@dataclass(frozen=True)
class Sentence:
    """What somebody says, how, and which intents they mean: two if mixed, NO_INTENT if out of domain."""

    text: str
    style: str
    channel: str
    meant: tuple[str, ...]
    heard: HeardAs | None = None


#: Styles of the held-out set in the order shown; MIXED and OUT_OF_DOMAIN are separate.
STYLES = ("plain", "complaint", "learner", "sms", HEARD)


def examples() -> list[tuple[str, str]]:
    """The training sentences with their labels."""
    return list(vocabulary.read(PACKAGED).examples())


def held_out(folder: Path = HELD_OUT) -> list[Sentence]:
    """Everything that is never looked at while tuning."""
    said = [each for style in STYLES for each in _styled(folder / f"{style}.yaml", style)]
    return [*said, *_mixed(folder / "mixed.yaml"), *_out_of_domain(folder)]


def development() -> list[Sentence]:
    """What may be looked at, without training examples, which would measure memory."""
    trained = {plain(text) for text, _ in examples()}
    unseen = [each for each in _developed() if each.style == COMMANDS or plain(each.text) not in trained]
    return [*unseen, *map(_strange, _styled(HEARD_DEVELOPMENT, HEARD)), *_mixed(MIXED_DEVELOPMENT)]


def _strange(heard: Sentence) -> Sentence:
    return replace(heard, style=HEARD_OUT_OF_DOMAIN) if heard.meant == (NO_INTENT,) else heard


def _styled(path: Path, style: str) -> Iterator[Sentence]:
    data = datafile.read(path).data if path.exists() else {"sentences": {}}
    for intent, texts in data["sentences"].items():
        for text in texts:
            if isinstance(text, str):
                yield Sentence(text, style, data["channel"], (intent,))
            else:
                yield _heard(text, style, data["channel"], intent)


def _heard(row: dict[str, Any], style: str, channel: str, intent: str) -> Sentence:
    heard = HeardAs(row["said"], row["voice"], row["noise_db"], row["confidence"], tuple(row["others"]))
    return Sentence(row["text"], style, channel, (intent,), heard)


def _mixed(path: Path) -> Iterator[Sentence]:
    for channel, rows in datafile.read(path).data.items():
        for row in rows:
            yield Sentence(row["text"], MIXED, channel, tuple(row["intents"]))


def _out_of_domain(folder: Path) -> Iterator[Sentence]:
    for channel, kinds in datafile.read(folder / "out_of_domain.yaml").data.items():
        for texts in kinds.values():
            for text in texts:
                yield Sentence(text, OUT_OF_DOMAIN, channel, (NO_INTENT,))


def _developed() -> Iterator[Sentence]:
    for path in sorted(DEVELOPMENT.glob("*.yaml")):
        data = dict(datafile.read(path).data)
        name, texted = data.pop("intent", None), data.pop("sms", {})
        voice, sms = ({name: data["voice"]}, {name: texted}) if name else (data, texted)
        for channel, sets in (("voice", voice), ("sms", sms)):
            for intent, texts in sets.items():
                style = COMMANDS if not name else OUT_OF_DOMAIN if name == NO_INTENT else channel
                yield from (Sentence(text, style, channel, (intent,)) for text in texts)
