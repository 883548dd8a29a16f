"""Menus: what is chosen in them happens, by hand, by keys, and by right click."""

from __future__ import annotations

import pytest

from hipflask import Hipflask, ui
from hipflask.core.errors import UsageError
from hipflask.testing import User


def test_choosing_an_item_calls_its_handler(app: Hipflask, user: User) -> None:
    chosen: list[str] = []

    @app.window("/")
    def window() -> None:
        with ui.menu("Game", icon="trophy"):
            ui.menu_item("New", on_click=chosen.append, args=("new",), icon="plus")
            with ui.menu_item("Recent"):
                ui.menu_item("Saturday", on_click=chosen.append, args=("saturday",))

    user.open("/")
    assert user.find("Game").role == "button"
    user.click("New")
    user.click("Saturday")
    assert chosen == ["new", "saturday"]
    assert user.find("Saturday").shown.props["attrs"]["slot"] == "submenu"


def test_an_item_to_tick_keeps_its_state(app: Hipflask, user: User) -> None:
    told: list[bool] = []

    @app.window("/")
    def window() -> None:
        numbers = ui.state(True)
        with ui.menu("View", icon="eye", icon_only=True):
            ui.menu_item("Numbers", checked=numbers, on_click=told.append)
        ui.text("with numbers" if numbers.value else "without")

    user.open("/")
    user.see("with numbers")
    user.click("Numbers")
    user.see("without")
    assert told == [False]
    assert user.find("View").role == "button"


@pytest.mark.parametrize(
    ("written", "known_as"),
    [("Ctrl+O", "Control+O"), ("shift+ctrl+del", "Control+Shift+Delete"), ("F2", "F2"), ("Ctrl++", None)],
)
def test_a_shortcut_is_what_the_browser_calls_it(
    app: Hipflask, user: User, written: str, known_as: str | None
) -> None:
    """Any order and case will do; what nobody could press is refused with what to write."""
    app.testing = True

    @app.window("/")
    def window() -> None:
        with ui.menu("File"):
            ui.menu_item("Do it", shortcut=written)

    if known_as is None:
        with pytest.raises(UsageError, match=r"Ctrl\+O"):
            user.open("/")
    else:
        user.open("/")
        assert user.find("Do it").shown.props["attrs"]["aria-keyshortcuts"] == known_as


def test_a_context_menu_is_a_menu_without_a_button(app: Hipflask, user: User) -> None:
    chosen: list[str] = []

    @app.window("/")
    def window() -> None:
        with ui.card("Who"), ui.context_menu():
            ui.menu_item("Send home", on_click=chosen.append, args=("Who",))

    user.open("/")
    user.click("Send home")
    assert chosen == ["Who"]


def test_a_tooltip_says_more_of_any_element(app: Hipflask, user: User) -> None:
    """It is the element's description, too, for who cannot point."""

    @app.window("/")
    def window() -> None:
        ui.button("Deal", tooltip="Five cards for each")

    user.open("/")
    attrs = user.find("Deal").shown.props["attrs"]
    assert attrs == {"aria-description": "Five cards for each", "tooltip": True}
