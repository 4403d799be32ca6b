"""A changed copy of a frozen dataclass: like `dataclasses.replace`, in a tenth of the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import replace as replace
else:

    def replace(thing, /, **changes):
        """`thing` with the fields `changes`. For classes of this package: no slots, no `__post_init__`.

        A turn makes about twenty such copies, and `dataclasses.replace` inspects every field of each.
        """
        copy = object.__new__(type(thing))
        copy.__dict__.update(thing.__dict__, **changes)
        return copy
