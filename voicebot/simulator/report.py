"""What a simulated call leaves behind: one line per turn, and a last one."""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

ReportLine = Mapping[str, Any]
#: Reads the server's turn records of a call, oldest first; `TURN_KEYS` lists what is used of each.
Journal = Callable[[str], Sequence[ReportLine] | Awaitable[Sequence[ReportLine]]]
Ending = Literal[
    "app_hung_up", "caller_hung_up", "queued", "dialled", "rejected", "no_reply", "too_long", "app_failed"
]

TURN_KEYS: Final = ("heard", "confidence", "intent", "flow", "step", "prompt", "text")


class View(Protocol):
    """An observer of the call."""

    def caller(self, text: str) -> None:
        """The caller began to say `text`."""

    def assistant(self, line: ReportLine) -> None:
        """A turn was answered."""

    def clock(self, seconds: float, talking: str) -> None:
        """The audio time so far, in seconds; `talking` is "caller", "assistant" or ""."""

    def ended(self, last: ReportLine) -> None:
        """The call is over."""


class Unseen:
    """A `View` for calls that nobody watches."""

    def caller(self, text: str) -> None:
        """Nothing to show."""

    def assistant(self, line: ReportLine) -> None:
        """Nothing to show."""

    def clock(self, seconds: float, talking: str) -> None:
        """Nothing to show."""

    def ended(self, last: ReportLine) -> None:
        """Nothing to show."""


@dataclass(frozen=True)
class CallReport:
    """A finished call.

    `lines` are the turns, `last` the final line, `problems` what a real carrier would have complained about,
    `queue` where the caller was put to wait, `seconds` the length of the call in audio time.
    """

    call_sid: str
    ending: Ending
    lines: tuple[ReportLine, ...]
    last: ReportLine
    problems: tuple[str, ...]
    queue: str | None
    seconds: float

    @property
    def latencies_ms(self) -> tuple[int, ...]:
        """From the end of each caller turn to the first sound of the answer, in ms of audio time."""
        return tuple(line["gap_ms"] for line in self.lines if line["gap_ms"] is not None)

    def json_lines(self) -> list[str]:
        """As `voicebot call --json` prints it."""
        return [to_json(line) for line in (*self.lines, self.last)]


def to_json(line: ReportLine) -> str:
    """One line of JSON with accents left readable."""
    return json.dumps(dict(line), ensure_ascii=False)


class Minutes:
    """Writes the turns down as they happen, from the server's journal and our own stopwatch."""

    def __init__(self, call_sid: str, journal: Journal | None, view: View) -> None:
        self._call_sid, self._journal, self._view = call_sid, journal, view
        self._entries = 0
        self._latency_ms: int | None = None
        self._last_entry: dict[str, Any] = {}
        self.lines: list[ReportLine] = []

    def question(self) -> str | None:
        """The prompt key of the open question, according to the journal."""
        prompt = self.lines[-1].get("prompt") if self.lines else None
        return str(prompt) if prompt else None

    async def caller_begins(self, text: str) -> None:
        """A turn of the caller begins: whatever the journal holds by now belongs to the turns before."""
        await self.catch_up()
        self._latency_ms = None
        if text:
            self._view.caller(text)

    async def answered(self, latency_ms: int | None) -> None:
        """The assistant began to answer, `latency_ms` after the caller stopped."""
        self._latency_ms = latency_ms
        if self._journal is None:
            self._write({})
        await self.catch_up()

    async def catch_up(self) -> None:
        """Write down whatever is new in the journal."""
        if self._journal is None:
            return
        read = self._journal(self._call_sid)
        entries = await read if inspect.isawaitable(read) else read
        for entry in entries[self._entries :]:
            self._write(entry)
        self._entries = len(entries)

    def _write(self, entry: ReportLine) -> None:
        line = {"turn": entry.get("turn", len(self.lines))}
        line |= {key: entry.get(key) for key in TURN_KEYS}
        line["gap_ms"], self._latency_ms = self._latency_ms, None
        self._last_entry |= {key: value for key, value in entry.items() if value is not None}
        self.lines.append(line)
        self._view.assistant(line)

    def last(self, ending: Ending) -> ReportLine:
        """The final line; the journal's own `result` takes precedence over how the telephone call ended."""
        seen = self._last_entry
        last = {"result": seen.get("result", ending)}
        return last | {key: seen.get(key) for key in ("flow", "step", "ticket", "sms")}
