"""One turn, stored whole or not at all: the runner, what a turn leaves behind, and what it counts."""
