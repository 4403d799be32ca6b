"""Forms sent by a browser, read with a size limit."""

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
        """The field without surrounding space, "" if absent, cut after `most` characters."""
        return next(iter(self.fields.get(name, ())), "").strip()[:most]

    def secret(self, name: str) -> str:
        """The field exactly as typed: spaces may be part of a password."""
        return next(iter(self.fields.get(name, ())), "")

    def every(self, name: str) -> tuple[str, ...]:
        """All values of the field, for checkboxes."""
        return self.fields.get(name, ())

    def ticked(self, name: str) -> bool:
        """Whether the checkbox `name` is ticked."""
        return bool(self.text(name))


async def read_form(request: Request) -> Form:
    """The form in `request`; HTTPException 413 if it is too large, 415 if it is not a form."""
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    return _parsed((await read_at_most(request, _LARGEST)).decode(errors="replace"))


async def read_at_most(request: Request, most: int) -> bytes:
    """The body of `request`; HTTPException 413 if it exceeds `most` bytes."""
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
