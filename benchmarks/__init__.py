"""The benchmarks, each runnable by one command; docs/benchmarks.md has the results."""
