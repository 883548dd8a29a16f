"""Something that can be folded away."""

from __future__ import annotations

from typing import Unpack

from ...core.ports import Field
from ..element import Args, Common, OnChange, element
from ..opening import openable
from ..tree import Kind, Node

DETAILS = Kind("details", "wa-details", role="group", label="summary", field="open")


def details(
    summary: str,
    *,
    open: bool | Field = False,
    group: str | None = None,
    on_toggle: OnChange = None,
    args: Args = (),
    disabled: bool = False,
    **common: Unpack[Common],
) -> Node:
    """Show a summary; what is drawn inside it appears when somebody opens it.

    `open` is True, False or a state that follows; `on_toggle(*args, is_open)` is told. Of those with the same `group`
    only one is open at a time, as in an accordion.

    >>> with ui.details("Why this order?"):
    ...     ui.text("Who is on first, by custom.")
    """
    props = {"summary": summary, "name": group, "disabled": disabled or None}
    node = element(DETAILS, props, common)
    openable(node, open, on_toggle, args)
    return node
