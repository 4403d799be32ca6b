"""Watching a simulated call: in colour on a terminal, elsewhere as plain lines or JSON lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.text import Text

from voicebot.simulator.report import ReportLine, Unseen, View, to_json

#: Milliseconds. A longer wait than this feels like a dead line.
SLOW_ANSWER_MS: Final = 1500
FACES: Final = {"caller": "🗣", "assistant": "🔊", "": "…"}


class JsonView(Unseen):
    """Prints the line of each turn as soon as it is known."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def assistant(self, line: ReportLine) -> None:
        """Print a turn."""
        print(to_json(line), file=self._out, flush=True)

    def ended(self, last: ReportLine) -> None:
        """Print the last line."""
        print(to_json(last), file=self._out, flush=True)


class ConversationView:
    """Prints the conversation for people; with `status`, also a clock below it."""

    def __init__(self, console: Console, status: Live | None = None) -> None:
        self._console, self._status = console, status

    def caller(self, text: str) -> None:
        """Print what the caller begins to say."""
        self._console.print(f"[bold cyan]caller   [/] {escape(text)}")

    def assistant(self, line: ReportLine) -> None:
        """Print what was understood, the wait and the answer."""
        for detail in _details(line):
            self._console.print(f"           {detail}")
        self._console.print(f"[bold green]assistant[/] {escape(line['text'] or '(sound)')}")

    def clock(self, seconds: float, talking: str) -> None:
        """Show the time and who is talking."""
        if self._status:
            self._status.update(Text(f"{FACES[talking]} {int(seconds) // 60:02}:{seconds % 60:04.1f}", "dim"))

    def ended(self, last: ReportLine) -> None:
        """Print how the call ended."""
        facts = [f"{key} {value}" for key, value in last.items() if value not in (None, "", [])]
        self._console.print(f"[bold]end      [/] {escape(', '.join(facts))}")


def _details(line: ReportLine) -> Iterator[str]:
    if line["heard"]:
        intent = f" → {line['intent']}" if line["intent"] else ""
        yield f"[dim]heard: {escape(line['heard'] + intent)}[/]"
    if line["gap_ms"] is not None:
        colour = "yellow" if line["gap_ms"] > SLOW_ANSWER_MS else "dim"
        yield f"[{colour}]answered after {line['gap_ms'] / 1000:.1f} s[/]"


@contextmanager
def conversation_view(out: TextIO, terminal: Console | None = None) -> Iterator[View]:
    """A view for people on `out`: live on a terminal, plain lines elsewhere."""
    console = terminal or Console(file=out, highlight=False)
    if not console.is_terminal:
        yield ConversationView(Console(file=out, highlight=False, width=1000, color_system=None))
        return
    with Live(console=console, transient=True, refresh_per_second=10) as status:
        yield ConversationView(console, status)
