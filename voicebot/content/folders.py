"""The folders in which people write: the packaged ones, with an association's own laid over them.

An association's folder holds `flows`, `prompts`, `nlu` (with `choices` and `intents`) and `conversations`,
beside its `places` and `recordings`. A flow replaces ours of the same name, a sentence or a topic ours of the
same key, and words of understanding are added to ours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from voicebot import packaged
from voicebot.datafile import DataFile, Finding, Folders, names, shown, topmost
from voicebot.nlu.vocabulary import FILES

#: What is read from an association's folder, as patterns below it.
_READ: Final = (
    "flows/*.yaml",
    "prompts/*.yaml",
    "nlu/choices/*.yaml",
    "nlu/intents/*.yaml",
    "nlu/answers/*.yaml",
    *(f"nlu/{name}.yaml" for name in FILES),
    "conversations/*.yaml",
    "places/*",
    "recordings/*",
)


@dataclass(frozen=True)
class Content:
    """Folders by their contents, lowest first. `own` is the association's, if it has one."""

    flows: tuple[Path, ...]
    prompts: tuple[Path, ...]
    nlu: tuple[Path, ...]
    conversations: tuple[Path, ...]
    own: Path | None = None

    @property
    def choices(self) -> tuple[Path, ...]:
        """Where the phrases of choices are."""
        return tuple(folder / "choices" for folder in self.nlu)

    @property
    def intents(self) -> tuple[Path, ...]:
        """Where the sentences that ask for procedures are."""
        return tuple(folder / "intents" for folder in self.nlu)

    @property
    def base(self) -> Path:
        """The folder below which `flows new` writes all files."""
        return self.own or self.flows[-1].parents[1]

    def files(self) -> list[Path]:
        """Every YAML file of procedures, sentences and understanding, of all folders."""
        return files_in((*self.flows, *self.prompts, *self.nlu))

    def beneath(self) -> frozenset[str]:
        """The files that the association's folder overrides, as they are shown."""
        folders = (*self.flows[:-1], *self.prompts[:-1]) if self.own else ()
        return frozenset(shown(path) for folder in folders for path in folder.glob("*.yaml"))

    def written_conversations(self) -> list[Path]:
        """The conversations that apply: not ours about a procedure that the association rewrote."""
        paths = [topmost(name, self.conversations) for name in names(self.conversations)]
        anew = {name.removesuffix(".yaml") for name in names(self.flows[1:])}
        ours = self.conversations[0] if self.own else None
        return [path for path in paths if path.parent != ours or path.name.partition(".")[0] not in anew]

    def unread(self) -> list[Finding]:
        """YAML files in the association's folder that nobody reads, because of where they are."""
        if self.own is None:
            return []
        below = ((path, path.relative_to(self.own).as_posix()) for path in sorted(self.own.rglob("*.y*ml")))
        return [
            DataFile(shown(path)).finding("nobody_reads", expected=_expected())
            for path, name in below
            if not any(fnmatch(name, pattern) and name.count("/") == pattern.count("/") for pattern in _READ)
        ]


def files_in(folders: Folders) -> list[Path]:
    """Every YAML file below the folders."""
    return [path for folder in folders for path in sorted(folder.rglob("*.yaml"))]


def shipped() -> Content:
    """What comes with the package."""
    return Content((packaged.FLOWS,), (packaged.PROMPTS,), (packaged.NLU,), (packaged.CONVERSATIONS,))


def checkout(root: Path) -> Content:
    """What the checkout at `root` contains."""
    return Content(
        (root / "voicebot" / "flows",),
        (root / "prompts" / "fr",),
        (root / "voicebot" / "nlu" / "fr",),
        (root / "tests" / "fr" / "conversations",),
    )


def laid_over(content: Content, own: Path) -> Content:
    """`content` with an association's folder `own` on top; folders it lacks count as empty."""
    return replace(
        content,
        flows=(*content.flows, own / "flows"),
        prompts=(*content.prompts, own / "prompts"),
        nlu=(*content.nlu, own / "nlu"),
        conversations=(*content.conversations, own / "conversations"),
        own=own,
    )


def _expected() -> str:
    return ", ".join(dict.fromkeys(pattern.rpartition("/")[0] for pattern in _READ))
