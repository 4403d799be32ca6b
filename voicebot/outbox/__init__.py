"""Deferred work: texts and call-backs leave through a durable queue, whatever happens to the process."""
