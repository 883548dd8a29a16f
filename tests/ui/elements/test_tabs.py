"""Of several tabs one page is open, and a bound state knows which."""

from __future__ import annotations

from typing import Any

import pytest

from hipflask import Hipflask, ui
from hipflask.core.errors import UsageError
from hipflask.testing import User


def test_the_first_is_open_until_another_is_chosen(app: Hipflask, user: User) -> None:
    chosen: list[str] = []

    @app.window("/")
    def window() -> None:
        with ui.tabs(on_change=chosen.append):
            with ui.tab("Line-up", icon="users"):
                ui.text("Who is on first.")
            with ui.tab("Score"):
                ui.text("Nobody has run.")

    user.open("/")
    user.see("Who is on first")
    user.see_not("Nobody has run")
    user.click("Score")
    user.see("Nobody has run")
    user.see_not("Who is on first")
    assert chosen == ["Score"]


def test_a_bound_state_follows_and_leads(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        page = ui.state("Score")
        with ui.tabs(bind=page):
            with ui.tab("Line-up"):
                ui.text("Who is on first.")
            with ui.tab("Score"):
                ui.text("Nobody has run.")
        ui.text(f"on page {page.value}")
        ui.button("Back", on_click=page.set, args=("Line-up",))

    user.open("/")
    user.see("Nobody has run")
    user.click("Back")
    user.see("Who is on first")
    user.click("Score")
    user.see("on page Score")


def test_a_page_with_draw_is_drawn_only_while_it_is_open(app: Hipflask, user: User) -> None:
    drawn: list[str] = []

    def score() -> None:
        drawn.append("score")
        ui.text("Nobody has run.")

    @app.window("/")
    def window() -> None:
        page = ui.state("")
        with ui.tabs(bind=page):
            ui.tab("Line-up", draw=lambda: ui.text("Who is on first."))
            ui.tab("Score", draw=score)

    user.open("/")
    user.see("Who is on first")
    assert drawn == []
    user.click("Score")
    user.see("Nobody has run")
    assert drawn == ["score"]
    user.see_not("Who is on first")
    assert not any("Who" in str(node.props) for node in user.screen.tree.nodes.values())


@pytest.mark.parametrize("draw", [None, lambda: None])
def test_a_tab_that_cannot_work_says_what_to_write(app: Hipflask, user: User, draw: Any) -> None:
    """Outside of tabs, and with draw= where no state says what is open."""
    app.testing = True

    @app.window("/")
    def window() -> None:
        if draw is None:
            ui.tab("Alone")
        else:
            with ui.tabs():
                ui.tab("Lazy", draw=draw)

    with pytest.raises(UsageError, match=r"with ui\.tabs"):
        user.open("/")
