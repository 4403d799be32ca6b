"""The templates filled in. French stands in the templates and in fr/words.yaml, never in Python."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from voicebot.datafile import raise_if_any, read

_HERE: Final = Path(__file__).parent
STATIC: Final = _HERE / "static"
#: Where the console is served; its pages name each other from here.
ROOT: Final = "/mediation"
PARIS: Final = ZoneInfo("Europe/Paris")
_SPACED_SIGN: Final = re.compile(r" (?=[?!:;»])")
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86400


@cache
def words() -> Mapping[str, Any]:
    """The French of the console: names of states, priorities, reasons, messages."""
    file = read(_HERE / "fr" / "words.yaml")
    raise_if_any(file.findings)
    data: Mapping[str, Any] = file.data
    return data


class Pages:
    """Fills in templates; times are shown as in Paris."""

    def __init__(self) -> None:
        loader = FileSystemLoader(_HERE / "templates")
        autoescape = select_autoescape(["html", "svg"])
        self._jinja = Environment(
            loader=loader,
            autoescape=autoescape,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.globals.update(words=words(), root=ROOT, static=static_address)
        self._jinja.filters.update(
            capitalised=capitalised,
            clock=clock_time,
            date=written_date,
            day=day,
            moment=moment,
            named=named,
            number=spaced_number,
            since=since,
            stamp=stamp,
            thousands=thousands,
            typeset=typeset,
        )

    def fill(self, template: str, context: Mapping[str, Any]) -> str:
        """The template with `context`; an undefined name raises, so that no page shows a hole."""
        return self._jinja.get_template(template).render(context)


@cache
def static_address(name: str) -> str:
    """The address of a static file, different when its content is: browsers keep it for good."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"{ROOT}/static/{name}?v={digest}"


def local(at: float) -> datetime:
    """Unix seconds as the time in Paris."""
    return datetime.fromtimestamp(at, PARIS)


def clock_time(at: float) -> str:
    """The time of day: 14 h 05."""
    return local(at).strftime(words()["time"]["clock"])


def day(at: float) -> str:
    """The day: 3 mars 2026."""
    when = local(at)
    return f"{when.day} {words()['time']['months'][when.month - 1]} {when.year}"


def written_date(iso: str) -> str:
    """2026-03-03 as 3 mars 2026."""
    return day(datetime.fromisoformat(iso).replace(tzinfo=PARIS).timestamp())


def moment(at: float) -> str:
    """Day and time."""
    return str(words()["time"]["moment"]).format(day=day(at), clock=clock_time(at))


def since(seconds: float) -> str:
    """How long: "moins d'une minute", "12 min", "3 h 05", "2 j"."""
    forms = words()["time"]["since"]
    whole = int(max(0, seconds))
    if whole < _MINUTE_S:
        return str(forms["now"])
    if whole < _HOUR_S:
        return str(forms["minutes"]).format(minutes=whole // _MINUTE_S)
    if whole < _DAY_S:
        return str(forms["hours"]).format(hours=whole // _HOUR_S, minutes=whole % _HOUR_S // _MINUTE_S)
    return str(forms["days"]).format(days=whole // _DAY_S)


def spaced_number(number: str) -> str:
    """A French number as it is read: 06 12 34 56 78."""
    if not number:
        return ""
    national = "0" + number[3:] if number.startswith("+33") else number
    return (
        " ".join(national[at : at + 2] for at in range(0, len(national), 2)) if national[0] == "0" else number
    )


def named(code: str | None, names: Mapping[str, Any]) -> str:
    """The French for `code`; a code without a name shows itself, so that nothing disappears."""
    return str(names.get(code or "", code or ""))


def capitalised(text: str) -> str:
    """With a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def stamp(at: float) -> str:
    """The moment for machines that read the page."""
    return local(at).isoformat(timespec="seconds")


def thousands(number: int) -> str:
    """1288 as 1 288, with a narrow space that does not break."""
    return f"{number:,}".replace(",", "\u202f")


def typeset(text: str) -> str:
    """French text as it is printed: no line begins with a sign that a space stands before."""
    return _SPACED_SIGN.sub("\u202f", text)
