"""Worker processes for Vosk: started, monitored, and restarted if they die.

If one dies, only the utterances that it was hearing end, each with one clear sentence.
"""

from __future__ import annotations

import itertools
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Any

import structlog

from voicebot.errors import ModelError, RecognizerLost

log = structlog.get_logger()

_MODULE = "voicebot.speech.stt.vosk_worker"
_LOAD_S = 120.0
_SEND_S = 5
_MOST_FAILED_STARTS = 3
_LOST = "the speech recognizer stopped in the middle of the call; it is being started again"


class VoskUtterance:
    """One utterance at one worker. `partial` is the text so far."""

    def __init__(self, worker: Worker, number: int) -> None:
        self.partial = ""
        self._worker = worker
        self._number = number
        self._answers: SimpleQueue[tuple[Any, ...]] = SimpleQueue()
        self._lost = ""

    def tell(self, kind: str, *rest: Any) -> None:
        """Send the worker a message that needs no answer. Raises RecognizerLost."""
        if self._lost:
            raise RecognizerLost(self._lost)
        self._worker.send(kind, self._number, *rest)

    def ask(self, kind: str, patience_s: float) -> tuple[Any, ...]:
        """Send a message and wait for the contents of the answer. Raises RecognizerLost."""
        self.tell(kind)
        try:
            name, *rest = self._answers.get(timeout=patience_s)
        except Empty:
            self._worker.kill()  # it hangs; once dead, it is restarted
            what = f"expected an answer from the speech recognizer in {patience_s} s, got none"
            raise RecognizerLost(what) from None
        if name == "failed":
            raise RecognizerLost(self._lost)
        return tuple(rest)

    def hear(self, name: str, *rest: Any) -> None:
        """A message from the worker."""
        if name == "partial":
            self.partial = str(rest[0])
            return
        if name == "failed":
            self._lost = str(rest[0])
        self._answers.put((name, *rest))

    def leave(self) -> None:
        """Nothing more is expected from this utterance."""
        self._worker.forget(self._number)


class Worker:
    """One process and the thread that monitors it. Use it from any thread."""

    def __init__(self, folder: Path, learn_unknown: Callable[[tuple[str, ...]], None]) -> None:
        self.ready = False
        """True if it can take an utterance."""
        self._folder = folder
        self._learn_unknown = learn_unknown
        self._numbers = itertools.count()
        self._ears: dict[int, VoskUtterance] = {}
        self._sending = Lock()
        self._settled = Event()
        self._closing = False
        self._worked = False
        self._reason = "it was not loaded in time"
        self._launch()
        self._watcher = Thread(target=self._watch, name="vosk-worker", daemon=True)
        self._watcher.start()

    @property
    def load(self) -> int:
        """How many utterances it is hearing."""
        return len(self._ears)

    @property
    def pid(self) -> int:
        """The current process."""
        return self._process.pid

    def wait(self) -> None:
        """Wait until the model is loaded. Raises ModelError if it cannot be."""
        self._settled.wait(_LOAD_S)
        if not self.ready:
            raise ModelError(
                f"expected a Vosk model in {self._folder}, it is of no use: {self._reason}; install it again"
            )

    def listen(self, phrases: tuple[str, ...] | None) -> VoskUtterance:
        """A new utterance, in which only `phrases`, or anything, is expected. Raises RecognizerLost."""
        number = next(self._numbers)
        ear = self._ears[number] = VoskUtterance(self, number)
        try:
            ear.tell("start", phrases)
        except RecognizerLost:
            self.forget(number)
            raise
        return ear

    def forget(self, number: int) -> None:
        """The utterance `number` is over."""
        self._ears.pop(number, None)

    def send(self, *message: Any) -> None:
        """Raises RecognizerLost if the process is gone or no longer reads."""
        process = self._process
        try:
            with self._sending:
                self._connection.send(message)
        except OSError as error:
            process.kill()  # half a message may have gone out
            raise RecognizerLost(_LOST) from error

    def kill(self) -> None:
        """End the process; unless `close` was called, it is restarted."""
        self._process.kill()

    def close(self) -> None:
        """End the process for good."""
        self._closing = True
        self.kill()
        self._watcher.join()

    def _launch(self) -> None:
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", _SEND_S, 0))
        self._connection = Connection(ours.detach())
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", _MODULE, str(self._folder), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def _watch(self) -> None:
        failed_starts = 0
        while True:
            self._relay()
            failed_starts = 0 if self.ready else failed_starts + 1
            self._bury()
            # A model that never loaded is for the caller to report; one that did deserves more attempts.
            if self._closing or failed_starts >= (_MOST_FAILED_STARTS if self._worked else 1):
                self._settled.set()
                return
            self._launch()

    def _relay(self) -> None:
        """Pass messages on until the process is gone."""
        while True:
            try:
                name, *rest = self._connection.recv()
            except (EOFError, OSError):
                return
            self._hear(name, *rest)

    def _hear(self, name: str, *rest: Any) -> None:
        if name == "ready":
            self.ready = self._worked = True
            self._settled.set()
        elif name == "broken":
            self._reason = str(rest[0])
        elif name == "unknown":
            self._learn_unknown(rest[1])
        elif ear := self._ears.get(rest[0]):
            ear.hear(name, *rest[1:])

    def _bury(self) -> None:
        """The process is gone: tell everybody it was hearing."""
        self.ready = False
        with self._sending:
            self._connection.close()
        code = self._process.wait()
        if code and not self._closing:
            self._reason = f"its process ended with code {code}"
            log.error("recognizer process ended", code=code, streams=self.load)
        for number in list(self._ears):
            if ear := self._ears.pop(number, None):
                ear.hear("failed", _LOST)
