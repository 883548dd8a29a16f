"""A title."""

from __future__ import annotations

from typing import Literal, Unpack

from ...core.errors import UsageError
from ..element import Common, element
from ..tree import Kind, Node

HEADINGS = {level: Kind("heading", f"h{level}", role="heading", label="text") for level in (1, 2, 3, 4)}


def heading(text: object, level: Literal[1, 2, 3, 4] = 1, **common: Unpack[Common]) -> Node:
    """Show a title; level 1 is the window's own, 2 to 4 are those of its parts.

    >>> ui.heading("Line-up")
    >>> ui.heading("Infield", level=2)
    """
    if level not in HEADINGS:
        raise UsageError(f"ui.heading: level takes 1, 2, 3 or 4, got {level!r}.")
    return element(HEADINGS[level], {"text": str(text)}, common)
