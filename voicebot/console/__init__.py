"""The mediators' console: web pages at `/mediation`, made on the server, alive by server-sent events."""
