"""Sessions, events and actions to and from plain dicts (JSON-ready), by class name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from voicebot.dialogue import action, event, meaning, session

_CLASSES: dict[str, Any] = {
    name: cls
    for module in (action, event, meaning, session)
    for name, cls in vars(module).items()
    if isinstance(cls, type) and is_dataclass(cls)
}


def _defaults(cls: type) -> tuple[tuple[str, Any], ...]:
    """The fields of `cls` with their defaults; MISSING if a value is required."""
    made = ((f.name, f.default, f.default_factory) for f in fields(cls))
    return tuple((name, default if make is MISSING else make()) for name, default, make in made)


#: A session is written and read in every turn, so the fields are looked up only once per class.
_FIELDS = {cls: _defaults(cls) for cls in _CLASSES.values()}
_NAMES = {name: frozenset(field for field, _ in _FIELDS[cls]) for name, cls in _CLASSES.items()}
_SIMPLE = frozenset({str, int, float, bool, type(None)})


def to_dict(thing: object) -> Any:
    """The plain form of `thing`: dataclasses become dicts that carry their class name in "is".

    Fields with their default value are left out, so a default must keep its meaning as long as sessions live.
    """
    kind = type(thing)
    if kind in _SIMPLE:
        return thing
    if kind in _FIELDS:
        plain = {"is": kind.__name__}
        for name, default in _FIELDS[kind]:
            value = getattr(thing, name)
            if value is not default and value != default:
                plain[name] = to_dict(value)
        return plain
    if isinstance(thing, Mapping):
        return {str(key): to_dict(value) for key, value in thing.items()}
    if isinstance(thing, (tuple, list)):
        return [to_dict(item) for item in thing]
    return thing


def from_dict(plain: Any) -> Any:
    """The inverse of `to_dict`.

    Fields that a newer version dropped are ignored, and missing ones take their default, so that a session
    stored before an upgrade can continue after it. Raises KeyError for an unknown class.
    """
    if type(plain) in _SIMPLE:
        return plain
    if isinstance(plain, Mapping):
        if "is" in plain:
            known = _NAMES[plain["is"]]
            return _CLASSES[plain["is"]](
                **{key: from_dict(value) for key, value in plain.items() if key in known}
            )
        return {key: from_dict(value) for key, value in plain.items()}
    if isinstance(plain, (tuple, list)):
        return tuple(from_dict(item) for item in plain)
    return plain
