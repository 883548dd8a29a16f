"""A button that unfolds a list of things to do."""

from __future__ import annotations

from typing import Unpack

from ..drawing import current
from ..element import Common, element
from ..tree import Kind, Node
from .button import BUTTON
from .icon import ICON, known_icon
from .menu_bar import MENU_BAR

MENU = Kind("menu", "wa-dropdown")


def menu(
    text: str,
    *,
    icon: str | None = None,
    icon_only: bool = False,
    disabled: bool = False,
    **common: Unpack[Common],
) -> Node:
    """Show a button that unfolds the `ui.menu_item` drawn inside it; `ui.divider` and `ui.heading` may part them.

    With `icon_only` the text is only the name that screen readers (and tests) know it by.

    >>> with ui.menu("Game", icon="trophy"):
    ...     ui.menu_item("New", on_click=print, args=("new",), icon="plus", shortcut="Ctrl+N")
    ...     ui.divider()
    ...     ui.menu_item("Delete", tone="danger")
    """
    is_in_bar = current("ui.menu").parents[-1].kind is MENU_BAR
    node = element(MENU, {}, common)
    has_face = icon is not None and icon_only
    props = {
        "text": None if has_face else text,
        "withCaret": None if has_face or is_in_bar else True,
        "appearance": "plain" if has_face or is_in_bar else "filled",
        "disabled": disabled or None,
    }
    with node, element(BUTTON, props, {}, {"slot": "trigger", "aria-label": text if has_face else None}):
        if icon is not None:
            element(ICON, {"name": known_icon(icon)}, {}, {"slot": None if has_face else "start"})
    return node
