"""`ui`: everything that a window function draws with.

Parts are loaded when they are first used.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .charts.series import Series
    from .clipboard import copy, paste
    from .declarations import on_close, shortcut, title
    from .drawing import component, state
    from .elements.avatar import avatar
    from .elements.badge import badge
    from .elements.bar_chart import bar_chart
    from .elements.branch import branch
    from .elements.breadcrumb import breadcrumb
    from .elements.button import button
    from .elements.callout import callout
    from .elements.card import card
    from .elements.chart import chart
    from .elements.checkbox import checkbox
    from .elements.code import code
    from .elements.color import color
    from .elements.column import column
    from .elements.combobox import combobox
    from .elements.context_menu import context_menu
    from .elements.date import date
    from .elements.details import details
    from .elements.dialog import dialog
    from .elements.divider import divider
    from .elements.drawer import drawer
    from .elements.drop_area import drop_area
    from .elements.form import form
    from .elements.grid import grid
    from .elements.heading import heading
    from .elements.html import html
    from .elements.icon import icon
    from .elements.image import image
    from .elements.input import input
    from .elements.item import item
    from .elements.json import json
    from .elements.line_chart import line_chart
    from .elements.link import link
    from .elements.list import list
    from .elements.log import log
    from .elements.markdown import markdown
    from .elements.menu import menu
    from .elements.menu_bar import menu_bar
    from .elements.menu_item import menu_item
    from .elements.multi_select import multi_select
    from .elements.notify import notify
    from .elements.number import number
    from .elements.pagination import pagination
    from .elements.pane import pane
    from .elements.password import password
    from .elements.pie_chart import pie_chart
    from .elements.progress import progress
    from .elements.radio import radio
    from .elements.range import range
    from .elements.rating import rating
    from .elements.row import row
    from .elements.scroll_area import scroll_area
    from .elements.select import select
    from .elements.skeleton import skeleton
    from .elements.slider import slider
    from .elements.spinner import spinner
    from .elements.split_panel import split_panel
    from .elements.stepper import stepper
    from .elements.switch import switch
    from .elements.sync_status import sync_status
    from .elements.tab import tab
    from .elements.table import table
    from .elements.tabs import tabs
    from .elements.text import text
    from .elements.textarea import textarea
    from .elements.time import time
    from .elements.tree_view import tree_view
    from .elements.upload import upload
    from .figures.figure import figure
    from .files import choose_folder, open_file, open_files, save_file
    from .going import close_window, navigate, open_window
    from .processes import process
    from .states import State
    from .tables.columns import table_column
    from .tables.plan import table_action
    from .tasks import task
    from .theme import Theme
    from .turns import can_redo, can_undo, redo, undo
    from .web_components import web_component
    from .workspace import delete_workspace, monitors, open_workspace, save_workspace, workspaces

_ELEMENTS = (
    "avatar", "badge", "bar_chart", "branch", "breadcrumb", "button", "callout", "card", "chart", "checkbox",
    "code", "color", "column", "combobox", "context_menu", "date", "details", "dialog", "divider",
    "drawer", "drop_area", "form", "grid", "heading", "html", "icon", "image", "input", "item", "json",
    "line_chart", "link", "list", "log", "markdown", "menu", "menu_bar", "menu_item", "multi_select",
    "notify", "number", "pagination", "pane", "password", "pie_chart", "progress", "radio", "range",
    "rating", "row", "scroll_area", "select", "skeleton", "slider", "spinner", "split_panel", "stepper",
    "switch", "tab", "table", "tabs", "text", "textarea", "time", "tree_view", "upload",
)  # fmt: skip
_HOMES = (
    {name: f".elements.{name}" for name in _ELEMENTS}
    | {
        "Series": ".charts.series",
        "State": ".states",
        "Theme": ".theme",
        "can_redo": ".turns",
        "can_undo": ".turns",
        "choose_folder": ".files",
        "close_window": ".going",
        "component": ".drawing",
        "copy": ".clipboard",
        "figure": ".figures.figure",  # apart from the other elements: what it shows is not ours, and nor are its libraries
        "delete_workspace": ".workspace",
        "monitors": ".workspace",
        "open_workspace": ".workspace",
        "save_workspace": ".workspace",
        "workspaces": ".workspace",
        "on_close": ".declarations",
        "shortcut": ".declarations",
        "title": ".declarations",
        "navigate": ".going",
        "open_file": ".files",
        "open_files": ".files",
        "open_window": ".going",
        "paste": ".clipboard",
        "process": ".processes",
        "redo": ".turns",
        "save_file": ".files",
        "state": ".drawing",
        "sync_status": ".elements.sync_status",  # nor is this: it draws what the app's hub has to say, and nothing without one
        "table_action": ".tables.plan",
        "table_column": ".tables.columns",
        "task": ".tasks",
        "undo": ".turns",
        "web_component": ".web_components",
    }
)

__all__ = [
    "Series", "State", "Theme", "avatar", "badge", "bar_chart", "branch", "breadcrumb", "button", "callout",
    "can_redo", "can_undo", "card", "chart", "checkbox", "choose_folder", "close_window", "code", "color",
    "column", "combobox", "component", "context_menu", "copy", "date", "delete_workspace", "details",
    "dialog", "divider", "drawer", "drop_area", "figure", "form", "grid", "heading", "html", "icon", "image",
    "input", "item", "json", "line_chart", "link", "list", "log", "markdown", "menu", "menu_bar",
    "menu_item", "monitors", "multi_select", "navigate", "notify", "number", "on_close", "open_file",
    "open_files", "open_window", "open_workspace", "pagination", "pane", "password", "paste",
    "pie_chart", "process", "progress", "radio", "range", "rating", "redo", "row", "save_file",
    "save_workspace", "scroll_area", "select", "shortcut", "skeleton", "slider", "spinner",
    "split_panel", "state", "stepper", "switch", "sync_status", "tab", "table", "table_action", "table_column", "tabs",
    "task", "text", "textarea", "time", "title", "tree_view", "undo", "upload", "web_component", "workspaces",
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
