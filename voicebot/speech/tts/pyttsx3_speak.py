"""Speak one utterance with pyttsx3 into a WAV file: `python … RATE FILE`, the words on standard input.

Run as a fresh process per utterance: within one process, pyttsx3's second file may stay empty, threads
deadlock, and `runAndWait` does not wait.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from pathlib import Path

import espeakng_loader

_VOICES = ("roa/fr", "fr", "French (France)")
_PATIENCE_S = 20.0


def main() -> int:
    """0 if the file was written; 1 if pyttsx3 has no French voice or never finishes."""
    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    _load_espeak(Path(espeakng_loader.get_library_path()))
    words = sys.stdin.buffer.read().decode("utf-8")
    return _speak(words, int(sys.argv[1]), sys.argv[2])


def _load_espeak(library: Path) -> None:
    """pyttsx3 loads a system library by name; the packaged one, loaded before, takes its place."""
    versioned = library.with_name(f"{library.name}.1")
    ctypes.CDLL(str(versioned if versioned.exists() else library), mode=ctypes.RTLD_GLOBAL)


def _speak(text: str, words_a_minute: int, path: str) -> int:
    import pyttsx3  # only now: it looks for the library when it is imported

    engine = pyttsx3.init("espeak")
    french = [voice.id for voice in engine.getProperty("voices") if voice.id in _VOICES]
    if not french:
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
