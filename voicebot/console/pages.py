"""Fills in the templates. The French is in the templates and in fr/words.yaml, never in Python."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from voicebot.datafile import raise_if_any, read
from voicebot.packaged import packaged

_HERE: Final = packaged("console")
STATIC: Final = _HERE / "static"
#: The path at which the console is served; its links all begin with it.
ROOT: Final = "/mediation"
PARIS: Final = ZoneInfo("Europe/Paris")
_SPACED_SIGN: Final = re.compile(r" (?=[?!:;»])")
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86400


@cache
def words() -> Mapping[str, Any]:
    """The French of the console, from every file in `fr`: names of states and reasons, and messages."""
    data: dict[str, Any] = {}
    for path in sorted((_HERE / "fr").glob("*.yaml")):
        file = read(path)
        raise_if_any(file.findings)
        for name, value in file.data.items():  # what two files name is in both
            data[name] = {**data[name], **value} if name in data else value
    return data


class Pages:
    """Fills in templates; times are shown in Paris time."""

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
            ticking=ticking,
            stamp=stamp,
            thousands=thousands,
            typeset=typeset,
            week=week,
        )

    def fill(self, template: str, context: Mapping[str, Any]) -> str:
        """The template filled in from `context`; an undefined name raises, so that no page shows a gap."""
        return self._jinja.get_template(template).render(context)


@cache
def static_address(name: str) -> str:
    """The address of a static file, which changes with its content: browsers cache it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"{ROOT}/static/{name}?v={digest}"


def local(at: float) -> datetime:
    """Unix seconds as Paris time."""
    return datetime.fromtimestamp(at, PARIS)


def clock_time(at: float) -> str:
    """The time of day: "14 h 05"."""
    return local(at).strftime(words()["time"]["clock"])


def day(at: float) -> str:
    """The day: "3 mars 2026"."""
    when = local(at)
    return f"{when.day} {words()['time']['months'][when.month - 1]} {when.year}"


def written_date(iso: str) -> str:
    """2026-03-03 as "3 mars 2026"."""
    return day(start_of(iso))


def start_of(iso: str) -> float:
    """When the day 2026-03-03 began in Paris, in Unix seconds."""
    return datetime.fromisoformat(iso).replace(tzinfo=PARIS).timestamp()


def week(iso: str) -> str:
    """2026-W05 as "semaine du 26 janvier 2026"."""
    year, _, number = iso.partition("-W")
    monday = date.fromisocalendar(int(year), int(number), 1)
    return str(words()["time"]["week"]).format(day=written_date(monday.isoformat()))


def moment(at: float) -> str:
    """Day and time."""
    return str(words()["time"]["moment"]).format(day=day(at), clock=clock_time(at))


def since(seconds: float) -> str:
    """How long ago: "moins d'une minute", "12 min", "3 h 05", "2 j"."""
    forms = words()["time"]["since"]
    whole = int(max(0, seconds))
    if whole < _MINUTE_S:
        return str(forms["now"])
    if whole < _HOUR_S:
        return str(forms["minutes"]).format(minutes=whole // _MINUTE_S)
    if whole < _DAY_S:
        return str(forms["hours"]).format(hours=whole // _HOUR_S, minutes=whole % _HOUR_S // _MINUTE_S)
    return str(forms["days"]).format(days=whole // _DAY_S)


def ticking(seconds: float) -> str:
    """How long somebody has held the line: "2:05"."""
    whole = int(max(0, seconds))
    return f"{whole // _MINUTE_S}:{whole % _MINUTE_S:02d}"


def spaced_number(number: str) -> str:
    """A French number as people read it: 06 12 34 56 78."""
    if not number:
        return ""
    national = "0" + number[3:] if number.startswith("+33") else number
    return (
        " ".join(national[at : at + 2] for at in range(0, len(national), 2)) if national[0] == "0" else number
    )


def named(code: str | None, names: Mapping[str, Any]) -> str:
    """The French for `code`; a code without a name is shown as it is, so that nothing disappears."""
    return str(names.get(code or "", code or ""))


def capitalised(text: str) -> str:
    """With a capital first letter and the rest unchanged."""
    return text[:1].upper() + text[1:]


def stamp(at: float) -> str:
    """The moment in machine-readable form, for `<time datetime>`."""
    return local(at).isoformat(timespec="seconds")


def thousands(number: int) -> str:
    """1288 as "1 288", with a narrow no-break space."""
    return f"{number:,}".replace(",", "\u202f")


def typeset(text: str) -> str:
    """French text as printed: no line begins with a punctuation mark that takes a space before it."""
    return _SPACED_SIGN.sub("\u202f", text)
