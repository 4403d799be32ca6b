"""Playing the rows of a table, each in a conversation of its own that leaves nothing behind."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from voicebot.authoring.replay import ReplayStage, stage
from voicebot.authoring.scoring.outcome import HUMAN, LANGUAGE, Outcome, Question, outcome, question
from voicebot.authoring.scoring.rows import Row
from voicebot.authoring.walkthrough import Moment, Walkthrough
from voicebot.content.folders import Content

Verdict = Literal["right", "asked", "wrong", "unreached"]
VERDICTS: Final[tuple[Verdict, ...]] = ("right", "asked", "wrong", "unreached")


@dataclass(frozen=True)
class Scored:
    """A row, what its answer led to (`got`), and the verdict.

    `right`: one of the wanted outcomes. `asked`: nothing was acted upon, the question stays open. `wrong`:
    something else was acted upon. `unreached`: `before` does not lead to a question for the wanted slot.
    """

    row: Row
    got: str
    verdict: Verdict


async def score(
    rows: Sequence[Row], content: Content, var: Path, places: Path, clock: Callable[[], float] = time.time
) -> AsyncIterator[Scored]:
    """Play the rows with what is written in `content` and `places`. Raises DataError if it cannot be read."""
    async with stage(content, var, places, clock) as made:
        for row in rows:
            await made.redis.flushall()
            yield await _played(row, made)


async def _played(row: Row, made: ReplayStage) -> Scored:
    walk = Walkthrough(made.runner, made.prompts, row.flow, row.channel)
    moment = await walk.begin()
    for given in row.before:
        if moment.ended:
            return Scored(row, "the end, too early", "unreached")
        moment = await walk.answer(given)
    asked = question(made.runner.flows, moment.reply.session)
    if asked is None or not _fits(row, asked):
        return Scored(row, _place(moment), "unreached")
    after = await walk.answer(row.answer)
    came = outcome(made.runner.flows, made.prompts, asked, moment.reply.session, after.reply)
    return Scored(row, str(came), verdict(row.wanted, came))


def verdict(wanted: Sequence[str], came: Outcome) -> Verdict:
    """How good `came` is, given `wanted`; speakers of other languages may be handed to a human at once."""
    right = {*wanted, HUMAN} if LANGUAGE in wanted else set(wanted)
    if right & set(came.labels):
        return "right"
    return "wrong" if came.acted else "asked"


def _fits(row: Row, asked: Question) -> bool:
    """Whether `asked` can fill a wanted slot; outcomes without a slot may be wanted anywhere."""
    without_slot = len(row.wanted_slots) < len(row.wanted)
    return without_slot or asked.open or asked.slot in row.wanted_slots


def _place(moment: Moment) -> str:
    return f"at {moment.flow}.{moment.step}" if not moment.ended else "the end"
