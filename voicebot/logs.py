"""Logs: one JSON object a line on standard error. No number, name or utterance is ever passed to them.

What belongs to a call carries its id (`about_call`), which is Twilio's and leads to nobody without Twilio.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.contextvars import bind_contextvars, merge_contextvars

from voicebot import metrics

#: Libraries that bring handlers of their own.
_TALKATIVE = ("uvicorn", "uvicorn.error", "uvicorn.access")


def configure() -> None:
    """For the service: every event with its time, as JSON; what went wrong is counted too."""
    structlog.configure(
        processors=[
            merge_contextvars,
            _counted,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(Lines(sys.stderr)),  # type: ignore[arg-type]
    )
    for name in _TALKATIVE:
        # A library that wrote with a handler of its own would write its words as they are.
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    root = logging.getLogger()
    if not any(isinstance(handler, _OfLibraries) for handler in root.handlers):
        root.addHandler(_OfLibraries(logging.WARNING))


def about_call(call_id: str) -> None:
    """What this task logs from now on is about the call (or text) with this id of Twilio's."""
    bind_contextvars(call=call_id)


class Lines:
    """A stream that may fail: on a full disk a line is lost and counted, and the call goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write `text`, or count that it was lost."""
        try:
            return self._stream.write(text)
        except (OSError, ValueError):  # ValueError: the stream was closed
            metrics.LINES_LOST.inc()
            return len(text)

    def flush(self) -> None:
        """Write what waits, or lose it."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            metrics.LINES_LOST.inc()


class _OfLibraries(logging.Handler):
    """What libraries log. Their words may hold anything, so only who logged and the kind of error is kept."""

    def emit(self, record: logging.LogRecord) -> None:
        """Pass it on."""
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        at = f"{record.module}:{record.lineno}"
        structlog.get_logger().warning("library", logger=record.name, error=error, at=at)


def _counted(logger: object, level: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Every warning and error is a metric, by its name and the kind of error."""
    if level in ("warning", "error"):
        metrics.failed(str(event["event"]).partition(":")[0], str(event.get("error", "")))
    return event


def quiet() -> None:
    """For commands that people watch: only what went wrong."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        processors=[structlog.processors.add_log_level, structlog.processors.KeyValueRenderer()],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
