"""A new procedure from the pattern, or as a copy of another one, as the texts of its files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from string import Template
from typing import Any, Final

from anyascii import anyascii

from voicebot.datafile import read
from voicebot.datafile.yaml_edit import edited, in_braces, quoted
from voicebot.datafile.yaml_lines import parse
from voicebot.editing.checking import ReadFiles
from voicebot.editing.folder import Changes
from voicebot.editing.step_form import raw_flow, written_sentences
from voicebot.errors import DataError
from voicebot.packaged import packaged
from voicebot.prompts.load import TOPICS
from voicebot.telephony.phone_numbers import shown

_TEMPLATES: Final = packaged("flows", "fr", "new")
NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
#: Characters that would end a YAML string, begin a placeholder, or split a line.
_UNWRITABLE: Final = re.compile(r"[\"\\{}$\n\r\t]")
_ARTICLE: Final = re.compile(r"^(?:l'|les? |la |une? |des |du |mon |ma |mes )", re.IGNORECASE)


@dataclass(frozen=True)
class NewProcedure:
    """What an author must say about a new procedure.

    `name` names the files (carte_grise), `title` appears in sentences (la carte grise); `who` can be called
    at `number`, according to `source`. Raises DataError, in one sentence, for unusable values.
    """

    name: str
    title: str
    who: str
    number: str
    source: str

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise unusable("name", self.name, example=_as_name(self.name))
        for field in ("title", "who", "source"):
            text = getattr(self, field)
            if not text.strip() or _UNWRITABLE.search(text):
                raise unusable(field, text)
        if shown(self.number) is None:
            raise unusable("number", self.number)

    @property
    def words(self) -> Mapping[str, str]:
        """The values of the templates."""
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


def unusable(code: str, value: str, **words: str) -> DataError:
    """The error, in French: those who write procedures read it."""
    return DataError(_words()[code].format(value=" ".join(value.split()), **words))


def from_pattern(new: NewProcedure) -> Mapping[str, str]:
    """The files of a small complete procedure, by their paths in the folder; its topic is apart."""
    paths = {
        "flow": f"flows/{new.name}.yaml",
        "prompts": f"prompts/{new.name}.yaml",
        "choices": f"nlu/choices/{new.name}.yaml",
        "intent": f"nlu/intents/{new.name}.yaml",
        "straight": f"conversations/{new.name}.straight.yaml",
        "human": f"conversations/{new.name}.human.yaml",
    }
    return {path: filled(template, new) for template, path in paths.items()}


def filled(template: str, new: NewProcedure) -> str:
    """One file of the pattern."""
    text = (_TEMPLATES / f"{template}.yaml").read_text(encoding="utf-8")
    return Template(text).substitute(new.words)


def begun(read: ReadFiles, new: NewProcedure, like: str = "") -> Changes:
    """The files of a new procedure, by the pattern or `like` another one. Raises DataError for a taken name.

    A copy has the steps and sentences of the other one, and is asked for by the pattern's words.
    """
    if new.name in read.book.topics or raw_flow(read, new.name):
        raise unusable("taken", new.name, where="")
    files = dict(from_pattern(new))
    if like:
        files |= {path: text for path, text in _copied(read, like, new.name).items() if text}
        for path in [path for path in files if path.startswith(("conversations/", "nlu/choices/"))]:
            del files[path]
    topics = f"prompts/{TOPICS}"
    others = read.files.get(topics, "")
    return {**files, topics: (f"{others.rstrip()}\n" if others else "") + filled("topic", new)}


def _copied(read: ReadFiles, like: str, name: str) -> Mapping[str, str]:
    """The steps and sentences of `like` under another name."""
    own = re.compile(rf"(?<![\w.]){re.escape(like)}\.(?=[a-z])")
    flow = own.sub(f"{name}.", read.flow_text(like))

    def rename(data: Any) -> None:
        data["flow"] = name

    def say(data: Any) -> None:
        for key, item in written_sentences(read, like).items():
            data[key] = _block(item)

    def answer(data: Any) -> None:
        for question, ways in _answers(read).items():
            if question.startswith(f"{like}."):
                data[f"{name}.{question.partition('.')[2]}"] = quoted(ways)

    return {
        f"flows/{name}.yaml": edited(flow, rename),
        f"prompts/{name}.yaml": edited("", say),
        f"nlu/answers/{name}.yaml": edited("", answer),
    }


def _answers(read: ReadFiles) -> Mapping[str, Mapping[str, Any]]:
    """How people answer each question, from the packaged files and the association's."""
    paths = sorted((read.base.nlu[0] / "answers").glob("*.yaml"))
    texts = [path.read_text(encoding="utf-8") for path in paths]
    texts += [text for path, text in read.files.items() if path.startswith("nlu/answers/")]
    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        for question, ways in (parse(text)[0] or {}).items():
            known = found.setdefault(str(question), {})
            for value, said in (ways or {}).items():
                known[str(value)] = [*known.get(str(value), ()), *(said or ())]
    return found


def _block(item: Mapping[str, Any]) -> Any:
    made = in_braces(item)
    made.fa.set_block_style()
    return made["ask"] if set(item) == {"ask"} else made


def _as_name(text: str) -> str:
    """A name of files like `text`."""
    words = re.findall(r"[a-z0-9]+", anyascii(text).lower())
    name = "_".join(words).lstrip("0123456789_")
    return name or "carte_grise"


@cache
def _words() -> Mapping[str, str]:
    found: Mapping[str, str] = read(packaged("editing", "fr", "words.yaml")).data["unusable"]
    return found


def _by_threes(number: str) -> str:
    """In our prompts, numbers of services are read in threes: 0 806 001 620."""
    digits = number.replace(" ", "")
    service = len(digits) == 10 and digits.startswith("08")
    return f"0 {digits[1:4]} {digits[4:7]} {digits[7:]}" if service else number
