"""Several pages in the place of one."""

from __future__ import annotations

from typing import Literal, Unpack

from ...core.ports import Bindable
from ..element import Args, Common, OnChange, editable, element, text
from ..tree import Kind, Node

TABS = Kind("tabs", "wa-tab-group", role="tablist", label="aria-label", field="active")


def tabs(
    *,
    value: str = "",
    bind: Bindable | None = None,
    on_change: OnChange = None,
    args: Args = (),
    side: Literal["top", "bottom", "start", "end"] = "top",
    **common: Unpack[Common],
) -> Node:
    """Show one of the `ui.tab` inside it at a time; `bind=` keeps the name of the one that is open.

    The first is open unless `value` or the bound state names another; `on_change(*args, name)` is told of each change.

    >>> page = ui.state("Line-up")
    >>> with ui.tabs(bind=page):
    ...     with ui.tab("Line-up"):
    ...         ui.text("Who is on first.")
    ...     with ui.tab("Score"):
    ...         ui.text("Nobody has run yet.")
    """
    node = element(TABS, {"placement": None if side == "top" else side}, common)
    editable(node, "change", value=value, bind=bind, on_change=on_change, args=args, decode=text)
    return node
