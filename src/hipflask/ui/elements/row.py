"""Side by side."""

from __future__ import annotations

from typing import Literal, Unpack

from ..element import Common, Gap, choice, element
from ..tree import Kind, Node

Align = Literal["start", "center", "end", "stretch", "baseline"]
Justify = Literal["start", "center", "end", "between", "around"]

ROW = Kind("row", "hf-row")


def row(
    *,
    gap: Gap = "m",
    align: Align = "center",
    justify: Justify = "start",
    wrap: bool = True,
    **common: Unpack[Common],
) -> Node:
    """Put what is drawn inside it side by side, on further lines where the window is too narrow.

    >>> with ui.row(gap="s"):
    ...     ui.button("Yes")
    ...     ui.button("No")
    """
    attrs = {
        "gap": choice("row", "gap", gap, Gap),
        "align": choice("row", "align", align, Align),
        "justify": choice("row", "justify", justify, Justify),
        "wrap": "yes" if wrap else "no",
    }
    return element(ROW, {}, common, attrs)
