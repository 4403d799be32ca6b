"""Sessions, events and actions to and from plain dicts (JSON-ready), by the name of their class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from voicebot.dialogue import action, event, meaning, session

_CLASSES: dict[str, Any] = {
    name: cls
    for module in (action, event, meaning, session)
    for name, cls in vars(module).items()
    if isinstance(cls, type) and is_dataclass(cls)
}


def to_dict(thing: object) -> Any:
    """The plain form of `thing`: dataclasses become dicts that carry their class name in "is"."""
    if is_dataclass(thing):
        plain = {f.name: to_dict(getattr(thing, f.name)) for f in fields(thing)}
        return {"is": type(thing).__name__, **plain}
    if isinstance(thing, Mapping):
        return {str(key): to_dict(value) for key, value in thing.items()}
    if isinstance(thing, (tuple, list)):
        return [to_dict(item) for item in thing]
    return thing


def from_dict(plain: Any) -> Any:
    """The inverse of `to_dict`.

    Fields that a newer version dropped are ignored and missing ones take their default, so that a session
    stored before an upgrade can go on after it. Raises KeyError for an unknown class.
    """
    if isinstance(plain, Mapping) and "is" in plain:
        cls = _CLASSES[plain["is"]]
        known = {f.name for f in fields(cls)}
        return cls(**{key: from_dict(value) for key, value in plain.items() if key in known})
    if isinstance(plain, Mapping):
        return {key: from_dict(value) for key, value in plain.items()}
    if isinstance(plain, (tuple, list)):
        return tuple(from_dict(item) for item in plain)
    return plain
