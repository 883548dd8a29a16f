"""Much in little space."""

from __future__ import annotations

from typing import Unpack

from ..element import Common, Gap, element
from ..tree import Kind, Node

SCROLL_AREA = Kind("scroll_area", "hf-column", role="region", label="aria-label")


def scroll_area(label: str, *, height: str = "20rem", gap: Gap = "m", **common: Unpack[Common]) -> Node:
    """Show what is drawn inside it one below the other, and scroll where it is higher than `height`, a CSS length.

    `label` says what is in there to whoever comes to it by keyboard.

    >>> with ui.scroll_area("Innings", height="6rem"):
    ...     for number in range(1, 10):
    ...         ui.text(f"Inning {number}")
    """
    options: Common = {**common, "style": {"max-height": height, **common.get("style", {})}}
    attrs = {"aria-label": label, "role": "region", "tabindex": "0", "gap": gap, "scrolls": True}
    return element(SCROLL_AREA, {}, options, attrs)
