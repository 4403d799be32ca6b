"""Speak one utterance with pyttsx3 into a WAV file: `python -m … RATE FILE`, the words on standard input.

Run as a fresh process for each utterance: in one process pyttsx3's second file may stay empty, threads
deadlock, and `runAndWait` does not wait.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from pathlib import Path

import espeakng_loader

VOICE = "roa/fr"
_PATIENCE_S = 20.0


def main() -> int:
    """0 when the file is written; 1 when pyttsx3 has no French voice or never finishes."""
    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    # pyttsx3 looks for a system library; loading the packaged one first makes it be found.
    library = Path(espeakng_loader.get_library_path())
    ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
    return _speak(sys.stdin.read(), int(sys.argv[1]), sys.argv[2])


def _speak(text: str, words_a_minute: int, path: str) -> int:
    import pyttsx3

    engine = pyttsx3.init("espeak")
    french = [v.id for v in engine.getProperty("voices") if v.id in (VOICE, "fr", "French (France)")]
    if not french:
        print("no French voice", file=sys.stderr)
        return 1
    engine.setProperty("voice", french[0])
    engine.setProperty("rate", words_a_minute)
    finished = threading.Event()
    engine.connect("finished-utterance", lambda name, completed: finished.set())
    engine.save_to_file(text, path)
    engine.runAndWait()
    return 0 if finished.wait(_PATIENCE_S) else 1


if __name__ == "__main__":
    sys.exit(main())
