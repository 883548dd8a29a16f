"""A drawer is there while its state says so."""

from __future__ import annotations

from hipflask import Hipflask, ui
from hipflask.testing import User


def test_it_opens_with_its_state_and_closes_it(app: Hipflask, user: User) -> None:
    """What is inside is seen from the press until somebody dismisses it; the state knows."""
    told: list[bool] = []

    @app.window("/")
    def window() -> None:
        asking = ui.state(False)
        ui.button("Delete…", on_click=asking.set, args=(True,))
        ui.text("asking" if asking.value else "at rest")
        with ui.drawer("Delete the game?", open=asking, on_toggle=told.append):
            ui.text("It cannot be undone.")
            ui.button("Keep it", on_click=asking.set, args=(False,))

    user.open("/")
    user.see_not("It cannot be undone")
    user.click("Delete…")
    user.see("It cannot be undone")
    user.dismiss("Delete the game?")
    user.see_not("It cannot be undone")
    user.see("at rest")
    assert told == [False]


def test_a_button_inside_closes_it(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        asking = ui.state(True)
        with ui.drawer("Delete?", open=asking):
            ui.button("Keep it", on_click=asking.set, args=(False,))

    user.open("/")
    user.click("Keep it")
    user.see_not("Delete?")
