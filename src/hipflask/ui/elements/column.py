"""One below the other."""

from __future__ import annotations

from typing import Literal, Unpack

from ..element import Common, Gap, choice, element
from ..tree import Kind, Node

Align = Literal["start", "center", "end", "stretch"]

COLUMN = Kind("column", "hf-column")


def column(
    *,
    gap: Gap = "m",
    align: Align = "stretch",
    **common: Unpack[Common],
) -> Node:
    """Put what is drawn inside it one below the other.

    >>> with ui.column():
    ...     ui.text("First")
    ...     ui.text("Second")
    """
    attrs = {"gap": choice("column", "gap", gap, Gap), "align": choice("column", "align", align, Align)}
    return element(COLUMN, {}, common, attrs)
