"""How a person likes the columns of a table: their order, widths, which are hidden or pinned; remembered by the table's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .columns import Shown

MOST_COLUMNS = 10_000


@dataclass(frozen=True, slots=True)
class Layout:
    """A person's own wishes; columns that it does not know are as the program has them. Pinned to "": not pinned, though the program does."""

    order: tuple[str, ...] = ()
    widths: Mapping[str, float] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    pinned: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: object) -> Layout:
        """A layout as the screen sent it, or as it was remembered; raises ValueError."""
        if not isinstance(value, Mapping):
            raise ValueError("an object was expected")
        widths, pinned = value.get("widths", {}), value.get("pinned", {})
        if not isinstance(widths, Mapping) or not isinstance(pinned, Mapping):
            raise ValueError("widths and pinned are objects")
        if len(widths) > MOST_COLUMNS or len(pinned) > MOST_COLUMNS:
            raise ValueError("no table has so many columns")
        return cls(
            _names(value.get("order", [])),
            {str(name): _width(width) for name, width in widths.items()},
            frozenset(_names(value.get("hidden", []))),
            {str(name): side for name, side in pinned.items() if side in ("start", "end", "")},
        )

    def over(self, columns: Sequence[Shown]) -> dict[str, Any]:
        """What counts for these columns, whole, as the screen is told and as it is remembered."""
        names = [column.name for column in columns]
        known = [name for name in self.order if name in names]
        unknown = [column for column in columns if column.name not in self.order]
        order = known + [column.name for column in unknown] if known else names
        own = {column.name: column.spec.pinned for column in columns if column.spec.pinned}
        return {
            "order": order,
            "widths": {name: width for name, width in self.widths.items() if name in names},
            "hidden": [name for name in known if name in self.hidden]
            + [column.name for column in unknown if column.spec.hidden],
            "pinned": own | {name: side for name, side in self.pinned.items() if name in names},
        }


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST_COLUMNS:
        raise ValueError("a list of names was expected")
    if not all(isinstance(name, str) for name in value):
        raise ValueError("names of columns were expected")
    return tuple(dict.fromkeys(value))


def _width(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= 10_000:
        raise ValueError("a width in pixels was expected")
    return value
