"""What the page of administrators is told about the running service; the service itself fills it in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

#: The deed of the audit log that tells of a backup.
BACKED_UP: Final = "backed_up"


@dataclass(frozen=True)
class Told:
    """One thing about the service: a `name` of words.yaml (or as it is), its value, and whether it is well.

    `fine` is None for what is neither well nor bad.
    """

    name: str
    value: str
    fine: bool | None = None


#: Groups by their names in words.yaml.
Groups = Mapping[str, Sequence[Told]]


@dataclass(frozen=True)
class Running:
    """`look` is quick; `examine` asks Twilio and others and may take a minute (None: nobody can ask).

    `try_number` texts or calls a number ("text", "call") to see that it arrives, and returns whether it was
    put on its way; None where no account is configured. `retry` sends once more what was given up and returns
    how many; `backup` gives the pieces of a file with all that Redis keeps, sealed.
    """

    look: Callable[[], Awaitable[Groups]]
    examine: Callable[[], Awaitable[Sequence[Told]]] | None = None
    try_number: Callable[[str, str], Awaitable[bool]] | None = None
    retry: Callable[[], Awaitable[int]] | None = None
    backup: Callable[[], AsyncIterator[bytes]] | None = None
