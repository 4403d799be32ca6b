"""Values as they are said or texted: digits one by one, telephone numbers in pairs, dates, amounts, names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from string import Formatter
from typing import Any, Literal

from voicebot.dialogue.meaning import Value
from voicebot.errors import PromptError
from voicebot.prompts.load import ByChannel, ConnectingWords, PromptEntry, Topic

Medium = Literal["voice", "sms"]

#: Amounts from here on are said as plain numbers: no question asks for such amounts.
_LARGEST_AMOUNT = 10**9


@dataclass(frozen=True)
class Saying:
    """What styles need besides the value: the names of things, the medium, the flow that is speaking."""

    words: ConnectingWords
    topics: Mapping[str, Topic]
    entries: Mapping[str, PromptEntry]
    medium: Medium
    flow: str

    def of(self, wordings: ByChannel) -> str:
        """The wording for this medium."""
        return wordings.sms if self.medium == "sms" else wordings.voice


@dataclass(frozen=True)
class _Filled:
    slot: str
    value: Value


class Filler(Formatter):
    """`str.format` without attributes, indexes or conversions, whose format specs are our styles."""

    def __init__(self, saying: Saying) -> None:
        self.saying = saying

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """The slot's value with its name. Raises PromptError if it is not known."""
        if field_name not in kwargs:
            raise PromptError(
                f"the prompt needs the slot {field_name!r}, which is not filled; "
                "ask for it before this step (`voicebot flows check` finds such steps)"
            )
        return _Filled(field_name, kwargs[field_name]), field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        """The value in the style `format_spec`."""
        style = _STYLES.get(format_spec)
        if style is None:
            raise PromptError(f"expected a style among {', '.join(sorted(_STYLES))}; got {format_spec!r}")
        return style(value, self.saying)

    def convert_field(self, value: Any, conversion: str | None) -> Any:
        """Conversions such as `!r` are refused."""
        if conversion:
            raise PromptError(f"expected {{slot}} or {{slot:style}}; got the conversion !{conversion}")
        return value


def label(key: str, topics: Mapping[str, Topic], entries: Mapping[str, PromptEntry]) -> str | None:
    """The name of a topic (`topics.rsa`), a question (`rsa.age`) or a choice (`rsa.logement.locataire`)."""
    group, _, rest = key.partition(".")
    if group == "topics":
        return topics[rest].label if rest in topics else None
    if key in entries:
        return entries[key].label or entries[key].texts["ask"]
    question, _, value = key.rpartition(".")
    return entries[question].options.get(value) if question in entries else None


def _plain(filled: _Filled, saying: Saying) -> str:
    value = filled.value
    if isinstance(value, float):
        return (str(int(value)) if value.is_integer() else str(value)).replace(".", saying.words.decimal)
    return str(value)


def _digits(filled: _Filled, saying: Saying) -> str:
    text = str(filled.value)
    return saying.of(saying.words.digits).join(text) if text.isdecimal() else text


def _pairs(filled: _Filled, saying: Saying) -> str:
    """An even number of digits in pairs; three digits, as in 115, are one number."""
    digits = re.sub(r"[\s.]", "", str(filled.value))
    if not digits.isdecimal() or len(digits) % 2 or (saying.medium == "sms" and len(digits) == 4):
        return str(filled.value)
    return saying.of(saying.words.pairs).join(digits[at : at + 2] for at in range(0, len(digits), 2))


def _euros(filled: _Filled, saying: Saying) -> str:
    if isinstance(filled.value, str) or not 0 <= filled.value < _LARGEST_AMOUNT:
        return _plain(filled, saying)
    words = saying.words.euros
    whole, cents = divmod(round(filled.value * 100), 100)
    if saying.medium == "sms":
        text = f"{whole}{saying.words.decimal}{cents:02}" if cents else str(whole)
        return words.sms.format(amount=text)
    form = words.cents if cents else words.one if whole == 1 else words.many
    return form.format(euros=whole, cents=cents)


def _date(filled: _Filled, saying: Saying) -> str:
    try:
        day = date.fromisoformat(str(filled.value))
    except ValueError:
        return str(filled.value)
    words = saying.words
    number = saying.of(words.first_day) if day.day == 1 else day.day
    return words.date.format(day=number, month=words.months[day.month - 1], year=day.year)


def _near_day(filled: _Filled, saying: Saying) -> str:
    """A day within the next few weeks, "2026-03-03": its weekday says more than its year."""
    try:
        day = date.fromisoformat(str(filled.value))
    except ValueError:
        return str(filled.value)
    words = saying.words
    number = saying.of(words.first_day) if day.day == 1 else day.day
    month = words.months[day.month - 1]
    return words.near_day.format(weekday=words.weekdays[day.weekday()], day=number, month=month)


def _hour(filled: _Filled, saying: Saying) -> str:
    """An hour of the day: 12.5 is half past twelve."""
    if isinstance(filled.value, str):
        return filled.value
    hour, minutes = divmod(round(filled.value * 60), 60)
    form = saying.words.hour_and if minutes else saying.words.hour
    return saying.of(form).format(hour=hour, minutes=f"{minutes:02}")


def _month(filled: _Filled, saying: Saying) -> str:
    """A month from 1 to 12, or a month of a year, "2026-03"."""
    written = re.fullmatch(r"(?:(\d{4})-)?0?([1-9]|1[0-2])", str(filled.value))
    if not written:
        return str(filled.value)
    year, month = written[1], saying.words.months[int(written[2]) - 1]
    return saying.words.month_of_year.format(month=month, year=year) if year else month


def _topic_label(filled: _Filled, saying: Saying) -> str:
    topic = saying.topics.get(str(filled.value))
    return topic.label if topic else str(filled.value)


def _topic_who(filled: _Filled, saying: Saying) -> str:
    topic = saying.topics.get(str(filled.value))
    return topic.who if topic else str(filled.value)


def _topic_number(filled: _Filled, saying: Saying) -> str:
    topic = saying.topics.get(str(filled.value))
    return _pairs(_Filled(filled.slot, topic.number if topic else filled.value), saying)


def _option(filled: _Filled, saying: Saying) -> str:
    """The name of a choice at the step named like the slot."""
    return _named(f"{saying.flow}.{filled.slot}.{filled.value}", filled, saying)


def _choice(filled: _Filled, saying: Saying) -> str:
    """The name of the choice whose label key is the slot's value."""
    return _named(str(filled.value), filled, saying)


def _named(key: str, filled: _Filled, saying: Saying) -> str:
    return label(key, saying.topics, saying.entries) or str(filled.value)


def _papers(filled: _Filled, saying: Saying) -> str:
    """Papers by their names, as a list."""
    names = [_named(f"documents.{paper}", filled, saying) for paper in str(filled.value).split(",")]
    listed = saying.words.listed
    *first, last = names
    return f"{listed.between.join(first)}{listed.last}{last}" if first else last


_STYLES: dict[str, Callable[[_Filled, Saying], str]] = {
    "": _plain,
    "choice": _choice,
    "date": _date,
    "day": _near_day,
    "digits": _digits,
    "euros": _euros,
    "hour": _hour,
    "label": _topic_label,
    "month": _month,
    "number": _topic_number,
    "option": _option,
    "pairs": _pairs,
    "papers": _papers,
    "phone": _pairs,
    "who": _topic_who,
}
