"""What is written, read and checked as the service reads it: others laid over the packaged files."""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any, Final

from voicebot.content.check import check_read, read_content_prompts
from voicebot.content.folders import Content, laid_over
from voicebot.datafile import Finding, names, read_layers
from voicebot.dialogue.meaning import Value
from voicebot.editing.folder import Files, stamp
from voicebot.flows.load import Written, read_flows
from voicebot.prompts import Prompts
from voicebot.prompts.load import LONG_VALUES, Book
from voicebot.prompts.plain import Jargon, read_jargon

#: How many versions of all files are kept read: the published one and some drafts.
_KEPT: Final = 6


@dataclass(frozen=True)
class ReadFiles:
    """Everything that is written, as one version. `phrases` are the ways to say each choice."""

    files: Files
    written: Written
    book: Book
    jargon: Jargon | None
    phrases: Mapping[str, tuple[str, ...]]
    findings: tuple[Finding, ...]
    long_values: Mapping[str, Value]
    base: Content

    def flow_text(self, flow: str) -> str:
        """The file of a procedure: the association's, else the packaged one, "" without either."""
        path = self.base.flows[0] / f"{flow}.yaml"
        packaged = path.read_text(encoding="utf-8") if path.exists() else ""
        return self.files.get(f"flows/{flow}.yaml", packaged)

    def is_packaged(self, flow: str) -> bool:
        """Whether the procedure comes with the program, so that files of the association lie over it."""
        return (self.base.flows[0] / f"{flow}.yaml").exists()

    @property
    def said(self) -> Prompts:
        """The sentences, to be rendered; empty if a file cannot be read."""
        assert self.book.words
        return Prompts(self.book.entries, self.book.topics, self.book.words, self.book.facts)


class Reader:
    """Reads files laid over `base`, and remembers the latest versions: reading takes a second or two."""

    def __init__(self, base: Content, lookups: Mapping[str, Collection[str]]) -> None:
        self.base, self._lookups = base, lookups
        self._read: OrderedDict[str, ReadFiles] = OrderedDict()
        self._lock = Lock()

    def read(self, files: Files) -> ReadFiles:
        """`files` read and checked."""
        with self._lock:
            key = stamp(files)
            if key not in self._read:
                with laid_down(self.base, files) as content:
                    self._read[key] = _read(content, self.base, files, self._lookups)
            self._read.move_to_end(key)
            while len(self._read) > _KEPT:
                self._read.popitem(last=False)
            return self._read[key]

    def new_findings(self, files: Files, before: Files) -> tuple[Finding, ...]:
        """What is wrong with `files` and was not already wrong with `before`, wherever in a file it is."""
        known = {(one.file, one.text) for one in self.read(before).findings}
        return tuple(one for one in self.read(files).findings if (one.file, one.text) not in known)


@contextmanager
def laid_down(base: Content, files: Files) -> Iterator[Content]:
    """`files` in a folder of their own within the block, laid over `base`: nobody changes them meanwhile."""
    with tempfile.TemporaryDirectory(prefix="voicebot-") as name:
        folder = Path(name)
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        yield laid_over(base, folder)


def _read(content: Content, base: Content, files: Files, lookups: Mapping[str, Collection[str]]) -> ReadFiles:
    assert content.own
    above = f"{content.own.as_posix()}/"
    written, book = read_flows(*content.flows), read_content_prompts(content)
    told = check_read(content, written, book, lookups)
    found = tuple(replace(one, file=one.file.removeprefix(above)) for one in told)
    jargon, _ = read_jargon(*content.prompts)
    long_values = read_layers(LONG_VALUES, content.prompts).data or {}
    return ReadFiles(files, written, book, jargon, _phrases(content), found, long_values, base)


def _phrases(content: Content) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name in names(content.choices):
        data: Any = read_layers(name, content.choices, adding=True).data
        for value, said in (data or {}).items() if isinstance(data, dict) else ():
            found[value] = tuple(dict.fromkeys((*found.get(value, ()), *map(str, said or ()))))
    return found
