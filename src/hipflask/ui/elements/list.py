"""One thing after the other, with a mark before each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from ..element import Common, element
from ..tree import Kind, Node

BULLETS = Kind("list", "ul", role="list", label="aria-label")
NUMBERS = Kind("list", "ol", role="list", label="aria-label")
ITEM = Kind("item", "li", role="listitem", label="text")


def list(items: Iterable[object] = (), *, numbered: bool = False, **common: Unpack[Common]) -> Node:
    """Show `items` as a list, and after them each `ui.item` that is drawn inside it; `numbered` counts them.

    >>> ui.list(["Who", "What", "I Don't Know"], numbered=True)
    """
    node = element(NUMBERS if numbered else BULLETS, {}, common)
    with node:
        for item in items:
            element(ITEM, {"text": str(item)}, {})
    return node
