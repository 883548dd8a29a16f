"""One below the other."""

from __future__ import annotations

from typing import Literal, Unpack

from ..element import Common, Gap, element
from ..tree import Kind, Node

COLUMN = Kind("column", "hf-column")


def column(
    *,
    gap: Gap = "m",
    align: Literal["start", "center", "end", "stretch"] = "stretch",
    **common: Unpack[Common],
) -> Node:
    """Put what is drawn inside it one below the other.

    >>> with ui.column():
    ...     ui.text("First")
    ...     ui.text("Second")
    """
    return element(COLUMN, {}, common, {"gap": gap, "align": align})
