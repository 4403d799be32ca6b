"""Observing the running service: logs without personal text, and metrics for Prometheus."""
