"""The second opinion by meaning: its space, and the vectors that come with the package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from voicebot import packaged
from voicebot.nlu import vocabulary
from voicebot.nlu.closed.sentences import Floats, Sentences, Space, load, name_of

SPACE = Space(np.zeros(3, np.float32), np.eye(3, dtype=np.float32))
VECTORS = {
    name_of("perdue"): np.array([1, 0, 0], np.float32),
    name_of("volée"): np.array([0, 1, 0], np.float32),
}


class Model:
    """Knows two words."""

    def encode(self, texts: Sequence[str]) -> Floats:
        known = {"égarée": [0.9, 0.1, 0.0], "chourée": [0.1, 0.9, 0.0]}
        return np.array([known[text] for text in texts], np.float32)


def test_the_answer_whose_wordings_are_nearest_in_meaning() -> None:
    sentences = Sentences(Model(), SPACE, VECTORS)
    wordings = {"perdue": ["Perdue"], "volee": ["volée", "inconnue"], "autre": ["inconnue"]}
    found = sentences.nearest("égarée", wordings)
    assert found is not None
    assert found.answer == "perdue"
    assert found.margin > 0.5
    without = sentences.nearest("égarée", wordings, without=frozenset({"perdue"}))
    assert without is not None
    assert without.answer == "volee"


def test_vectors_in_the_space_have_length_one() -> None:
    placed = Space.of(np.random.default_rng(1).normal(size=(50, 8)).astype(np.float32), 4)
    vectors = placed.placed(np.ones((2, 8), np.float32))
    assert vectors.shape == (2, 4)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1])


def test_without_vectors_there_is_no_second_opinion(tmp_path: Path) -> None:
    assert load(tmp_path) is None


def test_nearly_every_wording_has_its_vector() -> None:
    sentences = load(packaged.NLU)
    assert sentences is not None
    words = vocabulary.answer_words([packaged.NLU])
    said = {phrase for answers in words.values() for phrases in answers.values() for phrase in phrases}
    lacking = [phrase for phrase in said if name_of(phrase) not in sentences.vectors]
    # After adding wordings: python -m benchmarks.sentence_vectors
    assert len(lacking) <= len(said) / 10, lacking[:5]


@pytest.mark.parametrize(
    ("said", "means"),
    [("un voleur me l'a prise dans le bus", "volee"), ("je l'ai laissée tomber quelque part", "perdue")],
)
def test_the_model_understands_what_no_wording_says(said: str, means: str) -> None:
    sentences = load(packaged.NLU)
    assert sentences is not None
    words = vocabulary.answer_words([packaged.NLU])["carte_vitale.probleme"]
    found = sentences.nearest(said, words)
    assert found is not None
    assert found.answer == means
