"""How long the caller waits: from the end of their speech to the first sound of the answer.

    .venv/bin/python -m benchmarks.gap [--calls N]

One run measures every engine, closed and open questions, in real time through the real socket, and splits
the median into its parts. Vosk is measured with the packaged Korean model and Korean answers, because the
French one cannot be fetched on the build machines; its French accuracy has not been measured.
"""

from __future__ import annotations
