"""Where the files that come with the package lie, in a checkout and installed from a wheel alike.

Sentences and conversations stand at the top level of a checkout, where people look for them; the wheel holds
them below `content/fr` (see `[tool.hatch.build.targets.wheel.force-include]` in pyproject.toml).
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(str(files("voicebot")))


def packaged(*parts: str) -> Path:
    """The file or folder at `parts` below the package, like `packaged("nlu", "fr")`."""
    return _PACKAGE.joinpath(*parts)


def _or_in_checkout(name: str, *parts: str) -> Path:
    installed = packaged("content", "fr", name)
    return installed if installed.is_dir() else _PACKAGE.parent.joinpath(*parts)


FLOWS: Final = packaged("flows")
PROMPTS: Final = _or_in_checkout("prompts", "prompts", "fr")
NLU: Final = packaged("nlu", "fr")
CONVERSATIONS: Final = _or_in_checkout("conversations", "tests", "fr", "conversations")
#: The checkout that we run from; None when we run from an installed wheel.
CHECKOUT: Final = None if PROMPTS.is_relative_to(_PACKAGE) else _PACKAGE.parent
