"""What a turn, or a person, requests from mediators and the outbox: written first, carried out later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar, Literal

from voicebot.dialogue.action import Priority
from voicebot.dialogue.event import Channel
from voicebot.dialogue.meaning import Value
from voicebot.dialogue.session import Place

#: 1: fields without a version; they have kept their names since.
VERSION = 2
Kind = Literal["ticket", "sms", "callback", "ring"]


@dataclass(frozen=True, kw_only=True)
class TicketRequest:
    """A person asked for a human.

    `session` is the conversation, `place` the question where they stopped, `answered` how many they had
    answered, `missing` the papers that they do not have. A `trial` comes from the page for trying the
    service.
    """

    kind: ClassVar[Kind] = "ticket"

    person: str
    reason: str
    session: str = ""
    channel: Channel = "voice"
    priority: Priority = "normal"
    topic: str | None = None
    place: Place | None = None
    answered: int = 0
    slots: Mapping[str, Value] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    trial: bool = False


@dataclass(frozen=True, kw_only=True)
class TextOrder:
    """A text to a person: the `notes` (prompt keys) of the procedure `topic`, or a mediator's `text`."""

    kind: ClassVar[Kind] = "sms"

    person: str
    topic: str = ""
    notes: tuple[str, ...] = ()
    slots: Mapping[str, Value] = field(default_factory=dict)
    text: str = ""
    session: str = ""
    channel: Channel = "sms"
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CallBackOrder:
    """A call to a person, at our cost."""

    kind: ClassVar[Kind] = "callback"

    person: str
    session: str = ""
    channel: Channel = "voice"
    slots: Mapping[str, Value] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RingOrder:
    """A call to a mediator, about the `ticket` of a person."""

    kind: ClassVar[Kind] = "ring"

    person: str
    ticket: str
    mediator: str


Order = TicketRequest | TextOrder | CallBackOrder | RingOrder

_ORDERS: Mapping[str, type[Order]] = {
    order.kind: order for order in (TicketRequest, TextOrder, CallBackOrder, RingOrder)
}


@dataclass(frozen=True)
class Record:
    """An order with its name and when it is meant to be carried out, in Unix seconds.

    The same `id` written twice is one record.
    """

    id: str
    at: float
    """Unix seconds."""
    order: Order

    @property
    def kind(self) -> Kind:
        """What is ordered."""
        return self.order.kind

    def plain(self) -> dict[str, Any]:
        """The JSON-ready form that is stored."""
        plain = {"version": VERSION, "kind": self.kind, "id": self.id, "at": self.at, **asdict(self.order)}
        place = getattr(self.order, "place", None)
        return {**plain, "place": [place.flow, place.step, place.part]} if place else plain

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Record:
        """The inverse of `plain`, for records of every version. Raises KeyError for an unknown kind."""
        order = _ORDERS[plain["kind"]]
        known = {each.name: plain[each.name] for each in fields(order) if each.name in plain}
        for name in ("notes", "missing"):
            if name in known:
                known[name] = tuple(known[name])
        if known.get("place"):
            known["place"] = Place(*known["place"])
        return cls(str(plain["id"]), float(plain["at"]), order(**known))
