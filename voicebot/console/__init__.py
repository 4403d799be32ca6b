"""The mediators' console: server-rendered web pages at `/mediation`, kept live by server-sent events."""
