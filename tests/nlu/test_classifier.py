from __future__ import annotations

from collections import Counter

from voicebot.nlu.classifier import learn


def bag(text: str) -> Counter[str]:
    return Counter(text.split())


SENTENCES = {
    "fruit": ["eat red apple", "eat green apple", "red pear please", "green pear please", "apple and pear"],
    "car": ["drive red car", "drive green car", "park car please", "park red truck", "drive green truck"],
}


def test_it_learns_what_tells_sentences_apart() -> None:
    examples = [(bag(text), label) for label, texts in SENTENCES.items() for text in texts]
    classifier = learn([counts for counts, _ in examples], [label for _, label in examples])

    best = classifier.classify(bag("green apple please"), frozenset({"fruit", "car"}))[0]
    assert best.intent == "fruit"
    assert best.score > 0.9


def test_scores_sum_to_one_over_what_is_allowed() -> None:
    examples = [(bag(text), label) for label, texts in SENTENCES.items() for text in texts]
    classifier = learn([counts for counts, _ in examples], [label for _, label in examples])

    both = classifier.classify(bag("red"), frozenset({"fruit", "car"}))
    assert abs(sum(candidate.score for candidate in both) - 1) < 1e-5
    assert [candidate.score for candidate in classifier.classify(bag("red"), frozenset({"car"}))] == [1.0]


def test_words_never_seen_make_it_less_certain() -> None:
    examples = [(bag(text), label) for label, texts in SENTENCES.items() for text in texts]
    classifier = learn([counts for counts, _ in examples], [label for _, label in examples])

    def certainty(text: str) -> float:
        return classifier.classify(bag(text), frozenset({"fruit", "car"}))[0].score

    assert certainty("red apple") > certainty("red apple one two three four five six seven")
