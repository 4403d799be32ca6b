"""The pieces of a sentence around its answers, and all that can be recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.prompts.folder import write
from voicebot.app import PROMPTS
from voicebot.dialogue.action import Option, Say
from voicebot.prompts import Piece, Prompts
from voicebot.prompts.recordable import Recordable, groups, recordables
from voicebot.sound import Pause, Speech

#: Heard by those who work with us only.
OURS = {"mediation", "studio"}


@pytest.fixture(scope="module")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Prompts:
    return Prompts.load(write(tmp_path_factory.mktemp("fr")))


@pytest.fixture(scope="module")
def real() -> Prompts:
    return Prompts.load(PROMPTS)


def parts(prompts: Prompts, say: Say, at: int = 0) -> tuple[Piece, ...]:
    pieces = [piece for piece in prompts.render(say, "voice") if isinstance(piece, Speech)]
    return pieces[at].parts


def test_the_words_around_answers_are_pieces_and_signs_are_rests(prompts: Prompts) -> None:
    say = Say("rsa.resume", slots={"age": 34, "logement": "rue", "naissance": "1990-01-01"})
    assert parts(prompts, say) == (
        Speech("Âge", "rsa.resume.ask-1"),
        Speech("34"),
        Pause(0.15),
        Speech("à la rue"),
        Pause(0.15),
        Speech("né le", "rsa.resume.ask-3"),
        Speech("premier janvier 1990"),
    )


def test_an_option_is_its_name_and_its_key(prompts: Prompts) -> None:
    say = Say("rsa.logement", options=(Option("rue", "2", "rsa.logement.rue"),))
    assert parts(prompts, say, at=1) == (
        Speech("à la rue", "rsa.logement.rue"),
        Pause(0.15),
        Speech("tapez 2.", "words.options.2-2"),
    )


def test_a_sentence_without_answers_is_one_piece_and_so_is_a_text(prompts: Prompts) -> None:
    assert parts(prompts, Say("rsa.age")) == ()
    sent = prompts.render(Say("common.value", slots={"value": 3}), "sms")
    assert [piece.parts for piece in sent if isinstance(piece, Speech)] == [()]


def test_an_answer_that_is_empty_is_no_piece(prompts: Prompts) -> None:
    told = parts(prompts, Say("rsa.resume", slots={"age": "", "logement": "?", "naissance": "hier"}))
    assert [piece.text for piece in told if isinstance(piece, Speech)] == ["Âge", "né le", "hier"]


def test_every_text_can_be_recorded_once(prompts: Prompts, tmp_path: Path) -> None:
    found = {one.text: one for one in recordables(prompts)}
    assert found["Quel âge avez-vous ?"] == Recordable("Quel âge avez-vous ?", ("rsa.age.ask",), "rsa")
    assert found["le RSA"].keys == ("topics.rsa",)
    assert found["tapez 1."].group == "options"
    assert found["né le"].within == "Âge …, …, né le …."
    assert "Votre âge ?" not in found, "it is only texted"
    twice = Prompts.load(write(tmp_path, impots='age: {ask: "Quel âge avez-vous ?"}\n'))
    shared = {one.text: one for one in recordables(twice)}["Quel âge avez-vous ?"]
    assert shared.keys == ("impots.age.ask", "rsa.age.ask")


def test_prompts_that_are_never_spoken_are_not_recorded(prompts: Prompts) -> None:
    texts = {one.text for one in recordables(prompts, {"rsa.bonjour"})}
    assert "Bonjour." not in texts
    assert "Quel âge avez-vous ?" in texts


def test_all_that_a_call_can_say_is_made_of_recordable_texts(real: Prompts) -> None:
    """Whoever records all of it never hears the synthesizer but in answers."""
    known = {one.text for one in recordables(real)}
    spoken = [text for text in real.static() if (text.key or "").split(".")[0] not in OURS]
    assert len(spoken) > 1000
    for text in spoken:
        fixed = [part for part in text.parts if isinstance(part, Speech) and part.key]
        assert text.text in known or (fixed and all(part.text in known for part in fixed)), text


def test_names_of_texts_are_names_of_files_and_unlike(real: Prompts) -> None:
    found = recordables(real)
    names = [key for one in found for key in one.keys]
    assert len(names) == len(set(names))
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_.-") for name in names)
    by_group = groups(found)
    assert sum(map(len, by_group.values())) == len(found)
    assert not OURS & set(by_group)
