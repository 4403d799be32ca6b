"""Figures for the day, the week and the month as charts, tables and CSV. Small counts are hidden."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import HTTPException, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console import charts, counting
from voicebot.console.counting import DAYS, Period, Shown
from voicebot.console.desk import Desk
from voicebot.console.guard import Visitor
from voicebot.console.names import place_name, topic_name
from voicebot.console.pages import local, start_of, words
from voicebot.console.waits import waits
from voicebot.dialogue.session import Place

#: What each chart shows day by day.
_PICTURES: Final[Mapping[str, tuple[str, ...]]] = {
    "volume": ("calls", "texts"),
    "understanding": ("understood", "misunderstood", "silent"),
}
_LISTS: Final = ("topic", "left", "handoff", "outcome", "followed", "ended")
#: Where words.yaml keeps the names of the codes.
_NAMES: Final = {"handoff": "reasons", "outcome": "outcomes", "ended": "ends", "followed": "follow_ups"}
_HIDDEN: Final = {"small": f"<{counting.SMALL}", "covered": "*"}


def routes(desk: Desk) -> list[BaseRoute]:
    """`/figures`, its charts and its CSV."""
    figures, guard = _Figures(desk), desk.guard
    return [
        guard.page("/figures", figures.show),
        guard.page("/figures.csv", figures.export),
        guard.page("/figures/{name}.svg", figures.picture),
    ]


@dataclass(frozen=True)
class _Figures:
    desk: Desk

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """All figures of a period."""
        period = _period(request)
        names, days = await self._counts(period)
        summed = counting.total(days)
        now = self.desk.clock()
        known = [*await self.desk.tickets.waiting(), *await self.desk.tickets.closed()]
        return self.desk.show(
            request,
            visitor,
            "figures.html",
            period=period,
            periods=DAYS,
            days=names,
            anything=any(days),
            counts={name: counting.single(summed[name]) for name in ("calls", "texts")},
            handoffs=counting.single(sum(n for name, n in summed.items() if name.startswith("handoff:"))),
            understood=counting.percent(summed["understood"], summed["misunderstood"]),
            wait=counting.waited(summed),
            waits=waits(known, start_of(names[0]), now),
            pictures={name: self._series(name, days) for name in _PICTURES},
            lists={
                what: [(self._name(what, one.code), one) for one in counting.ranked(summed, what)]
                for what in _LISTS
            },
        )

    async def picture(self, request: Request, visitor: Visitor) -> Response:
        """One chart; `size` is wide or narrow."""
        name = request.path_params["name"]
        if name not in _PICTURES:
            raise HTTPException(404)
        names, days = await self._counts(_period(request))
        titles = words()["figures"]
        shown = {titles[what]: values for what, values in self._series(name, days).items()}
        size: charts.Size = "narrow" if request.query_params.get("size") == "narrow" else "wide"
        return Response(charts.stacked(names, shown, size), media_type="image/svg+xml")

    async def export(self, request: Request, visitor: Visitor) -> Response:
        """The same counts for a spreadsheet, with the byte order mark by which Excel recognises UTF-8."""
        period = _period(request)
        names, days = await self._counts(period)
        table = io.StringIO()
        writer = csv.writer(table, delimiter=";")
        writer.writerow(words()["csv"])
        writer.writerows(self._rows(names, days))
        await self.desk.note(visitor, "exported_figures", period)
        file = f'attachment; filename="voicebot-{names[0]}-{names[-1]}.csv"'
        content = "\ufeff" + table.getvalue()
        return Response(content, media_type="text/csv", headers={"Content-Disposition": file})

    async def _counts(self, period: Period) -> tuple[list[str], list[dict[str, int]]]:
        names = counting.days_until(local(self.desk.clock()).date(), period)
        return names, await self.desk.figures.of(names)

    def _series(self, name: str, days: Sequence[Mapping[str, int]]) -> dict[str, list[Shown]]:
        return {what: counting.series(days, what) for what in _PICTURES[name]}

    def _rows(self, names: Sequence[str], days: Sequence[Mapping[str, int]]) -> Iterator[Sequence[Any]]:
        titles, summed = words()["figures"], counting.total(days)
        for what in (what for picture in _PICTURES.values() for what in picture):
            for day, count in zip(names, counting.series(days, what), strict=True):
                yield (day, titles[what], "", _written(count))
        for what in _LISTS:
            for line in counting.ranked(summed, what):
                yield (
                    f"{names[0]}/{names[-1]}",
                    titles[what],
                    self._name(what, line.code),
                    _written(line.count),
                )

    def _name(self, what: str, code: str) -> str:
        """The French for a counted code: a topic, a reason, or the question at which people left."""
        if what == "topic":
            return topic_name(self.desk.prompts, code)
        if what == "left":
            return place_name(self.desk.prompts, self.desk.flows, Place(*code.split(".", 1)))
        return str(words()[_NAMES[what]].get(code, code))


def _written(count: Shown) -> str:
    return str(count) if isinstance(count, int) else _HIDDEN[count]


def _period(request: Request) -> Period:
    asked = request.query_params.get("period", "week")
    return next((period for period in DAYS if period == asked), "week")
