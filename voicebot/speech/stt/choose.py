"""Which recognizer hears a call: the best of what is installed, and why the others are not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from voicebot.errors import ModelError, RecognizerLost, VoicebotError
from voicebot.speech.models import find, install, is_installed, is_packaged
from voicebot.speech.stt.recognizer import Expected, Recognizer, Stream

_ENGINES = ("vosk", "whisper")


class ByQuestion:
    """One recognizer for closed questions and another for open ones; each stands in for the other."""

    def __init__(self, closed: Recognizer, open_: Recognizer) -> None:
        self.name = f"{closed.name}+{open_.name}"
        self._closed = closed
        self._open = open_

    def start(self, expected: Expected) -> Stream:
        """See `Recognizer.start`; raises RecognizerLost when neither is there."""
        first, second = (self._closed, self._open) if expected.closed else (self._open, self._closed)
        try:
            return first.start(expected)
        except RecognizerLost:
            return second.start(expected)

    def close(self) -> None:
        """Close both."""
        self._closed.close()
        self._open.close()


def recognizers(folder: Path, preferred: str = "auto") -> tuple[list[Recognizer], list[str]]:
    """What can hear French with the models in `folder`, best first, and a sentence for what is missing.

    `preferred` is "auto", "vosk" or "whisper". With "auto", a small Vosk model takes the closed questions and
    a large one or Whisper the open ones. An empty list means that the service goes by keypad only. Loads the
    models: about a second and 0.3 to 0.7 GB each.
    """
    notes: list[str] = []
    wanted = _ENGINES if preferred == "auto" else (preferred,)
    small = _load("vosk-small-fr", folder, wanted, notes)
    spacious = _load("vosk-large-fr", folder, wanted, notes)
    # Whisper is put together from packages on the first start, and left alone when Vosk can do all.
    other = None if small and spacious else _load("whisper-base", folder, wanted, notes)
    found = [each for each in (spacious, other) if each]
    if small and found:
        return [ByQuestion(small, found[0])], notes
    return [each for each in (small, *found) if each][:1], notes


def _load(name: str, folder: Path, wanted: tuple[str, ...], notes: list[str]) -> Recognizer | None:
    if find(name).engine not in wanted:
        return None
    try:
        if not is_installed(name, folder) and is_packaged(name):
            install(name, folder, lambda done, total: None)
        if not is_installed(name, folder):
            raise ModelError(f"{name} is not installed: voicebot models install {name}")
        return _MAKERS[name](folder / name)
    except (VoicebotError, ImportError) as error:
        notes.append(str(error))
        return None


def _small_vosk(folder: Path) -> Recognizer:
    from voicebot.speech.stt.vosk import VoskRecognizer

    return VoskRecognizer(folder)


def _large_vosk(folder: Path) -> Recognizer:
    """One process: the model takes several gigabytes."""
    from voicebot.speech.stt.vosk import VoskRecognizer

    return VoskRecognizer(folder, workers=1)


def _whisper(folder: Path) -> Recognizer:
    from voicebot.speech.stt.whisper import WhisperRecognizer

    return WhisperRecognizer(folder)


_MAKERS: dict[str, Callable[[Path], Recognizer]] = {
    "vosk-small-fr": _small_vosk,
    "vosk-large-fr": _large_vosk,
    "whisper-base": _whisper,
}
