"""YAML files written by people, and what an association lays over them."""

from voicebot.datafile.file import (
    DataFile,
    Finding,
    described,
    finding,
    raise_if_any,
    read,
    shown,
    validate,
    with_guess,
)
from voicebot.datafile.layers import Folders, names, read_layers, topmost

__all__ = [
    "DataFile",
    "Finding",
    "Folders",
    "described",
    "finding",
    "names",
    "raise_if_any",
    "read",
    "read_layers",
    "shown",
    "topmost",
    "validate",
    "with_guess",
]
