"""The lookups of the spoken file: is it worth keeping, keep it, open it, what else it holds, erase it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from voicebot.dialogue.documents import HAVE, LISTED, asked_in, missing, slot
from voicebot.dialogue.meaning import NO, YES, Value
from voicebot.dialogue.spoken_file import AGAIN, CODE, FILE, NOTES, NUMBER, REACHED, TOPIC
from voicebot.store.code_attempts import CodeAttempts
from voicebot.store.sessions import Sessions
from voicebot.store.spoken_files import SpokenFiles, Steps
from voicebot.telephony.phone_numbers import e164

Slots = Mapping[str, Value]
Found = dict[str, Value]

_OFFER, _KEPT, _FOUND, _FINISHED = "file_offer", "file_kept", "file_found", "file_finished"
_DATE, _LACKS, _MORE, _NEXT, _ERASED = "file_date", "file_lacks", "file_more", "file_next", "file_erased"
_TOLD = (TOPIC, REACHED, NOTES, LISTED, FILE, _FINISHED, _DATE, _LACKS, _MORE, _NEXT)
#: Each lookup with the slots it fills, for `flows check`.
LOOKUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "file_offer": (_OFFER,),
    "file_keep": (_KEPT, FILE),
    "file_open": (_FOUND, *_TOLD),
    "file_next": (_FOUND, *_TOLD),
    "file_again": (AGAIN,),
    "file_erase": (_ERASED,),
}
#: Further values, besides yes and no, of `file_offer`, `file_kept` and `file_found`.
UPDATE, TOO_EASY, TOO_OFTEN = "update", "too_easy", "too_often"
#: What the position of somebody who has not answered anything yet is called.
_BEGINNING: Final = "common.beginning"
_DIGITS: Final = "0123456789"
_PARIS: Final = ZoneInfo("Europe/Paris")


def is_easy(code: str) -> bool:
    """Whether it is among the codes tried first: all digits the same, or consecutive."""
    return len(set(code)) == 1 or code in _DIGITS or code in _DIGITS[::-1]


@dataclass(frozen=True)
class FileLookups:
    """The functions behind `LOOKUPS`. They read the `person` and what `spoken_file.progress` supplies."""

    files: SpokenFiles
    sessions: Sessions
    guesses: CodeAttempts
    clock: Callable[[], float]

    def all(self) -> dict[str, Callable[[Slots], Awaitable[Found]]]:
        """By the names that flows use."""
        return {
            "file_offer": self._offer,
            "file_keep": self._keep,
            "file_open": self._open,
            "file_next": self._next,
            "file_again": self._again,
            "file_erase": self._erase,
        }

    async def _offer(self, slots: Slots) -> Found:
        """Yes if something is missing and the person can be recognised again; `update` if a file is open."""
        if FILE in slots:
            return {_OFFER: UPDATE if TOPIC in slots else NO}
        known = await self.sessions.people.number(str(slots["person"]))
        return {_OFFER: YES if known and TOPIC in slots and missing(slots) else NO}

    async def _keep(self, slots: Slots) -> Found:
        """Under the chosen code, or in the open file."""
        owner, code = str(slots["person"]), slots.get(CODE)
        if TOPIC not in slots or (code and await self.sessions.people.number(owner) is None):
            return {_KEPT: NO}
        if code and is_easy(str(code)):
            return {_KEPT: TOO_EASY}
        ref = self.files.ref(owner, str(code)) if code else str(slots[FILE])
        await self.files.keep(ref, self._steps(slots))
        return {_KEPT: YES, FILE: ref}

    def _steps(self, slots: Slots) -> Steps:
        held = tuple(paper for name, value in slots.items() if (paper := asked_in(name)) and value == HAVE)
        at_the_end = slots.get(_OFFER) in (YES, UPDATE) or slots.get(_FINISHED) == YES
        notes = tuple(note for note in str(slots.get(NOTES, "")).split(",") if note)
        reached = str(slots.get(REACHED, _BEGINNING))
        return Steps(str(slots[TOPIC]), self.clock(), reached, at_the_end, held, missing(slots), notes)

    async def _open(self, slots: Slots) -> Found:
        """With the code and, if the person calls from a different telephone than usual, their number."""
        caller, at = str(slots["person"]), self.clock()
        owner = self._owner(slots)
        if not await self.guesses.allowed(caller, owner, at):
            return {_FOUND: TOO_OFTEN}
        ref = self.files.ref(owner, str(slots.get(CODE, "")))
        kept = await self.files.read(ref)
        if not kept:
            return {_FOUND: NO}
        await self.guesses.right(caller, owner, at)
        return _told(ref, kept, 0)

    def _owner(self, slots: Slots) -> str:
        number = e164(str(slots[NUMBER])) if NUMBER in slots else None
        if NUMBER in slots:
            return self.files.privacy.pseudonym(number or str(slots[NUMBER]))
        return str(slots["person"])

    async def _next(self, slots: Slots) -> Found:
        """The procedure in the file after the one just told."""
        ref = str(slots[FILE])
        kept = await self.files.read(ref)
        topics = [steps.topic for steps in kept]
        place = topics.index(str(slots[TOPIC])) + 1 if slots.get(TOPIC) in topics else 0
        return _told(ref, kept, place) if place < len(kept) else {_FOUND: NO}

    async def _again(self, slots: Slots) -> Found:
        return {AGAIN: slots[TOPIC]}

    async def _erase(self, slots: Slots) -> Found:
        await self.files.erase(str(slots[FILE]))
        return {_ERASED: YES}


def _told(ref: str, kept: tuple[Steps, ...], place: int) -> Found:
    """One procedure of a file as slots: papers the person has are ticked, the others listed."""
    steps, following = kept[place], kept[place + 1 :]
    day = datetime.fromtimestamp(steps.at, _PARIS).date()
    ticked: Found = {slot(paper): HAVE for paper in steps.held}
    return {
        _FOUND: YES,
        FILE: ref,
        TOPIC: steps.topic,
        REACHED: steps.reached,
        NOTES: ",".join(steps.notes),
        LISTED: ",".join(steps.missing),
        _FINISHED: YES if steps.finished else NO,
        _DATE: day.isoformat(),
        _LACKS: YES if steps.missing else NO,
        _MORE: YES if following else NO,
        _NEXT: following[0].topic if following else "",
        **ticked,
    }
