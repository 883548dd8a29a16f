"""Something to choose in a menu."""

from __future__ import annotations

from typing import Literal, Unpack

from ...core.ports import Field
from ..drawing import current
from ..element import Args, Common, OnClick, editable, element, flag, listen
from ..keys import as_aria
from ..tree import Kind, Node
from .icon import ICON, known_icon

MENU_ITEM = Kind("menu_item", "wa-dropdown-item", role="menuitem", label="text")
CHECKED_ITEM = Kind("menu_item", "wa-dropdown-item", role="menuitemcheckbox", label="text", field="checked")
KEYS = Kind("keys", "span")


def menu_item(
    text: str,
    *,
    on_click: OnClick = None,
    args: Args = (),
    icon: str | None = None,
    shortcut: str | None = None,
    checked: bool | Field | None = None,
    tone: Literal["normal", "danger"] = "normal",
    disabled: bool = False,
    **common: Unpack[Common],
) -> Node:
    """Add an item to the menu around it; choosing it, or pressing the keys of `shortcut`, calls `on_click(*args)`.

    `shortcut` is written as people read it, "Ctrl+Shift+S" or "F2", and works in the whole window. With `checked`, True
    or False or a state, it is a thing to tick, and `on_click(*args, is_ticked)` is told. Items drawn inside an item
    are its submenu.

    >>> numbers = ui.state(True)
    >>> with ui.menu("View"):
    ...     ui.menu_item("Numbers", checked=numbers, shortcut="Ctrl+L")
    ...     with ui.menu_item("Sort by"):
    ...         ui.menu_item("Name", on_click=print, args=("name",))
    """
    is_inside_item = current("ui.menu_item").parents[-1].kind in (MENU_ITEM, CHECKED_ITEM)
    kind = MENU_ITEM if checked is None else CHECKED_ITEM
    props = {
        "text": text,
        "type": None if checked is None else "checkbox",
        "variant": "danger" if tone == "danger" else None,
        "disabled": disabled or None,
    }
    attrs = {
        "slot": "submenu" if is_inside_item else None,
        "aria-keyshortcuts": None if shortcut is None else as_aria("ui.menu_item", shortcut),
    }
    node = element(kind, props, common, attrs)
    _listen(node, checked, on_click, args)
    with node:
        if icon is not None:
            element(ICON, {"name": known_icon(icon)}, {}, {"slot": "icon"})
        if shortcut is not None:
            element(KEYS, {"text": shortcut}, {}, {"slot": "details", "aria-hidden": "true"})
    return node


def _listen(node: Node, checked: bool | Field | None, on_click: OnClick, args: Args) -> None:
    if checked is None:
        listen(node, "choose", on_click, args)
        return
    value, bind = (checked, None) if isinstance(checked, bool) else (False, checked)
    editable(node, "change", value=value, bind=bind, on_change=on_click, args=args, encode=bool, decode=flag)
