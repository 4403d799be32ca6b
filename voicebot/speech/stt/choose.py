"""Which recognizer hears a call: the best one installed, and why the others are unavailable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from voicebot.errors import ModelError, RecognizerLost, VoicebotError
from voicebot.speech.models import find, install, is_installed, is_packaged
from voicebot.speech.stt.recognizer import Expected, Recognizer, Stream

_ENGINES = ("vosk", "whisper")
#: The one that knows the telephone first; the published one in its place.
_WHISPERS = ("whisper-phone", "whisper-base")
#: Only by name: they want more of a machine, or were never measured by us.
_BY_NAME = ("whisper-small", "whisper-medium", "whisper-turbo", "zipformer-fr", "kroko-fr", "parakeet-v3")
#: Where a Wyoming recognizer listens by custom.
WYOMING_PORT = 10300


class ByQuestion:
    """One recognizer for closed questions and another for open ones; each stands in for the other."""

    def __init__(self, closed: Recognizer, open_: Recognizer) -> None:
        self.name = f"{closed.name}+{open_.name}"
        self._closed = closed
        self._open = open_

    def start(self, expected: Expected) -> Stream:
        """See `Recognizer.start`; raises RecognizerLost if neither is available."""
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
    """What can hear French with the models in `folder`, best first, and one sentence per missing one.

    `preferred` is "auto", "vosk", "whisper" or the name of a model, in whose place what "auto" finds hears if
    it is not installed. With "auto", a small Vosk model takes the closed questions and
    a large one or Whisper the open ones. An empty list means that the service works by keypad only. Loads the
    models: about a second and 0.3 to 0.7 GB each.
    """
    notes: list[str] = []
    if preferred in _BY_NAME:
        named = _load(preferred, folder, (find(preferred).engine,), notes)
        found, others = ([named], []) if named else recognizers(folder)
        return found, notes + others
    wanted = _ENGINES if preferred == "auto" else (preferred,)
    small = _load("vosk-small-fr", folder, wanted, notes)
    spacious = _load("vosk-large-fr", folder, wanted, notes)
    # Whisper is put together from packages on the first start, and left alone when Vosk can do all.
    other = None if small and spacious else _best_whisper(folder, wanted, notes)
    found = [each for each in (spacious, other) if each]
    if small and found:
        return [ByQuestion(small, found[0])], notes
    return [each for each in (small, *found) if each][:1], notes


def _best_whisper(folder: Path, wanted: tuple[str, ...], notes: list[str]) -> Recognizer | None:
    """The first that can be had; why the ones before it cannot is in `notes`."""
    for name in _WHISPERS:
        if recognizer := _load(name, folder, wanted, notes):
            return recognizer
    return None


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

    return WhisperRecognizer(folder, context=find(folder.name).context)


def _sherpa(folder: Path) -> Recognizer:
    try:
        from voicebot.speech.stt.sherpa import SherpaRecognizer
    except ImportError as error:
        raise ModelError("expected the package sherpa-onnx, install voicebot[sherpa]") from error
    return SherpaRecognizer(folder, find(folder.name).streams)


_MAKERS: dict[str, Callable[[Path], Recognizer]] = {
    "vosk-small-fr": _small_vosk,
    "vosk-large-fr": _large_vosk,
    **{name: _sherpa if find(name).engine == "sherpa" else _whisper for name in (*_WHISPERS, *_BY_NAME)},
}


def with_ears(local: Recognizer | None, address: str, model: str = "", key: str = "") -> Recognizer:
    """`local`, and another machine before it: http(s)://host/v1 or wyoming://host:port.

    Raises ModelError if a package for it is missing.
    """
    from voicebot.speech.stt.elsewhere import ElsewhereRecognizer

    where = urlsplit(address)
    if where.scheme != "wyoming":
        from voicebot.speech.stt.openai_ears import OpenAiEars

        return ElsewhereRecognizer(OpenAiEars(address, model, key), local)
    try:
        from voicebot.speech.stt.wyoming_ears import WyomingEars
    except ImportError as error:
        raise ModelError("expected the package wyoming, install voicebot[elsewhere]") from error
    return ElsewhereRecognizer(WyomingEars(where.hostname or "", where.port or WYOMING_PORT, model), local)
