"""How long the service takes to start, and how much memory it needs.

.venv/bin/python -m benchmarks.start
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from voicebot.config import Settings
from voicebot.observability.logs import quiet
from voicebot.simulator.rehearsal import rehearse


def main() -> None:
    """Start the service in fresh processes, without and with a recognizer."""
    if len(sys.argv) > 1:
        _start(sys.argv[1])
        return
    table = Table("recognizer", "seconds to serve, without imports", "MB", title="Cold start")
    for recognizer in ("none", "whisper"):
        command = [sys.executable, "-m", "benchmarks.start", recognizer]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds, megabytes = map(float, done.stdout.split())
        table.add_row(recognizer, f"{seconds:.1f}", f"{megabytes:.0f}")
    Console(width=60).print(table)


def _start(recognizer: str) -> None:
    quiet()
    began = time.perf_counter()
    settings = Settings.model_validate({"recognizer": recognizer})
    with tempfile.TemporaryDirectory() as data, rehearse(settings, Path(data)):
        seconds = time.perf_counter() - began
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(seconds, megabytes)


if __name__ == "__main__":
    main()
