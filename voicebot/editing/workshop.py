"""The place where authors work: drafts, who reads them, what is published, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voicebot.datafile import Finding
from voicebot.editing import draft as drafts
from voicebot.editing.checking import Reader, ReadFiles
from voicebot.editing.draft import Draft, Publication, Refused
from voicebot.editing.folder import Changes, ContentFolder, Files, HeldFolder

#: Changes a draft, given the published files.
Change = Callable[[Draft, Files], Draft]


@dataclass(frozen=True)
class Workshop:
    """Drafts and history in `folder`, read and checked by `reader`. `clock` gives Unix seconds.

    Every method may wait for the lock and read files: call them in a thread. All raise DataError.
    """

    folder: ContentFolder
    reader: Reader
    clock: Callable[[], float]

    def published(self) -> ReadFiles:
        """What callers meet, or will within seconds."""
        return self.reader.read(self.folder.read())

    def drafts(self) -> Mapping[str, Draft]:
        """Every draft by its name."""
        with self.folder.reading() as held:
            return _drafts(held)

    def draft(self, name: str) -> Draft | None:
        """The draft of a procedure, if there is one."""
        return self.drafts().get(name)

    def seen(self, name: str) -> ReadFiles:
        """Everything as it would be with the draft `name` published; as it is now without a draft."""
        with self.folder.reading() as held:
            files, draft = held.files(), _drafts(held).get(name)
        return self.reader.read(laid_on(files, draft.files) if draft else files)

    def findings(self, name: str) -> tuple[Finding, ...]:
        """What the draft would make worse than it is now."""
        return self.reader.new_findings(self.seen(name).files, self.folder.read())

    def save(self, name: str, files: Changes, who: str) -> Draft:
        """Change files in the draft `name`, beginning one if need be."""
        at = self.clock()

        def change(draft: Draft, published: Files) -> Draft:
            return drafts.changed(draft, files, published, who, at)

        return self.change(name, change, Draft(name, (who,), at))

    def change(self, name: str, change: Change, begun: Draft | None = None) -> Draft:
        """Apply `change` to the draft `name`, or to `begun` if there is none. Raises Refused without both."""
        with self.folder.changing() as held:
            draft = _drafts(held).get(name, begun)
            if draft is None:
                raise Refused("no_draft")
            changed = change(draft, held.files())
            held.change({}, {}, {_file(name): drafts.written(changed)})
        return changed

    def throw_away(self, name: str) -> Draft | None:
        """Remove the draft; returns it, so that it can be put back."""
        with self.folder.changing() as held:
            draft = _drafts(held).get(name)
            if draft:
                held.change({}, {}, {_file(name): None})
        return draft

    def publish(self, name: str, reader: str, alone: bool = False) -> Publication:
        """Publish the draft. Raises Refused (also "wrong" for one that makes something worse), Overtaken."""
        if self.findings(name):
            raise Refused("wrong")
        with self.folder.changing() as held:
            draft = _drafts(held).get(name)
            if draft is None:
                raise Refused("no_draft")
            number = len(held.kept("history")) + 1
            made = drafts.published(draft, number, held.files(), reader, self.clock(), alone)
            history = {f"history/{number:06}.json": drafts.written(made)}
            held.change(draft.files, draft.base, {**history, _file(name): None})
        return made

    def history(self, name: str = "") -> list[Publication]:
        """What was published, of one procedure if it is named, newest first."""
        with self.folder.reading() as held:
            kept = [drafts.publication_of(text) for text in held.kept("history").values()]
        return sorted(
            (one for one in kept if name in ("", one.name)), key=lambda one: one.number, reverse=True
        )

    def undo(self, number: int, who: str) -> Draft:
        """A draft that brings back what was there before publication `number`. Raises Refused."""
        publication = next((one for one in self.history() if one.number == number), None)
        if publication is None:
            raise Refused("no_publication")
        return self.save(publication.name, publication.before, who)


def laid_on(files: Files, changes: Changes) -> Files:
    """`files` after `changes`."""
    return {path: text for path, text in {**files, **changes}.items() if text is not None}


def _drafts(held: HeldFolder) -> dict[str, Draft]:
    found = [drafts.draft_of(text) for text in held.kept("drafts").values()]
    return {one.name: one for one in found}


def _file(name: str) -> str:
    return f"drafts/{name}.json"
