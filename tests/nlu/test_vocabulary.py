"""The data files of understanding: each is well formed, rich enough, and apart from the evaluation set."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from voicebot import datafile
from voicebot.dialogue.commands import COMMANDS
from voicebot.errors import DataError
from voicebot.nlu import vocabulary
from voicebot.nlu.understanding import PACKAGED
from voicebot.nlu.vocabulary import Vocabulary

INTENT_FILES = sorted((PACKAGED / "intents").glob("*.yaml"))
EVALUATION = Path(__file__).parent.parent / "fr" / "utterances"


def evaluated(name: str) -> list[str]:
    data = datafile.read(EVALUATION / f"{name}.yaml").data
    return [*data["voice"], *data["sms"]]


@pytest.mark.parametrize("path", INTENT_FILES, ids=lambda path: path.stem)
def test_an_intent_file_teaches_its_intent_with_many_different_sentences(path: Path) -> None:
    data = datafile.read(path).data
    repeated = [text for text, count in Counter(map(str.strip, data["utterances"])).items() if count > 1]

    assert data["intent"] == path.stem
    assert len(data["utterances"]) >= 60
    assert not repeated


@pytest.mark.parametrize("path", INTENT_FILES, ids=lambda path: path.stem)
def test_the_evaluation_set_is_not_the_training_set(path: Path) -> None:
    asked = evaluated(path.stem)
    both = set(asked) & set(datafile.read(path).data["utterances"])

    assert len(asked) >= 25
    assert len(both) <= 0.15 * len(asked), (
        f"sentences written twice by chance are few, these are many: {both}"
    )


def test_every_sentence_has_one_meaning(words: Vocabulary) -> None:
    meanings: dict[str, set[str]] = {}
    for sentence, label in words.examples():
        meanings.setdefault(sentence.strip().lower(), set()).add(label)
    # The same word ends a call and, by SMS, the messages; its channel decides.
    contradictory = {said: labels for said, labels in meanings.items() if len(labels - {"stop"}) > 1}

    assert not contradictory


def test_every_command_of_the_core_can_be_said(words: Vocabulary) -> None:
    assert set(COMMANDS) <= set(words.commands)
    assert all(len(command.utterances) >= 20 for command in words.commands.values())


def test_a_concept_has_several_words(words: Vocabulary) -> None:
    assert len(words.concepts) > 80
    assert all(len(set(phrases)) == len(phrases) > 1 for phrases in words.concepts.values())


def test_terms_and_ambiguous_requests_name_intents_that_exist(words: Vocabulary) -> None:
    known = {intent.intent for intent in words.intents}
    offered = {intent for intents in words.ambiguous.requests.values() for intent in intents}

    assert set(words.terms) <= known
    assert offered <= known


def test_a_missing_or_misshapen_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "fr"
    shutil.copytree(PACKAGED, folder)
    (folder / "lures.yaml").write_text("utterances: 3\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"lures\.yaml:1"):
        vocabulary.read(folder)

    (folder / "lures.yaml").unlink()
    with pytest.raises(DataError, match=r"lures\.yaml"):
        vocabulary.read(folder)


def test_a_folder_without_intents_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "fr"
    shutil.copytree(PACKAGED, folder, ignore=shutil.ignore_patterns("intents"))
    with pytest.raises(DataError, match="intents"):
        vocabulary.read(folder)
