"""Nothing that axe-core knows of stands in anybody's way: every element, closed and open, in light and in dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accessibility.everything import missing
from hipflask import Hipflask
from hipflask.surfaces.pages import host_of
from hipflask.testing import Screen, User
from hipflask.ui.tree import Node

Violations = Callable[[Screen], list[str]]


def kinds(node: Node) -> set[str]:
    """The names of all kinds of elements in a tree."""
    return {node.kind.name}.union(*(kinds(child) for child in node.children))


@pytest.mark.usefixtures("kept")
def test_the_window_has_every_element(app: Hipflask, user: User) -> None:
    """A new element has to be drawn there, and is then looked at in all these tests."""
    user.open("/")
    [session] = host_of(app).sessions()
    assert missing(kinds(session.root)) == set()


def test_nothing_stands_in_anybodys_way(screen: Screen, violations: Violations) -> None:
    assert violations(screen) == []


OPEN = {
    "menu": lambda screen: screen.click("Game"),
    "menu in the bar": lambda screen: screen.click("Help"),
    "context menu": lambda screen: screen.on_page(
        lambda page: page.get_by_text("Right-click me").click(button="right")
    ),
    "dialog": lambda screen: screen.click("Delete…"),
    "drawer": lambda screen: screen.click("Settings"),
    "details": lambda screen: screen.click("Why this order?"),
    "select": lambda screen: screen._press(screen.find("Base", "combobox").nodes[0]),
    "multi_select": lambda screen: screen._press(screen.find("Bases", "listbox").nodes[0]),
    "combobox": lambda screen: screen._press(screen.find("Player", "combobox").nodes[0]),
    "color": lambda screen: screen._press(screen.find("Shirt", "textbox").nodes[0]),
    "note": lambda screen: screen.click("Note"),
    "error": lambda screen: screen.click("Fail"),
    "tooltip": lambda screen: screen.on_page(lambda page: page.get_by_text("normal filled").focus()),
    "tab": lambda screen: screen.click("Score"),
    "branch": lambda screen: screen.click("Outfield"),
}


@pytest.mark.parametrize("what", OPEN)
def test_what_opens_stands_in_nobodys_way(screen: Screen, violations: Violations, what: str) -> None:
    OPEN[what](screen)
    assert violations(screen) == []
