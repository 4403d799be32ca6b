"""One thread of everything that was said and done: assistant, texts, keys, calls, notes of colleagues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from voicebot.console.desk import Desk
from voicebot.console.history import told
from voicebot.console.pages import ROOT, words
from voicebot.console.reading import Reading
from voicebot.handoff.ticket import HistoryEntry, Ticket
from voicebot.records import TurnRecord
from voicebot.store.outbox import Ref
from voicebot.store.threads import Message

#: `mine` and `colleague` are texts of mediators, `event` is anything that happened without words.
Kind = Literal["person", "assistant", "mine", "colleague", "note", "event"]
#: What the thread shows by other means, or what would only repeat it.
_SHOWN_ELSEWHERE: Final = frozenset({"noted", "answered", "wrote", "opened"})


@dataclass(frozen=True)
class Item:
    """One line. `who` is a name; `delivery` is a state of `telephony.delivery`, `failure` the reason.

    `certainty` and `meaning` say how a sentence was understood.
    """

    at: float
    """Unix seconds."""
    kind: Kind
    who: str
    text: str
    certainty: str = ""
    meaning: str = ""
    delivery: str = ""
    failure: str = ""
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Thread:
    """What is needed to tell a conversation to `reader` (an account)."""

    desk: Desk
    reader: str
    people: Mapping[str, str]

    async def items(self, ticket: Ticket, records: Sequence[TurnRecord]) -> list[Item]:
        """Everything about `ticket`, oldest first."""
        messages = [
            await self._message(ticket.person, message)
            for message in await self.desk.threads.of(ticket.person, ticket.id)
        ]
        found = [*self._turns(records), *messages, *self._history(ticket.history)]
        return sorted(found, key=lambda item: item.at)

    def _turns(self, records: Sequence[TurnRecord]) -> Iterator[Item]:
        names = words()["authors"]
        for turn in Reading(self.desk.prompts, self.desk.flows).turns(records):
            if turn.person or turn.keys:
                who = names["key"].format(keys=turn.keys) if turn.keys else names["person"]
                understood = turn.certainty if turn.understood else ""
                text = turn.person or turn.meaning
                yield Item(turn.at, "person", who, text, understood, "" if turn.keys else turn.meaning)
            if turn.assistant:
                yield Item(turn.at, "assistant", names["assistant"], turn.assistant)

    def _history(self, history: Sequence[HistoryEntry]) -> Iterator[Item]:
        for entry, line in zip(history, told(history, self.people), strict=True):
            if entry.what == "noted":
                yield Item(entry.at, "note", line.who, line.note)
            elif entry.what not in _SHOWN_ELSEWHERE:
                text = f"{line.what} : {line.note}" if line.note else line.what
                yield Item(entry.at, "event", line.who, text)

    async def _message(self, person: str, message: Message) -> Item:
        if not message.author:
            shown = (
                (f"{ROOT}/tickets/{message.ticket}/pictures/{message.picture}",) if message.picture else ()
            )
            return Item(message.at, "person", words()["authors"]["person"], message.text, pictures=shown)
        letter = await self.desk.outbox.open(Ref("sms", person, message.id))
        delivery = letter.delivery if letter else None
        state, code = (delivery.state, delivery.code) if delivery else ("waiting", None)
        failures = words()["failures"]
        failure = str(failures.get(code or "", failures["other"]))
        kind: Kind = "mine" if message.author == self.reader else "colleague"
        who = self.people.get(message.author, "")
        return Item(message.at, kind, who, message.text, delivery=state, failure=failure)
