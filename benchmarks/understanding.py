"""What understanding is worth, on the evaluation set in tests/fr: `python benchmarks/understanding.py`.

The even sentences of each set were looked at while tuning; the odd ones are shown apart. A sentence that is
also among the training examples is not counted. By voice and by SMS; OPENBLAS_NUM_THREADS=1 for one core.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from voicebot import datafile
from voicebot.dialogue.meaning import NO_INTENT, Expecting, Meaning, Value
from voicebot.nlu import Understanding, vocabulary
from voicebot.nlu.understanding import PACKAGED

EVALUATION = Path(__file__).parent.parent / "tests" / "fr"


@dataclass(frozen=True)
class Said:
    """One evaluation sentence, where it comes from, and what was understood."""

    name: str
    channel: str
    text: str
    held_out: bool
    meaning: Meaning

    @property
    def command(self) -> bool:
        """Whether it asks for a command, not a procedure."""
        return self.name in _COMMANDS

    @property
    def right(self) -> bool:
        """Whether the best intent is the one meant."""
        return self.meaning.intent == self.name

    @property
    def sure(self) -> bool:
        """Whether it is acted upon."""
        return self.meaning.certainty == "sure"

    @property
    def asked(self) -> bool:
        """Whether it is asked back."""
        return self.meaning.certainty == "unsure"


_WORDS = vocabulary.read(PACKAGED)
_COMMANDS = frozenset(_WORDS.commands)
#: Spoken the same in training: such a sentence would measure memory.
_TRAINED = frozenset(sentence.lower().strip() for sentence, _ in _WORDS.examples())


def sentences() -> Iterator[tuple[str, str, str, bool]]:
    """Every unseen evaluation sentence: what it means, channel, text, held out of tuning."""
    for path in sorted((EVALUATION / "utterances").glob("*.yaml")):
        data = datafile.read(path).data
        texted = data.pop("sms", {})
        if "intent" in data:
            name = data["intent"]
            by_channel = {"voice": {name: data["voice"]}, "sms": {name: texted}}
        else:
            by_channel = {"voice": data, "sms": texted}
        for channel, sets in by_channel.items():
            for name, texts in sets.items():
                for place, text in enumerate(texts):
                    if text.lower().strip() not in _TRAINED or name in _COMMANDS:
                        yield name, channel, text, place % 2 == 1


def understood(understanding: Understanding) -> list[Said]:
    """Every sentence at the open question."""
    return [
        Said(name, channel, text, held_out, understanding.interpret(text, Expecting(), channel))
        for name, channel, text, held_out in sentences()
    ]


def top_1(said: Sequence[Said]) -> float:
    """Share understood rightly, acted upon or asked back."""
    return _share(said, lambda each: each.right)


def acted_upon(said: Sequence[Said]) -> float:
    """Share acted upon without asking."""
    return _share(said, lambda each: each.sure)


def entities(understanding: Understanding) -> list[tuple[str, str, Value | None, Meaning]]:
    """Every line of entities.yaml: kind, text, the value it holds, and what was understood."""
    rows = [
        (row["expect"], row["text"], row["value"]) for row in datafile.read(EVALUATION / "entities.yaml").data
    ]
    return [(kind, text, value, understanding.interpret(text, Expecting(kind))) for kind, text, value in rows]


def milliseconds(understanding: Understanding, texts: Iterable[str]) -> list[float]:
    """Time for each text at the open question."""
    times = []
    for text in texts:
        start = time.perf_counter()
        understanding.interpret(text, Expecting())
        times.append(1000 * (time.perf_counter() - start))
    return times


def main() -> None:
    """Measure and print."""
    console = Console()
    start = time.perf_counter()
    understanding = Understanding.load()
    loaded = time.perf_counter() - start
    said = understood(understanding)
    console.print(_intents_table(said))
    console.print(_entities_table(entities(understanding)))
    times = milliseconds(understanding, (each.text for each in said))
    median, slowest = statistics.median(times), max(times)
    console.print(f"load {loaded:.2f} s; median {median:.2f} ms an utterance, slowest {slowest:.1f} ms")
    for each in said:
        if not each.right and each.name != NO_INTENT:
            console.print(
                f"[dim]{each.name}: {each.text} → {each.meaning.intent} {each.meaning.score:.2f}[/dim]"
            )
    for each in said:
        if each.sure and each.name == NO_INTENT:
            console.print(
                f"[dim]accepted: {each.text} → {each.meaning.intent} {each.meaning.score:.2f}[/dim]"
            )


def _intents_table(said: Sequence[Said]) -> Table:
    table = Table(
        "set", "n", "top-1", "sure", "asked", "rejected", "sure and wrong", title="intents and commands"
    )
    groups: dict[str, Callable[[Said], bool]] = {
        "procedures, voice": lambda s: s.name != NO_INTENT and not s.command and s.channel == "voice",
        "procedures, sms": lambda s: s.name != NO_INTENT and not s.command and s.channel == "sms",
        "commands": lambda s: s.command,
        "out of domain": lambda s: s.name == NO_INTENT,
    }
    for group, belongs in groups.items():
        chosen = [each for each in said if belongs(each)]
        _row(table, group, chosen)
        _row(table, "  held-out half", [each for each in chosen if each.held_out])
    table.add_section()
    for name in sorted({each.name for each in said}):
        _row(table, name, [each for each in said if each.name == name])
    return table


def _row(table: Table, name: str, said: Sequence[Said]) -> None:
    shares = (
        top_1(said),
        acted_upon(said),
        _share(said, lambda each: each.asked),
        _share(said, lambda each: each.meaning.certainty == "none"),
        _share(said, lambda each: each.sure and not each.right),
    )
    table.add_row(name, str(len(said)), *(f"{100 * share:.1f}" for share in shares))


def _entities_table(rows: Sequence[tuple[str, str, Value | None, Meaning]]) -> Table:
    table = Table("kind", "n", "right", "sure and wrong", title="expected answers")
    for kind in dict.fromkeys(row[0] for row in rows):
        of_kind = [row for row in rows if row[0] == kind]
        right = [meaning.value == value for _, _, value, meaning in of_kind]
        wrong = [
            meaning.value not in (None, value) and meaning.certainty == "sure"
            for _, _, value, meaning in of_kind
        ]
        shares = (f"{100 * statistics.mean(each):.1f}" for each in (right, wrong))
        table.add_row(kind, str(len(of_kind)), *shares)
    return table


def _share(said: Sequence[Said], test: Callable[[Said], bool]) -> float:
    return sum(map(test, said)) / len(said) if said else 0.0


if __name__ == "__main__":
    main()
