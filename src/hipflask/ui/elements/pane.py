"""One of the two areas of a split panel."""

from __future__ import annotations

from typing import Unpack

from ...core.errors import UsageError
from ..drawing import current
from ..element import Common, element
from ..tree import Kind, Node
from .split_panel import SPLIT

PANE = Kind("pane", "hf-column")


def pane(**common: Unpack[Common]) -> Node:
    """Draw into the first, then the second area of the `ui.split_panel` around it, one thing below the other.

    >>> with ui.split_panel():
    ...     with ui.pane():
    ...         ui.text("Who")
    ...     with ui.pane():
    ...         ui.text("What")
    """
    parent = current("ui.pane").parents[-1]
    if parent.kind is not SPLIT or len(parent.children) > 1:
        raise UsageError("ui.pane belongs directly inside `with ui.split_panel():`, which takes two of them.")
    return element(PANE, {}, common, {"slot": "end" if parent.children else "start"})
