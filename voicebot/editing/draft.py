"""What is being written and what was published, as values: every change of state is a function here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from voicebot.editing.folder import Changes, Files, fingerprint
from voicebot.errors import DataError

#: `writing`: its authors change it. `reading`: a second person looks at it.
State = Literal["writing", "reading"]


class Refused(DataError):  # noqa: N818 - says what happened
    """The draft is not in a state for that, or this person may not do it; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Draft:
    """Changes to the files of one procedure that callers do not meet yet.

    `files` are whole texts by path (None: the file goes), `base` the fingerprints of those files when they
    were first changed. `authors` are ids of accounts, the first one began it; `at` is in Unix seconds. `why`
    is for whoever reads it, `remark` what they answered.
    """

    name: str
    authors: tuple[str, ...]
    at: float
    """Unix seconds."""
    files: Changes = field(default_factory=dict)
    base: Mapping[str, str] = field(default_factory=dict)
    state: State = "writing"
    why: str = ""
    remark: str = ""
    asked_by: str = ""


@dataclass(frozen=True)
class Publication:
    """One entry of the history: who published what, when and why, who read it, the files before and after."""

    number: int
    name: str
    at: float
    """Unix seconds."""
    authors: tuple[str, ...]
    read_by: str
    why: str
    before: Changes
    after: Changes
    undoes: int = 0


def changed(draft: Draft, files: Changes, published: Files, who: str, at: float) -> Draft:
    """The draft after `who` changed `files`; what equals the published text again is no change."""
    base = {path: draft.base.get(path, fingerprint(published.get(path))) for path in files}
    kept = {**draft.files, **files}
    same = {path for path, text in kept.items() if text == published.get(path)}
    authors = tuple(dict.fromkeys((*draft.authors, who)))
    return replace(
        draft,
        files={path: text for path, text in kept.items() if path not in same},
        base={path: print_ for path, print_ in {**draft.base, **base}.items() if path not in same},
        authors=authors,
        at=at,
        state="writing",
    )


def asked(draft: Draft, who: str, why: str) -> Draft:
    """The draft, given to a second person to read. Raises Refused if nothing changed or `why` is missing."""
    if not draft.files:
        raise Refused("nothing_changed")
    if not why:
        raise Refused("why_missing")
    return replace(draft, state="reading", why=why, asked_by=who, remark="")


def sent_back(draft: Draft, remark: str) -> Draft:
    """The draft, back with its authors. Raises Refused without a remark."""
    if not remark:
        raise Refused("remark_missing")
    return replace(draft, state="writing", remark=remark)


def published(
    draft: Draft, number: int, files: Files, reader: str, at: float, alone: bool = False
) -> Publication:
    """The publication of `draft`, read by `reader`. Raises Refused.

    Whoever wrote it cannot be its second reader; `alone` is for an administrator without a colleague.
    """
    if draft.state != "reading":
        raise Refused("not_asked")
    if reader in draft.authors and not alone:
        raise Refused("own_draft")
    before = {path: files.get(path) for path in draft.files}
    return Publication(number, draft.name, at, draft.authors, reader, draft.why, before, draft.files)


def undone(publication: Publication, files: Files, who: str, at: float) -> Draft:
    """A draft that brings back what was there before `publication`, whatever came after it."""
    begun = Draft(publication.name, (who,), at)
    return changed(begun, publication.before, files, who, at)


def written(thing: Draft | Publication) -> str:
    """The text of the file that keeps it."""
    return json.dumps(asdict(thing), ensure_ascii=False, indent=1)


def draft_of(text: str) -> Draft:
    """The inverse of `written`."""
    plain = json.loads(text)
    return Draft(**{**plain, "authors": tuple(plain["authors"])})


def publication_of(text: str) -> Publication:
    """The inverse of `written`."""
    plain = json.loads(text)
    return Publication(**{**plain, "authors": tuple(plain["authors"])})
