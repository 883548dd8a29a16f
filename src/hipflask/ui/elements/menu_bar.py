"""The menus of a program, side by side."""

from __future__ import annotations

from typing import Unpack

from ..element import Common, element
from ..tree import Kind, Node

MENU_BAR = Kind("menu_bar", "hf-menu-bar", role="menubar", label="aria-label")


def menu_bar(*, label: str = "Menu", **common: Unpack[Common]) -> Node:
    """Show the program's menus in a bar: each `ui.menu` inside is one of them.

    It belongs at the top of the window. F10 leads there by keyboard, and the arrows from one menu to the next.

    >>> with ui.menu_bar():
    ...     with ui.menu("File"):
    ...         ui.menu_item("Open…", on_click=print, args=("open",), shortcut="Ctrl+O")
    ...         ui.menu_item("Close", on_click=ui.close_window, shortcut="Ctrl+W")
    ...     with ui.menu("Help"):
    ...         ui.menu_item("The rules", on_click=ui.navigate, args=("/rules",))
    """
    return element(MENU_BAR, {}, common, {"aria-label": label, "role": "menubar"})
