from __future__ import annotations

import pytest

from voicebot.nlu import vocabulary
from voicebot.nlu.understanding import PACKAGED
from voicebot.nlu.vocabulary import Vocabulary


@pytest.fixture(scope="session")
def words() -> Vocabulary:
    return vocabulary.read(PACKAGED)
