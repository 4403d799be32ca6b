"""The report on one activity ("compte rendu d'activité"), filled in from the conversation. Pure.

Its categories are those that digital mediators commonly use; they are in fr/words.yaml.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from voicebot.console.forms import Form
from voicebot.console.pages import day, words
from voicebot.console.reading import Answer

#: How much the person does alone, from nothing to everything; "" as long as nobody has said so.
Autonomy = Literal["", "accompanied", "partly", "autonomous"]


@dataclass(frozen=True)
class Report:
    """The form's checkboxes, by their codes."""

    themes: frozenset[str] = frozenset()
    equipment: frozenset[str] = frozenset()
    autonomy: Autonomy = ""
    orientation: frozenset[str] = frozenset()
    anonymous: bool = True


@dataclass(frozen=True)
class Activity:
    """What the report is about. `at` is in Unix seconds; `place` and `outcome` may be ""."""

    at: float
    """Unix seconds."""
    topic: str | None
    subject: str
    reason: str
    channel: str
    place: str
    outcome: str
    answers: Sequence[Answer]
    level: str = ""


#: The result of the digital needs check, in the report's terms.
_AUTONOMY: Final[Mapping[str, Autonomy]] = {
    "autonome": "autonomous",
    "accompagne": "partly",
    "eloigne": "accompanied",
}


def filled(activity: Activity) -> Report:
    """Only what was said: the subject, a danger, where the person was sent, the level of a needs check."""
    theme = words()["report"]["topics"].get(activity.topic or "")
    danger = {"emergency"} if activity.reason == "danger" else set()
    oriented = {"administration"} if activity.outcome == "oriented" else set()
    return Report(
        themes=frozenset({theme} if theme else ()),
        autonomy=_AUTONOMY.get(activity.level, ""),
        orientation=frozenset(danger | oriented),
    )


def checked(form: Form) -> Report:
    """What a mediator ticked; unknown codes are ignored."""
    lists = words()["report"]
    autonomy = form.text("autonomy")
    return Report(
        _known(form.every("themes"), lists["themes"]),
        _known(form.every("equipment"), lists["equipment"]),
        next((level for level in get_args(Autonomy) if level == autonomy), ""),
        _known(form.every("orientation"), lists["orientation"]),
        form.ticked("anonymous"),
    )


def written(activity: Activity, report: Report) -> str:
    """The report as plain text, one line per heading. An anonymous one leaves out place and answers."""
    return "\n".join(_lines(activity, report))


def _lines(activity: Activity, report: Report) -> Iterator[str]:
    forms, lists = words()["report"]["text"], words()["report"]
    yield forms["title"].format(day=day(activity.at))
    yield forms["channel"].format(channel=words()["channels"].get(activity.channel, activity.channel))
    yield forms["themes"].format(list=_listed(report.themes, lists["themes"]))
    yield forms["subject"].format(subject=activity.subject)
    yield forms["equipment"].format(list=_listed(report.equipment, lists["equipment"]))
    yield forms["autonomy"].format(level=lists["autonomy"].get(report.autonomy, forms["unknown"]))
    yield forms["orientation"].format(list=_listed(report.orientation, lists["orientation"]))
    if activity.place and not report.anonymous:
        yield forms["place"].format(place=activity.place)
    if activity.answers and not report.anonymous:
        told = " ; ".join(f"{answer.question} : {answer.text}" for answer in activity.answers)
        yield forms["answers"].format(answers=told)
    if activity.outcome:
        yield forms["outcome"].format(outcome=words()["outcomes"].get(activity.outcome, activity.outcome))


def _listed(codes: Collection[str], names: Mapping[str, Any]) -> str:
    told = [str(name) for code, name in names.items() if code in codes]
    return ", ".join(told) or str(words()["report"]["text"]["unknown"])


def _known(codes: Iterable[str], names: Collection[str]) -> frozenset[str]:
    return frozenset(code for code in codes if code in names)
