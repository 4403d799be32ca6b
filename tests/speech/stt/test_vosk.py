"""Real Vosk in real processes. The packaged model is Korean: which words it finds does not matter here."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from tests.speech.telephone import chunks, interrupt, said
from voicebot.errors import ModelError, RecognizerLost
from voicebot.speech.stt.recognizer import Expected, Stream, Transcript
from voicebot.speech.stt.vosk import VoskRecognizer
from voicebot.speech.stt.vosk_worker import takes_grammars

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("vosk")]

YES, NO = "네", "아니요"
CLOSED = Expected((YES, NO), closed=True, kind="yes_no")
OPEN = Expected()
SPEECH = "oui d'accord je voudrais parler à quelqu'un"


def tell(stream: Stream) -> None:
    for chunk in chunks(said(SPEECH)):
        stream.accept(chunk)


def eventually(is_true: Callable[[], bool]) -> bool:
    """Whether it becomes true within 30 s; looks again every 20 ms."""
    return any(is_true() or Event().wait(0.02) for _ in range(1500))


def test_with_a_grammar_only_expected_words_are_heard(vosk: VoskRecognizer) -> None:
    stream = vosk.start(CLOSED)
    tell(stream)
    heard = stream.finish()
    assert set(heard.text.split()) <= {YES, NO}
    assert heard.text
    assert 0 < heard.confidence <= 1


def test_without_one_anything_may_be_heard(vosk: VoskRecognizer) -> None:
    stream = vosk.start(OPEN)
    tell(stream)
    assert set(stream.finish().text.split()) - {YES, NO}


def test_the_text_so_far_is_known_before_the_end(vosk: VoskRecognizer) -> None:
    stream = vosk.start(CLOSED)
    tell(stream)
    early = stream.peek()
    assert early
    assert early.text
    assert stream.finish().text.startswith(early.text)


def test_a_quiet_line_says_nothing(vosk: VoskRecognizer) -> None:
    stream = vosk.start(CLOSED)
    for chunk in chunks(interrupt(2)):
        stream.accept(chunk)
    assert stream.finish() == Transcript("", 0.0)


def test_an_utterance_can_be_given_up(vosk: VoskRecognizer) -> None:
    stream = vosk.start(CLOSED)
    tell(stream)
    stream.close()
    stream.close()
    again = vosk.start(CLOSED)
    tell(again)
    assert again.finish().text


def test_words_that_the_model_does_not_know_are_left_out_and_remembered(vosk: VoskRecognizer) -> None:
    stream = vosk.start(Expected((YES, "zzyzx"), closed=True))
    tell(stream)
    assert set(stream.finish().text.split()) == {YES}
    assert vosk.unknown == {"zzyzx"}


@pytest.mark.parametrize("phrases", [(), ("",), ("zzyzx",), ('"]', "[", "{}")])
def test_an_impossible_grammar_falls_back_to_hearing_anything(
    vosk: VoskRecognizer, phrases: tuple[str, ...]
) -> None:
    stream = vosk.start(Expected(phrases, closed=True))
    tell(stream)
    assert stream.finish().text


@pytest.mark.parametrize("death", [signal.SIGSEGV, signal.SIGABRT])
def test_the_death_of_a_worker_ends_only_what_it_was_hearing(
    vosk: VoskRecognizer, death: signal.Signals
) -> None:
    assert eventually(lambda: len(vosk.pids) == 2)
    victim, witness = vosk.pids
    streams = [vosk.start(CLOSED), vosk.start(CLOSED)]  # one at each worker, the first at the first
    for stream in streams:
        tell(stream)
    os.kill(victim, death)
    with pytest.raises(RecognizerLost, match="stopped in the middle of the call"):
        streams[0].finish()
    with pytest.raises(RecognizerLost):
        streams[0].accept(interrupt(0.1))
    tell(streams[1])
    assert streams[1].finish().text
    assert eventually(lambda: len(vosk.pids) == 2 and victim not in vosk.pids)
    assert witness in vosk.pids
    after = [vosk.start(CLOSED), vosk.start(CLOSED)]
    for stream in after:
        tell(stream)
    assert all(stream.finish().text for stream in after)


def test_a_worker_that_hangs_is_replaced(korean: Path) -> None:
    recognizer = VoskRecognizer(korean, workers=1, patience_s=0.2)
    (hanging,) = recognizer.pids
    stream = recognizer.start(CLOSED)
    os.kill(hanging, signal.SIGSTOP)
    with pytest.raises(RecognizerLost, match="expected an answer"):
        stream.finish()
    assert eventually(lambda: len(recognizer.pids) == 1 and hanging not in recognizer.pids)
    recognizer.close()
    with pytest.raises(RecognizerLost):
        recognizer.start(CLOSED)


def test_a_missing_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such folder"):
        VoskRecognizer(tmp_path / "absent")


@pytest.mark.parametrize("damage", ["am/final.mdl", "graph/HCLr.fst", "ivector/final.ie"])
def test_a_damaged_model_kills_only_its_worker(korean: Path, tmp_path: Path, damage: str) -> None:
    model = tmp_path / "model"
    shutil.copytree(korean, model, copy_function=os.symlink)
    whole = (korean / damage).read_bytes()
    (model / damage).unlink()
    (model / damage).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="install it again"):
        VoskRecognizer(model, workers=1)


def test_only_models_with_a_dynamic_graph_take_grammars(korean: Path, tmp_path: Path) -> None:
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "HCLG.fst").touch()
    assert takes_grammars(korean)
    assert not takes_grammars(tmp_path)
