"""What is measured, each runnable by one command; see docs/benchmarks.md for what they showed."""
