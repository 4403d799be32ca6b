"""What is said in training, as it is spoken and as it shall be written: answers at random, and sentences.

Numbers are spoken as words, in the ways people group them, and written as digits, whole. Nothing of what
understanding is measured on is used: no sentence of the development sets or of tests/fr/evaluation.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from num2words import num2words
from text_to_num import alpha2digit

from voicebot import datafile
from voicebot.nlu import vocabulary
from voicebot.nlu.understanding import PACKAGED
from voicebot.packaged import PROMPTS
from voicebot.speech.spoken import spoken

ANSWERS: Final = Path(__file__).with_name("answers.yaml")
GENERAL: Final = Path(__file__).with_name("general.txt")
Draw = np.random.Generator
#: Spoken, and written.
Value = tuple[str, str]

#: How often each kind of answer is drawn, relative to the others.
SHARES: Final = {
    "age": 10, "number": 12, "amount": 8, "date": 9, "postal_code": 8, "phone": 7, "month": 6, "day": 3,
    "hour": 3, "code": 4, "town": 6, "office": 8, "yes_no": 10, "command": 7, "choice": 8,
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One utterance: its `kind`, how a voice says it and how it is written."""

    kind: str
    spoken: str
    written: str


def answers(count: int, draw: Draw) -> list[Line]:
    """`count` answers of all kinds."""
    kinds, shares = list(SHARES), np.array(list(SHARES.values()), float)
    return [answer(kind, draw) for kind in draw.choice(kinds, count, p=shares / shares.sum())]


def answer(kind: str, draw: Draw) -> Line:
    """One answer of that kind."""
    whole = _file()["whole"].get(kind)
    if whole:
        said = str(draw.choice(whole))
        return Line(kind, spoken(said), finished(said))
    frame = str(draw.choice(_file()["around"][kind]))
    said, written = _VALUES[kind](draw)
    return Line(
        kind,
        _contracted(spoken(frame).replace("{}", said)),
        finished(_contracted(frame.replace("{}", written))),
    )


def requests() -> list[Line]:
    """The sentences that understanding learns from, as they are spoken; text messages are left out."""
    words = vocabulary.read(PACKAGED)
    said = [
        *(text for intent in words.intents for text in intent.utterances),
        *(text for command in words.commands.values() for text in (*command.words, *command.utterances)),
        *words.lures.utterances,
    ]
    return [written_out("request", text) for text in dict.fromkeys(said) if is_speech(text)]


def wordings() -> list[Line]:
    """How people answer our questions, out of `nlu/fr/answers`, as far as it is written as French is.

    What is misspelled on purpose (text messages, learners) would teach the recognizer to misspell: kept is
    what holds only words of our other sentences.
    """
    known = {word for line in (*requests(), *general()) for word in _words(line.written)}
    known.update(word for path in sorted(PROMPTS.glob("*.yaml")) for word in _words(path.read_text("utf-8")))
    answers = vocabulary.read(PACKAGED).answers.values()
    said = [text for each in answers for texts in each.values() for text in texts]
    return [
        written_out("wording", text)
        for text in dict.fromkeys(said)
        if len(text.split()) > 1 and is_speech(text) and known.issuperset(_words(text))
    ]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())


def general(path: Path = GENERAL) -> list[Line]:
    """Everyday French that has nothing to do with our work, so that the rest is not forgotten."""
    return [written_out("general", text) for text in path.read_text("utf-8").splitlines() if text.strip()]


def written_out(kind: str, text: str) -> Line:
    """`text` spoken as words and written with digits and acronyms."""
    digits = str(alpha2digit(text, "fr"))
    return Line(kind, spoken(text), finished(text if _ARTICLE.search(digits) else digits))


#: "un deux pièces" is no "1 2 pièces".
_ARTICLE: Final = re.compile(r"\b1 \d")


def finished(text: str) -> str:
    """A capital first, known acronyms in capitals, and a stop, as Whisper writes."""
    said = _acronyms().sub(lambda match: _ACRONYMS.get(match[0].lower(), match[0].upper()), text.strip())
    said = said[:1].upper() + said[1:]
    return said if said[-1:] in ".!?…" else f"{said}."


def is_speech(text: str) -> bool:
    """False for what is only texted ("jveu le rsa stp koi fer")."""
    return not any(word in _texted() for word in re.findall(r"[\w'’]+", text.lower()))


#: Short forms that are said as well.
_SPOKEN_TOO: Final = frozenset({"ok", "a", "y", "on", "ya", "chuis", "t'es", "ça"})
_ACRONYMS: Final = {"vitale": "Vitale", "france travail": "France Travail", "ameli": "Ameli"}


@cache
def _acronyms() -> re.Pattern[str]:
    spelled = vocabulary.read(PACKAGED).acronyms.spelled
    ambiguous = {"are", "ass"}
    known = sorted({*spelled, *_ACRONYMS} - ambiguous, key=len, reverse=True)
    return re.compile(
        rf"(?<![\w'-])(?<!\bd')(?:{'|'.join(known)})(?!\w)|(?<=\bl')(?:{'|'.join(known)})(?!\w)", re.I
    )


def _contracted(text: str) -> str:
    for apart, together in _file()["contractions"].items():
        text = text.replace(apart, together)
    return text


@cache
def _texted() -> frozenset[str]:
    short = datafile.read(PACKAGED / "sms.yaml").data
    return frozenset(word for word in short if not word.isdigit()) - _SPOKEN_TOO


@cache
def _file() -> Any:
    return datafile.read(ANSWERS).data


@cache
def _towns() -> tuple[str, ...]:
    with gzip.open(PACKAGED / "communes.csv.gz", "rt", encoding="utf-8") as file:
        return tuple(row[0] for row in csv.reader(file))[1:]


def words(number: int) -> str:
    """A number as it is said."""
    return str(num2words(number, lang="fr"))


def _whole(number: int) -> Value:
    return words(number), str(number)


def _age(draw: Draw) -> Value:
    return _whole(int(draw.integers(0, 105) if draw.random() < 0.5 else draw.integers(55, 100)))


def _number(draw: Draw) -> Value:
    if draw.random() < 0.6:
        return _whole(int(draw.integers(0, 101)))
    return _whole(int(10 ** draw.uniform(1.5, 6)))


def _amount(draw: Draw) -> Value:
    value = int(10 ** draw.uniform(0.7, 3.7))
    return _whole(value if draw.random() < 0.5 else max(10, round(value, -1)))


def _date(draw: Draw) -> Value:
    day, month = int(draw.integers(1, 32)), int(draw.integers(1, 13))
    year = int(draw.integers(1925, 2027))
    short = year < 2000 and draw.random() < 0.2
    spoken_year, written_year = (
        (words(year % 100), str(year % 100)) if short else (_year(year, draw), str(year))
    )
    if draw.random() < 0.15:
        numbers = (_two(day), _two(month))
        return (
            f"{numbers[0][0]}, {numbers[1][0]}, {spoken_year}",
            f"{numbers[0][1]}/{numbers[1][1]}/{written_year}",
        )
    name = _file()["values"]["month"][month - 1]
    said, written = ("premier", "1er") if day == 1 else _whole(day)
    if draw.random() < 0.2:
        return f"{said} {name}", f"{written} {name}"
    return f"{said} {name} {spoken_year}", f"{written} {name} {written_year}"


def _year(year: int, draw: Draw) -> str:
    if year < 2000 and draw.random() < 0.4:
        return f"dix-neuf cent {words(year % 100)}" if year % 100 else "dix-neuf cents"
    return words(year)


def _two(number: int) -> Value:
    return (f"zéro {words(number)}" if number < 10 else words(number)), f"{number:02}"


def _postal_code(draw: Draw) -> Value:
    first, way = f"{draw.integers(1, 96):02}", draw.random()
    last = str(draw.choice(["000", "100", "200", "300", "400", "500", f"{draw.integers(0, 1000):03}"]))
    code = first + last
    start = _two(int(first))[0]
    if way < 0.25:
        return ", ".join(words(int(digit)) for digit in code), code
    if way < 0.5 and first[0] != "0":
        return words(int(code)), code
    if way < 0.7 and last[0] != "0":
        return f"{start}, {words(int(last[0]))}, {_two(int(last[1:]))[0]}", code
    return f"{start} {_three(last)}", code


def _three(digits: str) -> str:
    if digits == "000":
        return words(1000)
    zeros = len(digits) - len(digits.lstrip("0"))
    return " ".join(["zéro"] * zeros + [words(int(digits))])


def _phone(draw: Draw) -> Value:
    if draw.random() < 0.12:
        number = str(
            draw.choice(["3646", "3949", "3960", "3230", "3939", "115", "119", "3114", "3919", "3975"])
        )
        pairs = re.findall("..", number) if len(number) == 4 else [number]
        return " ".join(words(int(pair)) for pair in pairs), number
    first = draw.choice(
        ["06", "07", "01", "02", "03", "04", "05", "09"], p=[0.4, 0.3, 0.08, 0.04, 0.05, 0.06, 0.04, 0.03]
    )
    pairs = [first, *(f"{pair:02}" for pair in draw.integers(0, 100, 4))]
    if draw.random() < 0.2:
        said = " ".join(words(int(digit)) for pair in pairs for digit in pair)
    else:
        breath = str(draw.choice([" ", ", "]))
        said = breath.join(_two(int(pair))[0] if pair != "00" else "zéro zéro" for pair in pairs)
    return said, " ".join(pairs)


def _hour(draw: Draw) -> Value:
    if draw.random() < 0.2:
        said = str(draw.choice(_file()["values"]["hour"]))
        return said, said
    hour, minute = int(draw.integers(1, 24)), int(draw.choice([0, 0, 0, 15, 30, 45]))
    said = f"{spoken(f'{hour} h')}" + (f" {words(minute)}" if minute else "")
    if minute == 30 and draw.random() < 0.5:
        said = said.replace("trente", "et demie") if hour != 30 else said
    return said, f"{hour} h" + (f" {minute}" if minute else "")


def _code(draw: Draw) -> Value:
    digits = [str(digit) for digit in draw.integers(0, 10, draw.choice([4, 4, 4, 5, 6]))]
    if len(digits) == 4 and draw.random() < 0.35:
        pairs = ["".join(digits[:2]), "".join(digits[2:])]
        return ", ".join(_two(int(pair))[0] if pair != "00" else "zéro zéro" for pair in pairs), " ".join(
            pairs
        )
    breath = str(draw.choice([", ", " "]))
    return breath.join(words(int(digit)) for digit in digits), " ".join(digits)


def _town(draw: Draw) -> Value:
    name = str(draw.choice(_towns()))
    return name, name


def _listed(kind: str) -> Callable[[Draw], Value]:
    def value(draw: Draw) -> Value:
        said = str(draw.choice(_file()["values"][kind]))
        return spoken(said), said

    return value


_VALUES: Final[dict[str, Callable[[Draw], Value]]] = {
    "age": _age,
    "number": _number,
    "amount": _amount,
    "date": _date,
    "postal_code": _postal_code,
    "phone": _phone,
    "month": _listed("month"),
    "day": _listed("day"),
    "hour": _hour,
    "code": _code,
    "town": _town,
    "office": _listed("office"),
}
