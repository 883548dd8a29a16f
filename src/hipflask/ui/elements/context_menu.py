"""A menu where the right mouse button is pressed."""

from __future__ import annotations

from typing import Unpack

from ..element import Common, element
from ..tree import Kind, Node

CONTEXT_MENU = Kind("context_menu", "wa-dropdown")
POINT = Kind("point", "span")


def context_menu(**common: Unpack[Common]) -> Node:
    """Unfold the `ui.menu_item` drawn inside it wherever somebody right-clicks on what it is drawn in.

    The menu key and Shift+F10 open it, too.

    >>> with ui.card("Who"):
    ...     ui.text("First base")
    ...     with ui.context_menu():
    ...         ui.menu_item("Send home", on_click=print, args=("out",))
    """
    node = element(CONTEXT_MENU, {}, common, {"context": True})
    with node:
        element(POINT, {}, {}, {"slot": "trigger", "aria-hidden": "true"})
    return node
