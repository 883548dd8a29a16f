"""In equal columns."""

from __future__ import annotations

from typing import Unpack

from ...core.errors import UsageError
from ..element import Common, Gap, choice, element
from ..tree import Kind, Node

GRID = Kind("grid", "hf-grid")


def grid(
    columns: int | None = None, *, min_width: str = "16rem", gap: Gap = "m", **common: Unpack[Common]
) -> Node:
    """Put what is drawn inside it in equal columns: so many, or as many of at least `min_width` as there is room for.

    >>> with ui.grid(min_width="8rem"):
    ...     for name in ("Who", "What", "I Don't Know"):
    ...         ui.text(name)
    """
    if columns is not None and columns < 1:
        raise UsageError(
            f"ui.grid: columns takes a number from 1 up, got {columns!r}; leave it out to fit the window."
        )
    style = {"--hf-columns": str(columns)} if columns is not None else {"--hf-min": min_width}
    options: Common = {**common, "style": {**style, **common.get("style", {})}}
    attrs = {
        "gap": choice("grid", "gap", gap, Gap),
        "columns": str(columns) if columns is not None else None,
    }
    return element(GRID, {}, options, attrs)
