"""Opening hours, closed days, and notices for the mediators: for administrators."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time

from fastapi import HTTPException, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.console.pages import local
from voicebot.store.opening import Week

_LONGEST_NOTICE = 300


def routes(desk: Desk) -> list[BaseRoute]:
    """`/hours` and its forms."""
    hours, guard = _Hours(desk), desk.guard
    forms = {
        "/hours": hours.change_week,
        "/hours/close": hours.close_day,
        "/hours/open": hours.open_day,
        "/hours/notices": hours.add_notice,
        "/hours/notices/{id}/remove": hours.remove_notice,
    }
    actions = [guard.action(path, act, "administrator") for path, act in forms.items()]
    return [guard.page("/hours", hours.show, "administrator"), *actions]


@dataclass(frozen=True)
class _Hours:
    desk: Desk

    async def show(self, request: Request, visitor: Visitor, wrong: str = "", text: str = "") -> Response:
        """The week, the closed days and the notices."""
        today, week = self._today(), await self.desk.opening.week()
        return self.desk.show(
            request,
            visitor,
            "hours.html",
            422 if wrong else 200,
            wrong=wrong,
            text=text,
            today=today,
            week=week,
            halves=[*([_clock(start), _clock(end)] for start, end in week.spans), ["", ""], ["", ""]][:2],
            closed=[day for day in week.closed if day >= today],
            notices=await self.desk.notices.on(today),
        )

    async def change_week(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Change some weekdays to two spans; a span left empty does not count."""
        days = tuple(day for day in range(7) if str(day) in form.every("days"))
        spans = [(form.text(f"from{half}"), form.text(f"until{half}")) for half in (0, 1)]
        read = [(_hour(start), _hour(end)) for start, end in spans if start or end]
        known = [(start, end) for start, end in read if start is not None and end is not None]
        if len(known) < len(read) or not _in_order(known):
            return await self.show(request, visitor, "hours")
        await self.desk.opening.change(lambda week: _changed(week, days, known, form.ticked("holidays")))
        return await self._done(visitor, "hours_changed", "hours_saved")

    async def close_day(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Close for a whole day."""
        day = _day(form.text("day"))
        if day is None or day < self._today():
            return await self.show(request, visitor, "day")
        await self.desk.opening.change(lambda week: _closed(week, day))
        return await self._done(visitor, "hours_changed", "day_closed")

    async def open_day(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Undo `close_day`."""
        day = form.text("day")
        await self.desk.opening.change(
            lambda week: replace(week, closed=tuple(one for one in week.closed if one != day))
        )
        return await self._done(visitor, "hours_changed", "day_opened")

    async def add_notice(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Tell every mediator something until the chosen day."""
        text, until = form.text("text", 2 * _LONGEST_NOTICE), _day(form.text("until"))
        wrong = "empty" if not text else "too_long" if len(text) > _LONGEST_NOTICE else ""
        wrong = wrong or ("day" if until is None or until < self._today() else "")
        if wrong or until is None:
            return await self.show(request, visitor, wrong, text)
        await self.desk.notices.add(text, self.desk.clock(), until)
        return await self._done(visitor, "notice_added", "notice_added")

    async def remove_notice(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Withdraw a notice."""
        if await self.desk.notices.remove(request.path_params["id"]) is None:
            raise HTTPException(404)
        return await self._done(visitor, "notice_removed", "notice_removed")

    async def _done(self, visitor: Visitor, did: str, said: str) -> Response:
        await self.desk.note(visitor, did)
        return self.desk.go("/hours", said)

    def _today(self) -> str:
        return local(self.desk.clock()).date().isoformat()


def _changed(week: Week, days: tuple[int, ...], spans: list[tuple[float, float]], holidays: bool) -> Week:
    return replace(week, days=days, spans=tuple(spans), holidays=holidays)


def _closed(week: Week, day: str) -> Week:
    return replace(week, closed=tuple(sorted({*week.closed, day})))


def _in_order(spans: list[tuple[float, float]]) -> bool:
    edges = [edge for span in spans for edge in span]
    return edges == sorted(set(edges))


def _hour(text: str) -> float | None:
    """12:30 as 12.5."""
    try:
        read = time.fromisoformat(text)
    except ValueError:
        return None
    return read.hour + read.minute / 60


def _clock(hour: float) -> str:
    """12.5 as 12:30."""
    minutes = round(hour * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None
