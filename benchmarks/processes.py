"""What a process and its children use, as counted by Linux: right even if others use the machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
#: In /proc/PID/stat, counted after the name: user and system time, its own and that of ended children.
_TIMES = slice(11, 15)


def cpu_s(pid: int) -> float:
    """CPU seconds so far, of the process, its children and theirs."""
    return sum(_TICK_S * sum(map(int, _stat(one)[_TIMES])) for one in family(pid))


def memory_mb(pid: int) -> float:
    """Present memory in MB; memory shared between processes is counted proportionally."""
    return sum(_proportional_kb(one) for one in family(pid)) / 1024


def family(pid: int) -> Iterator[int]:
    """The process, its children and theirs, as long as they are alive."""
    yield pid
    for task in _read(f"/proc/{pid}/task", "children"):
        for child in task.split():
            yield from family(int(child))


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return ["0"] * 20


def _proportional_kb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return float(next((line.split()[1] for line in lines if line.startswith("Pss:")), 0))


def _read(folder: str, name: str) -> Iterator[str]:
    try:
        for task in Path(folder).iterdir():
            yield (task / name).read_text()
    except OSError:
        return
