"""One entry of a list."""

from __future__ import annotations

from typing import Unpack

from ...core.errors import UsageError
from ..drawing import current
from ..element import Common, element
from ..tree import Node
from .list import BULLETS, ITEM, NUMBERS


def item(text: object = "", **common: Unpack[Common]) -> Node:
    """Add an entry to the `ui.list` around it: a text, and whatever is drawn inside.

    >>> with ui.list():
    ...     with ui.item("First: "):
    ...         ui.button("Who", size="s")
    """
    parent = current("ui.item").parents[-1]
    if parent.kind not in (BULLETS, NUMBERS):
        raise UsageError(
            f"ui.item belongs directly inside `with ui.list():`, not in a {parent.kind.name}. "
            "In a @ui.component, draw the whole list, or use ui.column and ui.text."
        )
    return element(ITEM, {"text": str(text) or None}, common)
