"""Numbers over time, as lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Unpack

from ..element import Common
from ..series import Values, chart
from ..tree import Node


def line_chart(
    title: str,
    series: Mapping[str, Values] | Values,
    labels: Iterable[object] | None = None,
    *,
    height: str = "16rem",
    **common: Unpack[Common],
) -> Node:
    """Show one line for each series of numbers, over `labels`; a None leaves a gap.

    A screen reader is given the numbers as a table. `height` is a CSS length.

    >>> ui.line_chart("Runs", {"Who": [1, 3, 2], "What": [0, 2, None]}, ["May", "June", "July"])
    """
    return chart("line_chart", title, series, labels, height, common)
