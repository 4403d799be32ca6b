from __future__ import annotations

import json

from voicebot.dialogue.meaning import Candidate, Expecting, Meaning
from voicebot.nlu import Understanding, as_dict


def test_a_meaning_as_json(understanding: Understanding) -> None:
    report = json.loads(json.dumps(as_dict(understanding.interpret("j'ai 62 ans", Expecting("age")))))

    assert report["value"] == 62
    assert report["entities"] == {"age": 62}
    assert report["intent"] == "aucun"


def test_scores_are_rounded_and_nothing_said_is_null() -> None:
    meaning = Meaning("rsa", "rsa", 0.98765, "sure", (Candidate("rsa", 0.98765),))

    assert as_dict(meaning) == {
        "intent": "rsa",
        "score": 0.988,
        "alternatives": [{"intent": "rsa", "score": 0.988}],
        "entities": {},
        "value": None,
        "certainty": "sure",
        "danger": None,
    }
