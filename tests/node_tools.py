"""The checkers from npm that the tests talk to: Prism and the segment calculator."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.deployment import free_port

NODE = Path(__file__).parent / "node"
_INSTALLED = NODE / "node_modules"
_READY = "Prism is listening"
_MISSING = "run `make test`, which installs the checkers of tests/node"


@dataclass
class Prism:
    """A mock server that refuses what its OpenAPI document does not allow; `log` is what it printed."""

    url: str
    log: list[str]


@contextmanager
def prism(document: Path) -> Iterator[Prism]:
    """Serve `document` on a free port until the block ends."""
    program = _INSTALLED / ".bin" / "prism"
    assert program.exists(), _MISSING
    port = free_port()
    command = [str(program), "mock", "-p", str(port), str(document)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout
        served, ready = Prism(f"http://127.0.0.1:{port}", []), threading.Event()

        def read(lines: Iterator[str]) -> None:
            for line in lines:
                served.log.append(line)
                if _READY in line:
                    ready.set()

        threading.Thread(target=read, args=(iter(process.stdout),), daemon=True).start()
        assert ready.wait(60), "".join(served.log)
        try:
            yield served
        finally:
            process.terminate()


class SegmentCalculator:
    """npm's sms-segments-calculator, one process for all texts."""

    def __init__(self) -> None:
        assert _INSTALLED.exists(), _MISSING
        command = ["node", "segments.mjs"]
        pipe = subprocess.PIPE
        self._node = subprocess.Popen(command, cwd=NODE, stdin=pipe, stdout=pipe, text=True)

    def count(self, text: str) -> dict[str, Any]:
        """`segments` and `encoding` of `text`."""
        assert self._node.stdin
        assert self._node.stdout
        print(json.dumps(text), file=self._node.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._node.stdout.readline())
        return answer

    def close(self) -> None:
        self._node.terminate()
        self._node.wait()
