"""The store: sessions and records in Redis, encrypted."""
