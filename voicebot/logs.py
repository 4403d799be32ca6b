"""Logs: one JSON object a line on standard error. No number, name or utterance is ever passed to them."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from voicebot import metrics


def configure() -> None:
    """For the service: every event with its time, as JSON; what went wrong is counted too."""
    structlog.configure(
        processors=[
            _counted,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


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
