"""Giving a person to a human: tickets, the mediators, and who is offered to whom. Pure."""
