"""What comes to the front."""

from typing import Literal

from hipflask import ui

from .samples import Tone, sample


@sample("Messages")
def callout(
    words: str = "Who is not on first.",
    title: str = "Check the line-up",
    tone: Tone = "warning",
):
    with ui.callout(words, title=title, tone=tone):
        ui.button("Open the line-up", size="s")


@sample("Messages")
def notify(words: str = "Saved.", tone: Tone = "success"):
    ui.button("Save", tone="primary", on_click=lambda: ui.notify(words, tone=tone))


@sample("Messages")
def dialog(closes_outside: bool = True):
    asking = ui.state(False)
    ui.button("Delete…", on_click=asking.set, args=(True,))
    with ui.dialog("Delete the game?", open=asking, closes_outside=closes_outside):
        ui.text("It cannot be brought back.")
        with ui.row():
            ui.button("Keep it", on_click=asking.set, args=(False,))
            ui.button("Delete", tone="danger", on_click=asking.set, args=(False,))


@sample("Messages")
def drawer(side: Literal["start", "end", "top", "bottom"] = "end"):
    settings = ui.state(False)
    ui.button("Settings", icon="settings", on_click=settings.set, args=(True,))
    with ui.drawer("Settings", open=settings, side=side):
        ui.switch("Keep score", value=True)
        ui.select("Umpire", ["Blind", "Half blind"], value="Blind")
