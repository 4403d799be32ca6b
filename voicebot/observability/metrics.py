"""What Prometheus reads from this process: counts and durations, without words, numbers or pseudonyms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

MEDIA_TYPE: Final = CONTENT_TYPE_LATEST
#: Seconds, around our targets: 0.3 and 0.5 for closed questions, 0.8 and 1.3 for open ones.
_SECONDS: Final = (0.1, 0.2, 0.3, 0.5, 0.8, 1.3, 2.0, 3.0, 5.0)

_COUNTS = Counter(
    "voicebot_events", "What happened in conversations: the tally of each turn", ["what", "which"]
)
_REPLIES = Histogram(
    "voicebot_reply_seconds",
    "From the last sound of speech to the first of the answer, by kind of question and part of the way",
    ["question", "part"],
    buckets=_SECONDS,
)
_FAILURES = Counter("voicebot_failures", "What went wrong, by kind of error", ["where", "error"])
_OUTBOX = Gauge("voicebot_outbox", "Texts and call-backs: waiting, or given up", ["kind", "state"])
_OVERDUE = Gauge("voicebot_outbox_overdue_seconds", "How long the oldest one has been due", ["kind"])
_GIVEN_UP = Gauge(
    "voicebot_deliveries_failed",
    "Texts and call-backs that were given up, ever, by error code",
    ["kind", "code"],
)
_QUEUE = Gauge("voicebot_queue_tickets", "People who wait for a mediator")
_QUEUE_WAIT = Gauge("voicebot_queue_wait_seconds", "How long the first of them has been waiting")
_STORE_UP = Gauge("voicebot_store_up", "1 while Redis answers")
STUCK: Final = Gauge("voicebot_recognizer_stuck", "Answers that the recognizer was given and never finished")
LINES_LOST: Final = Counter("voicebot_log_lines_lost", "Lines of the log that could not be written")
CALLS_LIVE: Final = Gauge("voicebot_calls_live", "Calls on an audio socket of this process")


def count(counts: Mapping[str, int]) -> None:
    """Add the counters of a turn, named `what` or `what:which`."""
    for name, times in counts.items():
        what, _, which = name.partition(":")
        _COUNTS.labels(what, which).inc(times)


def replied(question: str, parts: Mapping[str, float]) -> None:
    """A reply has begun to sound; `parts` in seconds."""
    for part, seconds in parts.items():
        _REPLIES.labels(question, part).observe(seconds)
    _REPLIES.labels(question, "all").observe(sum(parts.values()))


def failed(where: str, error: str) -> None:
    """Something went wrong; `error` is the kind of error, never its message."""
    _FAILURES.labels(where, error).inc()


def outbox(kind: str, waiting: int, given_up: int, overdue_s: float) -> None:
    """What the outbox currently holds."""
    _OUTBOX.labels(kind, "waiting").set(waiting)
    _OUTBOX.labels(kind, "given_up").set(given_up)
    _OVERDUE.labels(kind).set(overdue_s)


def gave_up(kind: str, by_code: Mapping[str, int]) -> None:
    """How many texts or call-backs have failed for good so far; the same in every process."""
    for code, times in by_code.items():
        _GIVEN_UP.labels(kind, code).set(times)


def queue(waits_s: Sequence[float]) -> None:
    """How long each person has been waiting for a mediator, in seconds."""
    _QUEUE.set(len(waits_s))
    _QUEUE_WAIT.set(max(0.0, *waits_s, 0.0))


def store_up(up: bool) -> None:
    """Whether Redis answered just now."""
    _STORE_UP.set(up)


def page() -> bytes:
    """All metrics in Prometheus' text format."""
    return generate_latest()
