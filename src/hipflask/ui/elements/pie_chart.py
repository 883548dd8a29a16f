"""Parts of a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack

from ...core.errors import UsageError
from ..element import Common
from ..series import chart
from ..tree import Node


def pie_chart(
    title: str, parts: Mapping[str, float], *, height: str = "16rem", **common: Unpack[Common]
) -> Node:
    """Show each part's share of the whole, with its name and its number beside it.

    A screen reader is given the numbers as a table. `height` is a CSS length.

    >>> ui.pie_chart("At bat", {"Hits": 3, "Walks": 2, "Outs": 5})
    """
    if any(number < 0 for number in parts.values()):
        raise UsageError(
            f"ui.pie_chart({title!r}): a part of a whole cannot be below 0, got {dict(parts)!r}."
        )
    return chart("pie_chart", title, list(parts.values()), parts, height, common)
