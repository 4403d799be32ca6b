"""Sherpa-onnx itself, with the smallest models that it runs: no French one can be had here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.speech.room import cough
from tests.speech.stt.tiny_transducers import write_streaming, write_whole
from tests.speech.telephone import chunks, heard, interrupt, said
from voicebot.errors import ModelError, RecognizerLost
from voicebot.speech.stt.recognizer import Expected, Stream, Transcript
from voicebot.speech.stt.sherpa import SherpaRecognizer

EXPECTED = Expected(("oui", "non"), closed=True, kind="yes_no")


@pytest.fixture(params=[True, False], ids=["streaming", "whole"])
def recognizer(request: pytest.FixtureRequest, tmp_path: Path) -> SherpaRecognizer:
    folder = tmp_path / "tiny"
    (write_streaming if request.param else write_whole)(folder)
    return SherpaRecognizer(folder, request.param)


def tell(stream: Stream, words: str = "oui") -> list[str | None]:
    return [stream.accept(chunk) for chunk in chunks(said(words))]


def test_what_is_said_is_heard(recognizer: SherpaRecognizer) -> None:
    stream = recognizer.start(EXPECTED)
    tell(stream)
    transcript = stream.finish()
    assert transcript.text.split()[0] == "oui"
    assert 0 < transcript.confidence <= 1


def test_a_streaming_one_tells_words_while_they_are_spoken(tmp_path: Path) -> None:
    write_streaming(tmp_path / "tiny")
    stream = SherpaRecognizer(tmp_path / "tiny", streams=True).start(EXPECTED)
    assert "oui" in tell(stream, "oui je voudrais parler à quelqu'un")
    early = stream.peek()
    assert early
    assert early.text == "oui"


@pytest.mark.parametrize("sound", [interrupt(2), cough()], ids=["silence", "cough"])
def test_where_nobody_spoke_nothing_is_heard(recognizer: SherpaRecognizer, sound: object) -> None:
    stream = recognizer.start(EXPECTED)
    for chunk in chunks(heard(sound)):
        stream.accept(chunk)
    assert stream.peek() == stream.finish() == Transcript()


def test_an_utterance_can_be_given_up_and_the_next_one_heard(recognizer: SherpaRecognizer) -> None:
    first = recognizer.start(EXPECTED)
    tell(first)
    first.close()
    first.close()
    second = recognizer.start(EXPECTED)
    tell(second)
    assert second.finish().text


def test_a_closed_recognizer_hears_nobody(recognizer: SherpaRecognizer) -> None:
    recognizer.close()
    with pytest.raises(RecognizerLost):
        recognizer.start(EXPECTED)


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_bytes(b"no model")])
def test_a_missing_or_damaged_part_is_told(tmp_path: Path, harm: Callable[[Path], object]) -> None:
    write_streaming(tmp_path / "tiny")
    harm(tmp_path / "tiny" / "joiner.onnx")
    with pytest.raises(ModelError, match="install it"):
        SherpaRecognizer(tmp_path / "tiny", streams=True)


@pytest.mark.parametrize("streams", [True, False])
def test_a_model_of_the_other_sort_is_told_and_does_not_end_the_process(
    tmp_path: Path, streams: bool
) -> None:
    (write_whole if streams else write_streaming)(tmp_path / "tiny")
    with pytest.raises(ModelError, match="install it"):
        SherpaRecognizer(tmp_path / "tiny", streams)
