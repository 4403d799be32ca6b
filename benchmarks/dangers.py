"""Which dangers are heard and what is taken for one: `python -m benchmarks.dangers`.

Counted is whether the first reply holds the number of the danger, told or asked about, and what is taken
for a danger in sentences that hold none. `--mistakes` lists those of the development set. Of the held-out
set, written before anything was tuned, only these totals are looked at.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.sentences import OUT_OF_DOMAIN, Sentence, development, held_out
from voicebot import datafile
from voicebot.dialogue.meaning import NO_INTENT, Expecting, Meaning
from voicebot.nlu import Understanding

FR = Path(__file__).parent.parent / "tests" / "fr"
SETS = {name: FR / "dangers" / f"{name}.yaml" for name in ("development", "held_out")}
NONE = "none"
#: Dangers whose first reply holds the same number.
SAME_NUMBER = (
    frozenset({"intrusion", "menace", "violence", "agression"}),
    frozenset({"intoxication", "medical"}),
    frozenset({"enfant", "mineur"}),
)
#: Hunger has no emergency number: it is heard when a place to eat is looked for.
HUNGER, FOOD = "faim", "point_aide"


@dataclass(frozen=True)
class DangerSentence:
    """Something said or texted, and the danger in it; `NONE` if there is none."""

    danger: str
    channel: str
    text: str


@dataclass(frozen=True)
class DangerHeard:
    """A sentence and what it was taken for."""

    sentence: DangerSentence
    meaning: Meaning

    @property
    def danger(self) -> str | None:
        """What it was taken for: a danger, or hunger."""
        fed = self.meaning.intent == FOOD and self.meaning.certainty == "sure" and self.meaning.ahead
        return self.meaning.danger or (HUNGER if fed else None)

    @property
    def told(self) -> bool:
        """Whether the first reply holds the number of this danger."""
        return self.danger is not None and _same(self.danger, self.sentence.danger)

    @property
    def sure(self) -> bool:
        """Whether the danger is acted upon without asking."""
        return self.danger is not None and self.meaning.certainty == "sure"


def read(path: Path) -> list[DangerSentence]:
    """The sentences of a file: class → channel → sentences."""
    return [
        DangerSentence(danger, channel, text)
        for danger, said in datafile.read(path).data.items()
        for channel, texts in said.items()
        for text in texts
    ]


def without(sentences: list[Sentence]) -> list[DangerSentence]:
    """Older sentences out of domain."""
    strange = [each for each in sentences if each.style == OUT_OF_DOMAIN]
    return [DangerSentence(NONE, each.channel, each.text) for each in strange]


def heard(understanding: Understanding, sentences: list[DangerSentence]) -> Iterator[DangerHeard]:
    """Each sentence as it is understood at the welcome."""
    for each in sentences:
        yield DangerHeard(each, understanding.interpret(each.text, Expecting(), each.channel))


def _same(one: str, other: str) -> bool:
    return one == other or any({one, other} <= group for group in SAME_NUMBER)


def table(measured: dict[str, list[DangerHeard]]) -> Table:
    """Counts by class and set."""
    columns = ("set", "class", "sentences", "told", "asked, with the number", "another number", "missed")
    found = Table(*columns, title="dangers")
    for name, each in measured.items():
        found.add_section()
        for danger in dict.fromkeys(one.sentence.danger for one in each if one.sentence.danger != NONE):
            found.add_row(name, danger, *_counts([one for one in each if one.sentence.danger == danger]))
        found.add_row(name, "all", *_counts([one for one in each if one.sentence.danger != NONE]))
    return found


def _counts(rows: list[DangerHeard]) -> tuple[str, ...]:
    count = Counter(
        ("told" if each.sure else "asked") if each.told else "other" if each.danger else "missed"
        for each in rows
    )
    return (str(len(rows)), *(str(count[name]) for name in ("told", "asked", "other", "missed")))


def false_alarms(measured: dict[str, list[DangerHeard]]) -> Table:
    """What is taken for a danger in sentences without one."""
    found = Table("set", "sentences", "told", "asked", title="no danger")
    for name, each in measured.items():
        rows = [one for one in each if one.sentence.danger == NONE]
        alarms = [one for one in rows if one.danger]
        sure = sum(one.sure for one in alarms)
        found.add_row(name, str(len(rows)), str(sure), str(len(alarms) - sure))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mistakes", action="store_true")
    understanding = Understanding.load()
    measured = {name: list(heard(understanding, read(path))) for name, path in SETS.items()}
    seen, unseen = without(development()), without(held_out())
    old = {
        "out of domain, development": list(heard(understanding, seen)),
        "out of domain, held out": list(heard(understanding, unseen)),
    }
    console = Console()
    console.print(table(measured))
    console.print(false_alarms({**measured, **old}))
    if parser.parse_args().mistakes:
        shown = [*measured["development"], *old["out of domain, development"]]
        for each in shown:
            wrong = each.danger if each.sentence.danger == NONE else not each.told
            if wrong:
                console.print(each.sentence.danger, "|", each.sentence.text, "→", each.danger or NO_INTENT)


if __name__ == "__main__":
    main()
