"""Details fold and unfold, and a state that is bound follows."""

from __future__ import annotations

from hipflask import Hipflask, ui
from hipflask.testing import User


def test_what_is_inside_is_seen_once_it_is_open(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        with ui.details("Why this order?"):
            ui.text("By custom.")

    user.open("/")
    user.see_not("By custom")
    user.click("Why this order?")
    user.see("By custom")
    user.click("Why this order?")
    user.see_not("By custom")


def test_a_bound_state_opens_it_and_is_told(app: Hipflask, user: User) -> None:
    """The app's state and the person's hand are two ends of the same thing."""
    told: list[bool] = []

    @app.window("/")
    def window() -> None:
        is_open = ui.state(True)
        with ui.details("Rules", open=is_open, on_toggle=told.append):
            ui.text("Three strikes.")
        ui.text("open" if is_open.value else "closed")
        ui.button("Fold", on_click=is_open.set, args=(False,))

    user.open("/")
    user.see("Three strikes")
    user.click("Fold")
    user.see_not("Three strikes")
    user.click("Rules")
    user.see("Three strikes")
    user.find("open")
    assert told == [True]


def test_those_of_a_group_share_a_name(app: Hipflask, user: User) -> None:
    """By it the browser closes all others: an accordion."""

    @app.window("/")
    def window() -> None:
        for name in ("First", "Second"):
            ui.details(name, group="bases")

    user.open("/")
    assert [found.shown.props["name"] for found in user.seen()] == ["bases", "bases"]
