"""Where a call is: one table of its states and of what leads from one to the next.

`mermaid` draws the table; docs/architecture.md shows the drawing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

CallState = Literal["greeting", "speaking", "listening", "recognizing", "thinking", "leaving"]
CallEvent = Literal[
    # Of what we say:
    "said",  # to its end, and an answer is awaited
    "said goodbye",  # to its end, and nothing more is awaited
    "interrupted",  # by the person, who speaks, presses a key or types
    # Of what the person does:
    "heard",  # they spoke and fell silent
    "answered",  # by keys, in writing, or by saying nothing until the time was up
    # Of what comes of it:
    "recognized",
    "not recognized",  # a noise, which did not interrupt us
    "recognizer lost",
    "key preferred",  # they pressed a key while the recognizer was still at work
    "replied",
    "repeated",  # what a noise had interrupted
    "ignored",  # the dialogue has nothing to say to it
]

_SPEAKING: Final[Mapping[CallEvent, CallState]] = {
    "said": "listening",
    "said goodbye": "leaving",
    "interrupted": "listening",
    "answered": "thinking",
}
NEXT: Final[Mapping[CallState, Mapping[CallEvent, CallState]]] = {
    "greeting": _SPEAKING,
    "speaking": _SPEAKING,
    "listening": {"heard": "recognizing", "answered": "thinking", "recognizer lost": "thinking"},
    "recognizing": {
        "recognized": "thinking",
        "recognizer lost": "thinking",
        "not recognized": "listening",
        "key preferred": "listening",
        "repeated": "speaking",
    },
    "thinking": {"replied": "speaking", "repeated": "speaking", "ignored": "listening"},
    "leaving": {},
}
#: The person waits for us: nothing else they do counts until we have replied, except a key.
BUSY: Final = frozenset[CallState]({"recognizing", "thinking"})


def after(state: CallState, event: CallEvent) -> CallState:
    """The state to which `event` leads from `state`. Raises ValueError if it cannot happen there."""
    if event not in NEXT[state]:
        raise ValueError(f"expected one of {', '.join(NEXT[state])} while {state}, got {event}")
    return NEXT[state][event]


def mermaid() -> Iterator[str]:
    """The table as a mermaid state diagram, line by line."""
    yield "stateDiagram-v2"
    yield "    [*] --> greeting"
    for state, events in NEXT.items():
        yield from (f"    {state} --> {to}: {event}" for event, to in events.items())
    yield "    leaving --> [*]"
