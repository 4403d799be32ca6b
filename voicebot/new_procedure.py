"""A new procedure, small and whole: its flow, sentences, choices, understanding and two conversations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

from voicebot.app import LOOKUPS
from voicebot.content import CHOICES, FLOWS, PROMPTS, check_all
from voicebot.datafile import raise_if_any
from voicebot.dialogue.meaning import Expecting
from voicebot.errors import DataError
from voicebot.nlu import Understanding
from voicebot.nlu.understanding import ASK
from voicebot.numbers import shown
from voicebot.prompts import Prompts
from voicebot.prompts.load import TOPICS

UNDERSTOOD: Final = Path("voicebot", "nlu", "fr")
CONVERSATIONS: Final = Path("tests", "fr", "conversations")
_TEMPLATES: Final = Path(__file__).parent / "flows" / "fr" / "new"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_ASKED_FOR: Final = "bonjour je voudrais demander {}"
#: What would end a sentence of YAML, begin a placeholder, or be read as two lines.
_UNWRITABLE: Final = re.compile(r"[\"\\{}$\n\r\t]")
_ARTICLE: Final = re.compile(r"^(?:l'|les? |la |une? |des |du |mon |ma |mes )", re.IGNORECASE)


@dataclass(frozen=True)
class NewProcedure:
    """What is asked of who begins a procedure.

    `name` names the files (carte_grise), `title` stands in sentences (la carte grise); `who` is called under
    `number`, which `source` tells. Raises DataError in one sentence for what cannot be used.
    """

    name: str
    title: str
    who: str
    number: str
    source: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise DataError(
                f"NAME: expected small letters, digits and _, beginning with a letter, got {self.name!r}; "
                "write it like carte_grise"
            )
        for field in ("title", "who", "source"):
            text = getattr(self, field)
            if not text.strip() or _UNWRITABLE.search(text):
                raise DataError(f"--{field}: expected a few words, got {text!r}; leave out quotes and braces")
        if shown(self.number) is None:
            raise DataError(f"--number: expected a telephone number, got {self.number!r}; write it like 3939")

    @property
    def words(self) -> Mapping[str, str]:
        """What stands in the templates."""
        number = _by_threes(shown(self.number) or self.number)
        return {
            "name": self.name,
            "title": self.title,
            "Title": self.title[0].upper() + self.title[1:],
            "bare": _ARTICLE.sub("", self.title),
            "who": self.who,
            "number": number,
            "digits": number.replace(" ", ""),
            "source": self.source,
        }


def begin(root: Path, new: NewProcedure) -> tuple[Path, ...]:
    """Write the files of `new` under `root`; which. Nothing stays if it does not pass our checks.

    Raises DataError: the name is taken, or a word of the title breaks a rule of plain language.
    """
    files = _files(root, new)
    taken = [path for path in files if path.exists()] or _named(root, new.name)
    if taken:
        raise DataError(
            f"NAME: expected a name that is not in use, {new.name!r} is (see {taken[0]}); choose another one"
        )
    raise_if_any(check_all(root, LOOKUPS))
    topics = root / PROMPTS / TOPICS
    before = topics.read_text(encoding="utf-8")
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        topics.write_text(before.rstrip("\n") + "\n" + _filled("topic", new), encoding="utf-8")
        raise_if_any(check_all(root, LOOKUPS)[:1])  # one sentence: the same word is wrong in several files
    except (OSError, DataError) as error:
        topics.write_text(before, encoding="utf-8")
        for path in files:
            path.unlink(missing_ok=True)
        raise DataError(f"{new.name} was not written. {error}") from error
    return (*files, topics)


def robbed(root: Path, name: str) -> tuple[str, ...]:
    """The other procedures whose own names are now understood as `name`, or nearly: too alike."""
    understanding = Understanding.load(root / UNDERSTOOD)
    topics = {topic: known.label for topic, known in Prompts.load(root / PROMPTS).topics.items()}

    def alike(label: str) -> bool:
        meaning = understanding.interpret(_ASKED_FOR.format(label), Expecting())
        near = (each.intent for each in meaning.alternatives if each.score >= ASK)
        return meaning.intent == name or (meaning.certainty != "sure" and name in near)

    return tuple(topic for topic, label in topics.items() if topic != name and alike(label))


def _by_threes(number: str) -> str:
    """Numbers of services are read by threes in our prompts: 0 806 001 620."""
    digits = number.replace(" ", "")
    service = len(digits) == 10 and digits.startswith("08")
    return f"0 {digits[1:4]} {digits[4:7]} {digits[7:]}" if service else number


def _files(root: Path, new: NewProcedure) -> dict[Path, str]:
    name = f"{new.name}.yaml"
    paths = {
        "flow": FLOWS / name,
        "prompts": PROMPTS / name,
        "choices": CHOICES / name,
        "intent": UNDERSTOOD / "intents" / name,
        "straight": CONVERSATIONS / f"{new.name}.straight.yaml",
        "human": CONVERSATIONS / f"{new.name}.human.yaml",
    }
    return {root / path: _filled(template, new) for template, path in paths.items()}


def _filled(template: str, new: NewProcedure) -> str:
    text = (_TEMPLATES / f"{template}.yaml").read_text(encoding="utf-8")
    return Template(text).substitute(new.words)


def _named(root: Path, name: str) -> list[Path]:
    """The list of topics when it already has one of this name."""
    topics = root / PROMPTS / TOPICS
    known = re.search(rf"^{name}:", topics.read_text(encoding="utf-8"), re.MULTILINE)
    return [topics] if known else []
