"""Real Whisper hears real French by telephone, and nothing where nothing was said."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import VAR
from tests.speech.room import cough, music, noise
from tests.speech.telephone import chunks, heard, interrupt, said
from voicebot.dialogue.meaning import Expecting
from voicebot.errors import ModelError, RecognizerLost
from voicebot.nlu import Understanding
from voicebot.nlu.hints import hints
from voicebot.speech.audio import Pcm
from voicebot.speech.stt.recognizer import Expected, Transcript
from voicebot.speech.stt.speech_gate import loud_part
from voicebot.speech.stt.whisper import WhisperRecognizer
from voicebot.speech.stt.whisper_digits import reading
from voicebot.speech.stt.whisper_text import same
from voicebot.speech.telephone_line import band
from voicebot.speech.tts.kokoro import Kokoro
from voicebot.speech.vad import SileroVad

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("whisper")]

YES_NO = Expected(("oui", "non", "d'accord", "je ne sais pas"), closed=True, kind="yes_no")
MONTHS = Expected(
    (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    closed=True,
    kind="month",
)


def hear(recognizer: WhisperRecognizer, pcm: Pcm, expected: Expected = Expected()) -> Transcript:  # noqa: B008
    stream = recognizer.start(expected)
    for chunk in chunks(pcm):
        assert stream.accept(chunk) is None
    return stream.finish()


def melody() -> Pcm:
    """Eight plucked notes."""
    t = np.arange(2000) / 8000
    notes = [
        4000 * np.sin(2 * np.pi * hz * t) * np.exp(-9 * t) for hz in (262, 294, 330, 349, 392, 440, 494, 523)
    ]
    return np.concatenate(notes).astype(np.int16)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("non", YES_NO),
        ("non merci", YES_NO),
        ("d'accord", YES_NO),
        ("je ne sais pas", YES_NO),
        ("avril", MONTHS),
        ("novembre", MONTHS),
        ("j'ai perdu ma carte vitale", Expected()),
        ("je voudrais parler à quelqu'un", Expected()),
    ],
)
def test_answers_are_understood(phone: WhisperRecognizer, words: str, expected: Expected) -> None:
    transcript = hear(phone, said(words), expected)
    assert same(transcript.text, words)
    assert transcript.confidence > 0.5


def test_numbers_are_written_in_digits(whisper: WhisperRecognizer) -> None:
    assert "900" in hear(whisper, said("je gagne neuf cents euros"), Expected(kind="amount")).text


@pytest.mark.parametrize(
    ("words", "kind", "value"),
    [
        ("quatre-vingt-douze", "age", "92"),
        ("quatorze", "number", "14"),
        ("six cents euros", "amount", "600"),
        ("zéro six, douze, trente-quatre, cinquante-six, dix-sept", "phone", "0612345617"),
        ("le douze mars mille neuf cent quarante-huit", "date", "12/3/1948"),
    ],
)
def test_answers_in_digits_are_read(phone: WhisperRecognizer, words: str, kind: str, value: str) -> None:
    found = hear(phone, said(words), Expected(kind=kind))
    assert value in [reading(kind, text) for text in (found.text, *found.others)], found


def test_who_answers_a_number_with_words_is_not_forced_onto_one(phone: WhisperRecognizer) -> None:
    found = hear(phone, said("je voudrais parler à quelqu'un"), Expected(kind="age"))
    assert "parler" in found.text


def test_a_choice_among_long_phrases_is_heard_to_its_end(phone: WhisperRecognizer) -> None:
    told = ("je ne sais pas si je veux le faire demain matin", "je ne sais pas", "avec mon mari et ma mère")
    expected = Expected(told, closed=True, kind="choice")
    assert same(hear(phone, said("je ne sais pas"), expected).text, "je ne sais pas")


def test_an_answer_said_twice_is_that_answer(whisper: WhisperRecognizer) -> None:
    assert hear(whisper, said("oui oui"), YES_NO).text == "oui"


@pytest.mark.parametrize("kind", ["yes_no", "more"])
def test_a_short_oui_over_which_free_text_loops_is_heard(whisper: WhisperRecognizer, kind: str) -> None:
    """ "oui, ouii, ouii, ouii…": as a loop it was thrown away, and the caller told that nothing was heard."""
    understanding, expecting = Understanding.load(), Expecting(kind)
    expected = Expected(hints(understanding, expecting), closed=True, kind=kind)
    word = Kokoro(VAR / "models" / "kokoro").speak("oui", "normal")
    for loudness in (1.0, 0.3):
        found = hear(whisper, heard(band((word * loudness).astype(np.int16))), expected)
        meaning = understanding.interpret(found.text, expecting, "voice", found.others)
        assert meaning.value == expecting.answers[0], found.text


def test_whoever_says_more_than_the_answer_is_not_cut_to_it(whisper: WhisperRecognizer) -> None:
    found = hear(whisper, said("oui mais seulement l'hiver, l'été je vais au bled"), YES_NO)
    assert "mais" in found.text


def test_what_is_not_on_the_list_is_not_forced_onto_it(whisper: WhisperRecognizer) -> None:
    assert hear(whisper, said("je voudrais parler à quelqu'un"), MONTHS).text not in MONTHS.phrases


@pytest.mark.parametrize("expected", [Expected(), YES_NO, MONTHS], ids=["open", "yes_no", "months"])
@pytest.mark.parametrize(
    "pcm",
    [interrupt(2), noise(2, 300), noise(2, 8000), cough(), music(2), melody()],
    ids=["silence", "hiss", "roar", "cough", "music", "melody"],
)
def test_nothing_is_made_up(whisper: WhisperRecognizer, pcm: Pcm, expected: Expected) -> None:
    assert hear(whisper, heard(pcm), expected) == Transcript("", 0.0)


def test_no_sound_at_all_is_nothing(whisper: WhisperRecognizer) -> None:
    assert whisper.start(YES_NO).finish() == Transcript("", 0.0)


def test_music_is_refused_even_where_no_detector_keeps_it_out(models_folder: Path) -> None:
    class Deaf(SileroVad):
        def probability(self, window: Pcm) -> float:
            return 1.0

    recognizer = WhisperRecognizer(models_folder / "whisper-base", new_vad=Deaf)
    for pcm in (music(2), melody(), noise(2, 300)):
        assert hear(recognizer, heard(pcm)) == Transcript("", 0.0)


def test_an_early_answer_is_final_when_only_silence_follows(whisper: WhisperRecognizer) -> None:
    stream = whisper.start(YES_NO)
    stream.accept(said("non merci"))
    early = stream.peek()
    stream.accept(heard(interrupt(0.5)))
    assert same(early.text, "non merci")
    assert stream.finish() is early  # the very same: it was not decoded again


def test_an_early_answer_is_forgotten_when_the_person_goes_on(whisper: WhisperRecognizer) -> None:
    stream = whisper.start(Expected())
    stream.accept(said("j'ai perdu ma carte vitale"))
    early = stream.peek()
    stream.accept(said("je voudrais parler à quelqu'un"))
    final = stream.finish()
    # By its words and not letter by letter: with more to go by, the recognizer may spell the start otherwise.
    assert "perdu" in early.text
    assert "parler" not in early.text
    assert "perdu" in final.text
    assert "parler" in final.text


def test_several_calls_are_heard_at_the_same_time(whisper: WhisperRecognizer) -> None:
    words = ["non merci", "d'accord", "je ne sais pas", "non"]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda one: hear(whisper, said(one), YES_NO).text, words))
    assert all(same(text, one) for text, one in zip(found, words, strict=True))


def test_only_the_first_28_seconds_are_heard(whisper: WhisperRecognizer) -> None:
    sound = (said("j'ai perdu ma carte vitale"), heard(interrupt(26)), said("je voudrais parler à quelqu'un"))
    text = hear(whisper, np.concatenate(sound)).text
    assert "carte" in text
    assert "parler" not in text


def test_the_loud_part_is_the_word_and_not_the_line() -> None:
    word = said("novembre")
    start, end = loud_part(np.concatenate((heard(interrupt(1)), word, heard(interrupt(1)))))
    assert 1.5 * 16000 < start < end < 1.9 * 16000 + len(word)
    assert end - start > 0.4 * 16000


def test_a_missing_or_damaged_model_is_told(tmp_path: Path, models_folder: Path) -> None:
    with pytest.raises(ModelError, match=r"model\.bin is missing"):
        WhisperRecognizer(tmp_path)
    for file in (models_folder / "whisper-base").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes()[: 1 << 20])
    with pytest.raises(ModelError, match="damaged"):
        WhisperRecognizer(tmp_path)


def test_a_closed_recognizer_hears_nobody(models_folder: Path) -> None:
    recognizer = WhisperRecognizer(models_folder / "whisper-base")
    recognizer.close()
    with pytest.raises(RecognizerLost):
        recognizer.start(YES_NO)
