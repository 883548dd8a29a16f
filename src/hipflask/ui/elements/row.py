"""Side by side."""

from __future__ import annotations

from typing import Literal, Unpack

from ..element import Common, Gap, element
from ..tree import Kind, Node

ROW = Kind("row", "hf-row")


def row(
    *,
    gap: Gap = "m",
    align: Literal["start", "center", "end", "stretch", "baseline"] = "center",
    justify: Literal["start", "center", "end", "between", "around"] = "start",
    wrap: bool = True,
    **common: Unpack[Common],
) -> Node:
    """Put what is drawn inside it side by side, on further lines where the window is too narrow.

    >>> with ui.row(gap="s"):
    ...     ui.button("Yes")
    ...     ui.button("No")
    """
    return element(
        ROW, {}, common, {"gap": gap, "align": align, "justify": justify, "wrap": "yes" if wrap else "no"}
    )
