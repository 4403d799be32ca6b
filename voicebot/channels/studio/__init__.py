"""Recording sentences by telephone."""
