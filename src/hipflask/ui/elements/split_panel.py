"""Two areas, and a bar between them that can be moved."""

from __future__ import annotations

from typing import Unpack

from ...core.ports import Bindable
from ..element import Args, Common, OnChange, editable, element, number
from ..tree import Kind, Node

SPLIT = Kind("split_panel", "wa-split-panel", field="position")


def split_panel(
    *,
    value: float = 50,
    bind: Bindable | None = None,
    on_change: OnChange = None,
    args: Args = (),
    stacked: bool = False,
    **common: Unpack[Common],
) -> Node:
    """Show the two `ui.pane` inside it side by side, or `stacked`, with a bar between them that can be moved.

    The bar stands at `value` percent; `bind=` keeps it, `on_change(*args, percent)` is told.

    >>> with ui.split_panel(value=30):
    ...     with ui.pane():
    ...         ui.text("Line-up")
    ...     with ui.pane():
    ...         ui.text("Score")
    """
    node = element(SPLIT, {"orientation": "vertical" if stacked else None}, common)
    editable(node, "change", value=value, bind=bind, on_change=on_change, args=args, decode=number)
    return node
