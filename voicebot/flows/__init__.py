"""Procedures as data: reading, checking and drawing the flow files."""
