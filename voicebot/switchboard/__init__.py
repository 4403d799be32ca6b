"""The telephone between people and mediators: when somebody answers, whom to ring, what they are told."""
