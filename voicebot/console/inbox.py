"""The inbox: which requests stand under which tab, filtered, searched and cut into pages. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final, Literal, get_args
from urllib.parse import urlencode

from anyascii import anyascii

from voicebot.console.pages import local
from voicebot.handoff.calling import is_due
from voicebot.handoff.ticket import Ticket
from voicebot.handoff.urgency import by_urgency, grown
from voicebot.handoff.waiting import waits_since

#: `online`: holding the line now. `today`: a call-back is due today, or was due.
Tab = Literal["online", "mine", "waiting", "today", "colleagues", "closed", "trials"]
TABS: Final[tuple[Tab, ...]] = get_args(Tab)
#: Rows on one page.
PAGE: Final = 50
_LONGEST_SEARCH: Final = 80
#: The fields of an address that narrow a list.
_FILTERS: Final = ("topic", "place", "channel", "priority")


@dataclass(frozen=True)
class View:
    """What somebody looks at: a tab, its filters ("" for all), words searched for, and the page from 1 on."""

    tab: Tab = "waiting"
    topic: str = ""
    place: str = ""
    channel: str = ""
    priority: str = ""
    mine: str = ""
    q: str = ""
    page: int = 1

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> View:
        """From the query of an address; what makes no sense is left out."""
        plain = {name: asked.get(name, "")[:_LONGEST_SEARCH].strip() for name in (*_FILTERS, "mine", "q")}
        tab: Tab = next((tab for tab in TABS if tab == asked.get("tab")), "waiting")
        page = asked.get("page", "1")
        return cls(tab=tab, page=max(1, int(page)) if page.isdecimal() and len(page) < 6 else 1, **plain)

    def address(self, **changes: str | int) -> str:
        """The query that shows this view with `changes`, "" for the first page of what waits."""
        usual = asdict(View())
        fields = {**asdict(self), "page": 1, **changes}
        told = {name: value for name, value in fields.items() if value != usual[name]}
        return f"?{urlencode(told)}" if told else ""

    @property
    def narrowed(self) -> bool:
        """Whether anything is filtered or searched for."""
        return bool(self.mine or self.q or any(getattr(self, name) for name in _FILTERS))


@dataclass(frozen=True)
class Listing:
    """A page of the inbox: counts of every tab, who holds the line, and the tickets on this page.

    `unread` counts the reader's own tickets with something new. `topics` and `places` are those to filter by.
    `found` counts all tickets of the view, on `pages` pages. `dues` are the reader's own call-backs that are
    due.
    """

    view: View
    counts: Mapping[Tab, int]
    unread: int
    online: Sequence[Ticket]
    shown: Sequence[Ticket]
    found: int
    pages: int
    topics: Sequence[str]
    places: Sequence[str]
    dangers: Sequence[Ticket]
    dues: Sequence[Ticket]


@dataclass(frozen=True)
class Inbox:
    """All requests, seen by `reader` (an account) at `now` (Unix seconds).

    `words` gives the words in which a ticket can be found: topic, place, notes, names of colleagues.
    """

    open: Sequence[Ticket]
    closed: Sequence[Ticket]
    reader: str
    now: float
    """Unix seconds."""
    words: Callable[[Ticket], str]

    def listing(self, view: View) -> Listing:
        """What `view` shows. A page after the last one shows the last one."""
        tabs = self._tabs()
        listed = tabs[view.tab]
        kept = [ticket for ticket in listed if self._fits(ticket, view)]
        found = self._sorted(_searched(kept, view.q, self.words), view.tab)
        pages = max(1, -(-len(found) // PAGE))
        page = min(view.page, pages)
        return Listing(
            view=replace(view, page=page),
            counts={tab: len(tickets) for tab, tickets in tabs.items()},
            unread=sum(ticket.unread for ticket in tabs["mine"]),
            online=sorted(tabs["online"], key=waits_since),
            shown=found[PAGE * (page - 1) : PAGE * page],
            found=len(found),
            pages=pages,
            topics=_common(ticket.topic for ticket in listed),
            places=sorted({ticket.territory for ticket in listed if ticket.territory}),
            dangers=[ticket for ticket in tabs["waiting"] if ticket.priority == "danger"],
            dues=[ticket for ticket in tabs["mine"] if is_due(ticket, self.now)],
        )

    def _tabs(self) -> dict[Tab, list[Ticket]]:
        tabs: dict[Tab, list[Ticket]] = {tab: [] for tab in TABS}
        end_of_day = local(self.now).replace(hour=23, minute=59, second=59).timestamp()
        for ticket in self.open:
            if ticket.trial:
                tabs["trials"].append(ticket)
                continue
            for tab in _places_of(ticket, self.reader, end_of_day):
                tabs[tab].append(ticket)
        tabs["closed"] = [ticket for ticket in self.closed if not ticket.trial]
        tabs["trials"] += [ticket for ticket in self.closed if ticket.trial]
        return tabs

    def _fits(self, ticket: Ticket, view: View) -> bool:
        return (
            view.topic in ("", ticket.topic)
            and view.place in ("", ticket.territory)
            and view.channel in ("", _line(ticket.channel))
            and view.priority in ("", grown(ticket, self.now))
            and (not view.mine or self.reader in (ticket.claimed_by, ticket.last_mediator))
        )

    def _sorted(self, tickets: list[Ticket], tab: Tab) -> list[Ticket]:
        if tab == "closed":
            return tickets
        if tab == "today":
            return sorted(tickets, key=lambda one: (one.wishes.call_back_at or 0.0, one.id))
        if tab == "mine":
            return sorted(tickets, key=lambda one: (not one.unread, by_urgency(one, self.now)))
        return sorted(tickets, key=lambda one: by_urgency(one, self.now))


def _places_of(ticket: Ticket, reader: str, end_of_day: float) -> Iterable[Tab]:
    if ticket.line and ticket.state in ("waiting", "claimed"):
        yield "online"
    if ticket.state == "waiting":
        yield "waiting"
    else:
        yield "mine" if ticket.claimed_by == reader else "colleagues"
    due = ticket.wishes.call_back_at
    if due is not None and due <= end_of_day:
        yield "today"


def _line(channel: str) -> str:
    """Somebody who presses keys telephones, too."""
    return "voice" if channel == "keypad" else channel


def _common(topics: Iterable[str | None]) -> list[str]:
    """The most common first."""
    return [topic for topic, _ in Counter(topic for topic in topics if topic).most_common()]


def _searched(tickets: list[Ticket], text: str, words: Callable[[Ticket], str]) -> list[Ticket]:
    wanted = plain(text).split()
    if not wanted:
        return tickets
    return [ticket for ticket in tickets if _all_in(wanted, plain(words(ticket)))]


def _all_in(wanted: Sequence[str], text: str) -> bool:
    return all(word in text for word in wanted)


def plain(text: str) -> str:
    """`text` without capitals and accents, as people type what they look for."""
    return anyascii(text).casefold()
