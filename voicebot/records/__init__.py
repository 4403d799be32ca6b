"""What is stored about conversations, typed and versioned: turns, and the orders that turns give."""

from voicebot.records.orders import CallBackOrder, Order, Record, RingOrder, TextOrder, TicketRequest
from voicebot.records.turn import TurnRecord

__all__ = ["CallBackOrder", "Order", "Record", "RingOrder", "TextOrder", "TicketRequest", "TurnRecord"]
