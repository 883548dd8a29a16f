"""What elements that open and close have in common: details, dialogs and drawers."""

from __future__ import annotations

from ..core.ports import Field
from .element import Args, OnChange, editable, flag
from .tree import Node


def openable(node: Node, opened: bool | Field, on_toggle: OnChange, args: Args) -> None:
    """Let a node be opened and closed by a person, and by the app where `opened` is a state."""
    is_plain = isinstance(opened, bool)
    editable(
        node,
        "change",
        value=opened if is_plain else False,
        bind=None if isinstance(opened, bool) else opened,
        on_change=on_toggle,
        args=args,
        encode=bool,
        decode=flag,
    )
