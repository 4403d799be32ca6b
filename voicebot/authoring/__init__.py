"""Tools for authors: creating a procedure from a template, walking through one, replaying conversations."""
