"""The process in which Vosk runs: `python -m voicebot.speech.stt.vosk_worker MODEL FD`.

Native code can kill its process, so that it has one of its own. Messages are tuples over the socket `FD`:
in: `start id phrases|None`, `audio id bytes`, `peek id`, `finish id`, `close id`;
out: `ready` or `broken reason`, then `unknown id words`, `partial id text`, `peeked id text confidence`,
`final id text confidence`, `failed id reason`. The process ends when the other side goes away.
"""

from __future__ import annotations

import json
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

import vosk

from voicebot.speech.stt.recognizer import Transcript
from voicebot.speech.stt.vosk_text import grammar, transcript

_RATE_HZ = 16000


class _Hearing:
    """One utterance. Vosk itself ends utterances at silences; their results are put together again."""

    def __init__(self, recognizer: Any, closed: bool = False) -> None:
        self._recognizer = recognizer
        self._closed = closed
        self._recognizer.SetWords(True)
        self._recognizer.SetPartialWords(True)
        self._results: list[dict[str, Any]] = []

    def accept(self, pcm: bytes) -> None:
        if self._recognizer.AcceptWaveform(pcm):
            self._results.append(json.loads(self._recognizer.Result()))

    def peek(self) -> Transcript:
        return transcript([*self._results, json.loads(self._recognizer.PartialResult())])

    def settled(self) -> Transcript:
        """At a pause: partial results lag by half a second, final ones take 10 ms with a grammar.

        Afterwards Vosk continues as if with a new utterance. Free speech is not cut: it depends on context.
        """
        if self._closed:
            self._results.append(json.loads(self._recognizer.FinalResult()))
        return self.peek()

    def finish(self) -> Transcript:
        return transcript([*self._results, json.loads(self._recognizer.FinalResult())])


class _Worker:
    """Serves the messages of many streams, one after the other."""

    def __init__(self, model: Any, takes_grammars: bool, connection: Connection) -> None:
        self._model = model
        self._takes_grammars = takes_grammars
        self._connection = connection
        self._hearings: dict[int, _Hearing] = {}

    def serve(self) -> None:
        """Answer until the other side goes away."""
        while True:
            kind, stream, *rest = self._connection.recv()
            try:
                self._answer(kind, stream, *rest)
            except Exception as error:  # the library raises bare Exception; only this stream is affected
                self._hearings.pop(stream, None)
                self._connection.send(("failed", stream, type(error).__name__))

    def _answer(self, kind: str, stream: int, *rest: Any) -> None:
        if kind == "start":
            self._hearings[stream] = _Hearing(*self._recognizer(stream, *rest))
        elif hearing := self._hearings.get(stream):
            self._hear(kind, stream, hearing, *rest)

    def _hear(self, kind: str, stream: int, hearing: _Hearing, *rest: Any) -> None:
        if kind == "audio":
            hearing.accept(*rest)
            self._connection.send(("partial", stream, hearing.peek().text))
        elif kind == "peek":
            self._tell("peeked", stream, hearing.settled())
        else:
            del self._hearings[stream]
            if kind == "finish":
                self._tell("final", stream, hearing.finish())

    def _tell(self, name: str, stream: int, heard: Transcript) -> None:
        self._connection.send((name, stream, heard.text, heard.confidence))

    def _recognizer(self, stream: int, phrases: tuple[str, ...] | None) -> tuple[Any, bool]:
        """A recognizer, and whether it hears only a grammar."""
        if phrases is None or not self._takes_grammars:
            return vosk.KaldiRecognizer(self._model, _RATE_HZ), False
        allowed = grammar(phrases, lambda word: self._model.vosk_model_find_word(word) >= 0)
        if allowed.unknown:
            self._connection.send(("unknown", stream, allowed.unknown))
        if allowed.json is None:
            return vosk.KaldiRecognizer(self._model, _RATE_HZ), False
        return vosk.KaldiRecognizer(self._model, _RATE_HZ, allowed.json), True


def takes_grammars(folder: Path) -> bool:
    """Small models have a graph that is assembled at run time, which a grammar replaces."""
    return any((folder / place / "Gr.fst").exists() for place in ("graph", ""))


def _load(folder: Path) -> Any:
    """The model, tested: a damaged one may load and fail only once it hears something."""
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(folder))
    hearing = _Hearing(vosk.KaldiRecognizer(model, _RATE_HZ))
    hearing.accept(Random(1).randbytes(2 * _RATE_HZ))
    hearing.finish()
    return model


def main(folder: Path, descriptor: int) -> None:
    """Load the model in `folder` and serve the socket `descriptor`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the service, which then ends us
    connection = Connection(descriptor)
    try:
        model = _load(folder)
    except Exception as error:  # the library raises bare Exception
        connection.send(("broken", str(error)))
        return
    try:
        connection.send(("ready",))
        _Worker(model, takes_grammars(folder), connection).serve()
    except (EOFError, OSError):
        return  # the service is gone


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
