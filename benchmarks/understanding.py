"""How good understanding is, beside two peers: `python -m benchmarks.understanding`.

The development set (tests/fr/utterances) was seen while tuning; of the held-out sets (tests/fr/evaluation)
only these totals are. `--peers` also trains and measures the peers in engines.py (`pip install -e
'.[bench]'`), `--mistakes` lists the mistakes on the development set. OPENBLAS_NUM_THREADS=1 for one core.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein
from rich.console import Console
from rich.table import Table

from benchmarks import sentences
from benchmarks.answers import answers, answers_table
from benchmarks.engines import Engine, Guess, embeddings, ours, peer, tfidf
from benchmarks.sentences import HEARD, HEARD_OUT_OF_DOMAIN, MIXED, OUT_OF_DOMAIN, Sentence
from voicebot.nlu import Understanding
from voicebot.nlu.normalise import plain

_CONFUSIONS = 12
_NOT_ONE_REQUEST = (OUT_OF_DOMAIN, HEARD_OUT_OF_DOMAIN, MIXED)


@dataclass(frozen=True)
class MeasuredSentence:
    """A sentence, how an engine understood it, and how long that took in ms."""

    sentence: Sentence
    guess: Guess
    took: float

    @property
    def right(self) -> bool:
        """Whether the best intent is one that is meant, whether acted upon or asked back."""
        return self.guess.best in self.sentence.meant

    @property
    def wrong(self) -> bool:
        """Whether it is acted upon although something else, or nothing, was meant."""
        return self.guess.sure and not self.right

    @property
    def asked(self) -> bool:
        """Whether the person is asked before anything is done."""
        return bool(self.guess.offered)

    @property
    def offered(self) -> bool:
        """Whether the person is asked, and everything they mean is among what is offered."""
        return self.asked and set(self.sentence.meant) <= set(self.guess.offered)


def measure(engine: Engine, chosen: Sequence[Sentence]) -> list[MeasuredSentence]:
    """Every sentence, understood once."""
    measured = []
    for sentence in chosen:
        start = time.perf_counter()
        guess = engine(sentence)
        measured.append(MeasuredSentence(sentence, guess, 1000 * (time.perf_counter() - start)))
    return measured


def share(measured: Sequence[MeasuredSentence], test: Callable[[MeasuredSentence], bool]) -> float:
    """The share of the sentences that pass the test, 0 to 1."""
    return sum(map(test, measured)) / len(measured) if measured else 0.0


def main() -> None:
    """Measure and print."""
    options = _options()
    console = Console()
    start = time.perf_counter()
    engines: dict[str, Engine] = {"voicebot": ours(Understanding.load())}
    console.print(f"learned in {time.perf_counter() - start:.2f} s")
    seen = sentences.development()
    if options.peers:
        taught = sentences.examples()
        engines["TF-IDF"] = peer(tfidf(taught), seen)
        engines["e5 embeddings"] = peer(embeddings(taught), seen)
    known = {name: measure(engine, seen) for name, engine in engines.items()}
    unseen = {name: measure(engine, sentences.held_out()) for name, engine in engines.items()}
    console.print(_table("development set", known), _table("held-out sets", unseen), _speed(unseen))
    console.print(heard_table("development", known["voicebot"]), heard_table("held out", unseen["voicebot"]))
    console.print(_confusions(unseen["voicebot"]))
    console.print(answers_table(answers(Understanding.load())))
    if options.mistakes:
        _print_mistakes(console, known["voicebot"])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--peers", action="store_true", help="measure the peers too, training them for minutes"
    )
    parser.add_argument("--mistakes", action="store_true", help="list the mistakes of the development set")
    return parser.parse_args()


def _table(title: str, by_engine: Mapping[str, Sequence[MeasuredSentence]]) -> Table:
    columns = ("set", "engine", "n", "top-1", "sure, right", "asked", "offered", "sure, wrong")
    table = Table(*columns, title=f"{title}, %")
    for style in dict.fromkeys(each.sentence.style for each in next(iter(by_engine.values()))):
        for name, measured in by_engine.items():
            _row(table, style, name, [each for each in measured if each.sentence.style == style])
        table.add_section()
    for name, measured in by_engine.items():
        _row(
            table,
            "all procedures",
            name,
            [m for m in measured if m.sentence.style not in _NOT_ONE_REQUEST],
        )
    return table


def _row(table: Table, style: str, name: str, measured: Sequence[MeasuredSentence]) -> None:
    shares = (
        share(measured, lambda each: each.right),
        share(measured, lambda each: each.guess.sure and each.right),
        share(measured, lambda each: each.asked),
        share(measured, lambda each: each.offered),
        share(measured, lambda each: each.wrong),
    )
    table.add_row(style, name, str(len(measured)), *(f"{100 * each:.1f}" for each in shares))


def heard_table(title: str, measured: Sequence[MeasuredSentence]) -> Table:
    """Requests as a recognizer wrote them, by voice and noise: their outcome, and wrong words, in %."""
    columns = ("voice", "noise", "n", "top-1", "sure, right", "asked", "sure, wrong", "word error")
    table = Table(*columns, title=f"as heard over the telephone, {title}, %")
    by_line: dict[tuple[str, float], list[MeasuredSentence]] = defaultdict(list)
    for each in measured:
        if each.sentence.heard and each.sentence.style == HEARD:
            by_line[each.sentence.heard.voice, -each.sentence.heard.noise_db].append(each)
    for (voice, noise), heard in sorted(by_line.items()):
        tests = (
            share(heard, lambda each: each.right),
            share(heard, lambda each: each.guess.sure and each.right),
            share(heard, lambda each: each.asked),
            share(heard, lambda each: each.wrong),
            word_error(each.sentence for each in heard),
        )
        shown = (f"{100 * each:.0f}" for each in tests)
        table.add_row(voice, f"{-noise:.0f} dB", str(len(heard)), *shown)
    return table


def word_error(heard: Iterable[Sentence]) -> float:
    """Words inserted, omitted or changed by the recognizer, per word said."""
    pairs = [(plain(each.heard.said).split(), plain(each.text).split()) for each in heard if each.heard]
    wrong = sum(Levenshtein.distance(said, text) for said, text in pairs)
    return wrong / sum(len(said) for said, _ in pairs)


def _speed(by_engine: Mapping[str, Sequence[MeasuredSentence]]) -> Table:
    table = Table("engine", "median", "99 %", "slowest", title="ms per utterance")
    for name, measured in by_engine.items():
        times = sorted(each.took for each in measured)
        shown = (statistics.median(times), times[int(0.99 * len(times))], times[-1])
        table.add_row(name, *(f"{each:.2f}" for each in shown))
    return table


def _confusions(measured: Sequence[MeasuredSentence]) -> Table:
    """Which intents are taken for which others, held out, without the sentences."""
    wrong = [each for each in measured if not each.right and each.sentence.style not in _NOT_ONE_REQUEST]
    pairs = Counter((each.sentence.meant[0], each.guess.best) for each in wrong)
    table = Table("meant", "understood", "times", title="held-out confusions")
    for (meant, best), times in pairs.most_common(_CONFUSIONS):
        table.add_row(meant, best, str(times))
    return table


def _print_mistakes(console: Console, measured: Sequence[MeasuredSentence]) -> None:
    for each in measured:
        if each.wrong or (not each.right and each.sentence.style != OUT_OF_DOMAIN):
            meant = ", ".join(each.sentence.meant)
            console.print(f"[dim]{meant}: {each.sentence.text} → {each.guess.best}[/dim]")


if __name__ == "__main__":
    main()
