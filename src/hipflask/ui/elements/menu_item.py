"""Something to choose in a menu."""

from __future__ import annotations

from typing import Literal, Unpack

from ...core.errors import UsageError
from ...core.ports import Field
from ..drawing import current
from ..element import Args, Common, OnClick, editable, element, flag, listen
from ..tree import Kind, Node
from .icon import ICON, known_icon

MENU_ITEM = Kind("menu_item", "wa-dropdown-item", role="menuitem", label="text")
CHECKED_ITEM = Kind("menu_item", "wa-dropdown-item", role="menuitemcheckbox", label="text", field="checked")
SHORTCUT = Kind("shortcut", "span")

# How keys are written in menus → how aria-keyshortcuts (and with it the screen) calls them.
_KEYS = {"ctrl": "Control", "cmd": "Meta", "del": "Delete", "esc": "Escape", "+": "Plus"}
_MODIFIERS = ("Control", "Alt", "Shift", "Meta")


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
        "aria-keyshortcuts": None if shortcut is None else _as_aria(shortcut),
    }
    node = element(kind, props, common, attrs)
    _listen(node, checked, on_click, args)
    with node:
        if icon is not None:
            element(ICON, {"name": known_icon(icon)}, {}, {"slot": "icon"})
        if shortcut is not None:
            element(SHORTCUT, {"text": shortcut}, {}, {"slot": "details", "aria-hidden": "true"})
    return node


def _listen(node: Node, checked: bool | Field | None, on_click: OnClick, args: Args) -> None:
    if checked is None:
        listen(node, "choose", on_click, args)
        return
    value, bind = (checked, None) if isinstance(checked, bool) else (False, checked)
    editable(node, "change", value=value, bind=bind, on_change=on_click, args=args, encode=bool, decode=flag)


def _as_aria(shortcut: str) -> str:
    names = [_KEYS.get(name.lower(), name.capitalize()) for name in shortcut.split("+")]
    *modifiers, key = names
    if not key or not set(modifiers) <= set(_MODIFIERS) or (len(key) == 1 and not modifiers):
        raise UsageError(
            f"ui.menu_item: {shortcut!r} is no shortcut. Write keys as in 'Ctrl+O', 'Ctrl+Shift+Delete' or 'F2'; "
            "a letter needs Ctrl, Alt or Cmd with it."
        )
    return "+".join([name for name in _MODIFIERS if name in modifiers] + [key])
