"""Forms that a browser sent: read with a limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request

_LARGEST: Final = 65_536
_MOST_FIELDS: Final = 200


@dataclass(frozen=True)
class Form:
    """What was filled in: all values of each field, in order."""

    fields: Mapping[str, tuple[str, ...]]

    def text(self, name: str, most: int = 200) -> str:
        """The field without space around it, "" when absent, cut at `most` letters."""
        return next(iter(self.fields.get(name, ())), "").strip()[:most]

    def secret(self, name: str) -> str:
        """The field as typed: space may be part of a password."""
        return next(iter(self.fields.get(name, ())), "")

    def every(self, name: str) -> tuple[str, ...]:
        """All values of the field, for boxes ticked."""
        return self.fields.get(name, ())

    def ticked(self, name: str) -> bool:
        """Whether the box `name` is ticked."""
        return bool(self.text(name))


async def read_form(request: Request) -> Form:
    """The form of `request`; HTTPException 413 when it is too large, 415 when it is no form."""
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    return _parsed((await read_at_most(request, _LARGEST)).decode(errors="replace"))


async def read_at_most(request: Request, most: int) -> bytes:
    """The body of `request`; HTTPException 413 when it has more than `most` bytes."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise HTTPException(413)
    return bytes(body)


def _parsed(body: str) -> Form:
    fields: dict[str, tuple[str, ...]] = {}
    try:
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise HTTPException(413) from None
    for name, value in pairs:
        fields[name] = (*fields.get(name, ()), value)
    return Form(fields)
