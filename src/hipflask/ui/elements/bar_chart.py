"""Numbers side by side, as bars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Unpack

from ..element import Common
from ..series import Values, chart
from ..tree import Node


def bar_chart(
    title: str,
    series: Mapping[str, Values] | Values,
    labels: Iterable[object] | None = None,
    *,
    height: str = "16rem",
    **common: Unpack[Common],
) -> Node:
    """Show a bar for each number, those of several series side by side over each of `labels`.

    A screen reader is given the numbers as a table. `height` is a CSS length.

    >>> ui.bar_chart("Runs", [1, 3, 2], ["Who", "What", "I Don't Know"])
    """
    return chart("bar_chart", title, series, labels, height, common)
