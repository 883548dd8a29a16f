"""`ui`: everything that a window function draws with.

Parts are loaded when they are first used.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .drawing import component, state
    from .elements.badge import badge
    from .elements.button import button
    from .elements.callout import callout
    from .elements.card import card
    from .elements.checkbox import checkbox
    from .elements.code import code
    from .elements.column import column
    from .elements.context_menu import context_menu
    from .elements.details import details
    from .elements.dialog import dialog
    from .elements.divider import divider
    from .elements.drawer import drawer
    from .elements.grid import grid
    from .elements.heading import heading
    from .elements.icon import icon
    from .elements.image import image
    from .elements.input import input
    from .elements.item import item
    from .elements.link import link
    from .elements.list import list
    from .elements.menu import menu
    from .elements.menu_item import menu_item
    from .elements.notify import notify
    from .elements.progress import progress
    from .elements.row import row
    from .elements.select import select
    from .elements.skeleton import skeleton
    from .elements.slider import slider
    from .elements.spinner import spinner
    from .elements.tab import tab
    from .elements.table import table
    from .elements.tabs import tabs
    from .elements.text import text
    from .processes import process
    from .states import State
    from .tasks import task
    from .theme import Theme

_ELEMENTS = (
    "badge", "button", "callout", "card", "checkbox", "code", "column", "context_menu", "details",
    "dialog", "divider", "drawer", "grid", "heading", "icon", "image", "input", "item", "link", "list",
    "menu", "menu_item", "notify", "progress", "row", "select", "skeleton", "slider", "spinner", "tab",
    "table", "tabs", "text",
)  # fmt: skip
_HOMES = {name: f".elements.{name}" for name in _ELEMENTS} | {
    "State": ".states",
    "Theme": ".theme",
    "component": ".drawing",
    "process": ".processes",
    "state": ".drawing",
    "task": ".tasks",
}

__all__ = [
    "State", "Theme", "badge", "button", "callout", "card", "checkbox", "code", "column", "component",
    "context_menu", "details", "dialog", "divider", "drawer", "grid", "heading", "icon", "image",
    "input", "item", "link", "list", "menu", "menu_item", "notify", "process", "progress", "row",
    "select", "skeleton", "slider", "spinner", "state", "tab", "table", "tabs", "task", "text",
]  # fmt: skip


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"ui has no {name!r}. It has: {', '.join(__all__)}.")
    value = getattr(import_module(home, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> Iterable[str]:
    return __all__
