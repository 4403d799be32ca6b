"""Synthesizers: one module per engine, and the speech rendered before."""
