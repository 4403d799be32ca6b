"""Speech: hearing, speaking and taking turns."""
