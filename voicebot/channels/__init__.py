"""Channels: each parses what comes in and renders what goes out, and decides nothing."""
