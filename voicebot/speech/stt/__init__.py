"""Recognizers: speech to text, one module for each engine."""
