"""Synthesizers: one module for each engine, and the speech they made before."""
