"""What a simulated call leaves behind: one line a turn, and a last one."""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

Line = Mapping[str, Any]
#: Reads the server's turns of a call, oldest first; see `TURN_KEYS` for what is used of each.
Journal = Callable[[str], Sequence[Line] | Awaitable[Sequence[Line]]]
Ending = Literal[
    "app_hung_up", "caller_hung_up", "queued", "dialled", "rejected", "no_reply", "too_long", "app_failed"
]

TURN_KEYS: Final = ("heard", "confidence", "intent", "flow", "step", "prompt", "text")


class View(Protocol):
    """Somebody who watches the call."""

    def caller(self, text: str) -> None:
        """The caller began to say `text`."""

    def assistant(self, line: Line) -> None:
        """A turn was answered."""

    def clock(self, seconds: float, talking: str) -> None:
        """So much audio time has gone by; `talking` is "caller", "assistant" or ""."""

    def ended(self, last: Line) -> None:
        """The call is over."""


class Unseen:
    """A `View` for calls that nobody watches."""

    def caller(self, text: str) -> None:
        """Nothing to show."""

    def assistant(self, line: Line) -> None:
        """Nothing to show."""

    def clock(self, seconds: float, talking: str) -> None:
        """Nothing to show."""

    def ended(self, last: Line) -> None:
        """Nothing to show."""


@dataclass(frozen=True)
class CallReport:
    """A finished call.

    `lines` are the turns, `last` the final line, `problems` what a real carrier would have complained about,
    `queue` where the caller was put to wait, `seconds` the length of the call in audio time.
    """

    call_sid: str
    ending: Ending
    lines: tuple[Line, ...]
    last: Line
    problems: tuple[str, ...]
    queue: str | None
    seconds: float

    @property
    def gaps_ms(self) -> tuple[int, ...]:
        """From the end of each turn of the caller to the first sound of the answer, in audio time."""
        return tuple(line["gap_ms"] for line in self.lines if line["gap_ms"] is not None)

    def json_lines(self) -> list[str]:
        """As `voicebot call --json` prints it."""
        return [to_json(line) for line in (*self.lines, self.last)]


def to_json(line: Line) -> str:
    """One line of JSON with accents left readable."""
    return json.dumps(dict(line), ensure_ascii=False)


class Minutes:
    """Writes the turns down as they happen, from the server's journal and our own stop-watch."""

    def __init__(self, call_sid: str, journal: Journal | None, view: View) -> None:
        self._call_sid, self._journal, self._view = call_sid, journal, view
        self._entries = 0
        self._gap_ms: int | None = None
        self._last_entry: dict[str, Any] = {}
        self.lines: list[Line] = []

    def question(self) -> str | None:
        """The prompt key of the question that is open, as the journal tells."""
        prompt = self.lines[-1].get("prompt") if self.lines else None
        return str(prompt) if prompt else None

    async def caller_begins(self, text: str) -> None:
        """A turn of the caller begins: what the journal holds by now belongs to the turns before."""
        await self.catch_up()
        self._gap_ms = None
        if text:
            self._view.caller(text)

    async def answered(self, gap_ms: int | None) -> None:
        """The assistant began to answer, `gap_ms` after the caller's end."""
        self._gap_ms = gap_ms
        if self._journal is None:
            self._write({})
        await self.catch_up()

    async def catch_up(self) -> None:
        """Write what is new in the journal."""
        if self._journal is None:
            return
        read = self._journal(self._call_sid)
        entries = await read if inspect.isawaitable(read) else read
        for entry in entries[self._entries :]:
            self._write(entry)
        self._entries = len(entries)

    def _write(self, entry: Line) -> None:
        line = {"turn": entry.get("turn", len(self.lines))}
        line |= {key: entry.get(key) for key in TURN_KEYS}
        line["gap_ms"], self._gap_ms = self._gap_ms, None
        self._last_entry |= {key: value for key, value in entry.items() if value is not None}
        self.lines.append(line)
        self._view.assistant(line)

    def last(self, ending: Ending) -> Line:
        """The final line; the journal's own `result` counts more than how the telephone call ended."""
        seen = self._last_entry
        last = {"result": seen.get("result", ending)}
        return last | {key: seen.get(key) for key in ("flow", "step", "ticket", "sms")}
