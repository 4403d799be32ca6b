"""Feed arbitrary text to understanding: `python -m benchmarks.fuzz_interpret 100000`.

Prints texts per second, the slowest one, and the growth of memory. Exits with an error and the text if
`interpret` raises, returns something malformed, or takes more than `--limit` ms of CPU time, which is
independent of what else the machine is doing. The same seed gives the same texts.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import time
from collections.abc import Iterator

from rich.console import Console

from benchmarks.sentences import examples
from voicebot.dialogue.meaning import KINDS, NO_INTENT, Expecting, Meaning
from voicebot.nlu import Understanding

CHANNELS = ("voice", "sms", "keypad")
CHOICES = ("caf", "msa", "oui", "non", "rsa", "autre", "inconnu_ici")
LONGEST = 10_000
_SHOWN = 200
_SIGNS = "aeiou éèàçœß 0123456789 .,;:!?'’\"-_/\\|€$%()[]{}<>\t\n\x00\u200b\u202e١٢一ж😀🇫🇷\ud7ff\U0010ffff"


def main() -> None:
    """Feed, time, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("count", type=int, help="how many texts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=1000.0, help="the most ms a text may take")
    options = parser.parse_args()
    understanding = Understanding.load()
    times, before = [], memory_mb()
    for text, expecting, channel in thrown(options.count, options.seed):
        start = time.process_time()
        meaning = understanding.interpret(text, expecting, channel)
        took = 1000 * (time.process_time() - start)
        if took > options.limit or not well_formed(meaning, text, expecting):
            what = f"{len(text)} letters, {text[:_SHOWN]!r}"
            raise SystemExit(
                f"{took:.0f} ms, {expecting}, {channel}: {what} → {meaning.intent}, {meaning.value}"
            )
        times.append(took)
    rate = 1000 * len(times) / sum(times)
    median, slowest = statistics.median(times), max(times)
    Console().print(
        f"{len(times)} texts, {rate:.0f} per second; median {median:.2f} ms, slowest {slowest:.1f} ms; "
        f"{memory_mb() - before:.0f} MB more than at the start"
    )


def memory_mb() -> float:
    """The peak memory of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def thrown(count: int, seed: int) -> Iterator[tuple[str, Expecting, str]]:
    """`count` texts, with a question and a channel for each."""
    rng = random.Random(seed)
    said = [text for text, _ in examples()]
    for _ in range(count):
        choices = tuple(rng.sample(CHOICES, rng.randrange(len(CHOICES))))
        yield text(rng, said), Expecting(rng.choice(KINDS), choices), rng.choice(CHANNELS)


def text(rng: random.Random, said: list[str]) -> str:
    """A sentence with letters changed, words thrown together, or characters; now and then very long."""
    kind = rng.randrange(4)
    if kind == 0:
        made = _spoilt(rng, rng.choice(said))
    elif kind == 1:
        words = " ".join(rng.choices(said, k=5)).split()
        made = " ".join(rng.choices(words, k=rng.randint(0, 40)))
    elif kind == 2:
        made = "".join(rng.choices(_SIGNS, k=rng.randint(0, 200)))
    else:
        made = "".join(chr(rng.randrange(0xD800)) for _ in range(rng.randint(0, 60)))
    return (made or " ") * (LONGEST // (len(made) or 1)) if rng.random() < 0.02 else made


def _spoilt(rng: random.Random, sentence: str) -> str:
    letters = list(sentence)
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(letters))
        letters[place] = rng.choice(("", rng.choice(_SIGNS), letters[place] * 2, rng.choice("aeiourstln")))
    return "".join(letters)


def well_formed(meaning: Meaning, said: str, expecting: Expecting) -> bool:
    """Whether the parts of a meaning agree with each other and with the question."""
    value = meaning.value
    answered = value is None or meaning.intent == NO_INTENT
    listed = value is None or expecting.kind != "choice" or value in expecting.choices
    silent = meaning.certainty != "none" or (value is None and meaning.intent == NO_INTENT)
    return 0 <= meaning.score <= 1 and meaning.text == said and answered and listed and silent


if __name__ == "__main__":
    main()
