"""What people press, and what unfolds."""

from typing import Literal

from hipflask import ui

from .samples import Size, Tone, sample


@sample("Buttons and menus")
def button(
    words: str = "Deal",
    tone: Tone = "primary",
    appearance: Literal["filled", "outlined", "plain"] = "filled",
    size: Size = "m",
    icon_only: bool = False,
    disabled: bool = False,
):
    clicks = ui.state(0)
    with ui.row():
        ui.button(
            words,
            on_click=lambda: clicks.update(lambda n: n + 1),
            icon="spade",
            icon_only=icon_only,
            tone=tone,
            appearance=appearance,
            size=size,
            disabled=disabled,
        )
        ui.text(f"{clicks.value} so far", tone="quiet")


@sample("Buttons and menus")
def menu(words: str = "Game", icon_only: bool = False, disabled: bool = False):
    with ui.menu(words, icon="trophy", icon_only=icon_only, disabled=disabled):
        ui.menu_item("New", icon="plus", on_click=ui.notify, args=("A new game.",))
        ui.menu_item("Open…", icon="folder-open")
        ui.divider()
        ui.menu_item("Delete", icon="trash-2", tone="danger")


@sample("Buttons and menus")
def menu_item(disabled: bool = False):
    numbers = ui.state(True)
    with ui.menu("View"):
        ui.menu_item("Numbers", checked=numbers, shortcut="Ctrl+L")
        with ui.menu_item("Sort by"):
            ui.menu_item("Name")
            ui.menu_item("Base")
        ui.menu_item("Full screen", disabled=disabled)
    ui.text("With numbers" if numbers.value else "Without numbers", tone="quiet")


@sample("Buttons and menus")
def menu_bar():
    with ui.menu_bar():
        with ui.menu("File"):
            ui.menu_item("New", icon="plus")
            ui.menu_item("Open…", icon="folder-open")
        with ui.menu("Edit"):
            ui.menu_item("Undo", icon="undo-2")
        with ui.menu("Help"):
            ui.menu_item("The rules")


@sample("Buttons and menus")
def context_menu():
    with ui.card("Who"):
        ui.text("Right-click here, or press the menu key.")
        with ui.context_menu():
            ui.menu_item("Send home", icon="house", on_click=ui.notify, args=("Safe!",))
            ui.menu_item("Call out", tone="danger", icon="x")
