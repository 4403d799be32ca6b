"""Logs: one JSON object per line on standard error. They are never given a number, name or utterance.

Events of a call carry its id (`about_call`), which is Twilio's and identifies nobody without Twilio.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.contextvars import bind_contextvars, merge_contextvars

from voicebot.observability import metrics
from voicebot.observability.latest import remember

#: Libraries that install handlers of their own.
_TALKATIVE = ("uvicorn", "uvicorn.error", "uvicorn.access")


def configure() -> None:
    """For the service: every event with its time, as JSON; errors are counted too."""
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
        # A handler of the library's own would write its messages unfiltered.
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    root = logging.getLogger()
    if not any(isinstance(handler, _OfLibraries) for handler in root.handlers):
        root.addHandler(_OfLibraries(logging.WARNING))


def about_call(call_id: str) -> None:
    """From now on, everything this task logs is about the call (or text) with this Twilio id."""
    bind_contextvars(call=call_id)


class Lines:
    """A stream that may fail: if the disk is full, a line is lost and counted, and the call continues."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write `text`, or count it as lost."""
        try:
            return self._stream.write(text)
        except (OSError, ValueError):  # ValueError: the stream was closed
            metrics.LINES_LOST.inc()
            return len(text)

    def flush(self) -> None:
        """Flush the buffer, or lose it."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            metrics.LINES_LOST.inc()


class _OfLibraries(logging.Handler):
    """What libraries log. Messages may contain anything, so only logger and kind of error are kept."""

    def emit(self, record: logging.LogRecord) -> None:
        """Pass it on."""
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        at = f"{record.module}:{record.lineno}"
        structlog.get_logger().warning("library", logger=record.name, error=error, at=at)


def _counted(logger: object, level: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Count every warning and error as a metric, by name and kind of error."""
    if level in ("warning", "error"):
        name, error = str(event["event"]).partition(":")[0], str(event.get("error", ""))
        metrics.failed(name, error)
        remember(name, error)
    return event


def quiet() -> None:
    """For interactive commands: only errors."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        processors=[structlog.processors.add_log_level, structlog.processors.KeyValueRenderer()],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
