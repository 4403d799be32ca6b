"""The packages of the image with the fingerprints of their files, from pip's report: `make lock` runs it.

    python .ci/hashes.py REPORT > deploy/requirements.txt

`pip install --require-hashes` then refuses whatever was exchanged at the registry since.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_HEAD = "# Made by `make lock` for the image: Linux on x86-64, Python 3.11. Another platform needs its own."


def lines(report: dict[str, Any]) -> Iterator[str]:
    """One line for each package that pip would install, except ours; KeyError without a fingerprint."""
    for found in report["install"]:
        name, version = found["metadata"]["name"], found["metadata"]["version"]
        if name != "voicebot":
            file = found["download_info"]["archive_info"]
            yield f"{name}=={version} --hash=sha256:{file['hashes']['sha256']}"


if __name__ == "__main__":
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print("\n".join([_HEAD, *sorted(lines(told), key=str.casefold)]))
