"""Handing a person to a human: tickets, mediators, and who is offered to whom. Pure."""
