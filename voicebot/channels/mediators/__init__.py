"""The telephone side of a handoff: people who wait, and mediators who are rung."""
