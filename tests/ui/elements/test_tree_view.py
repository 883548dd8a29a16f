"""Trees: one branch is chosen, others open when they are asked for; any JSON is one."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from hipflask import Hipflask, ui
from hipflask.core.errors import UsageError
from hipflask.testing import User


def branches(user: User) -> list[str]:
    return [found.label for found in user.seen() if found.role == "treeitem"]


def test_nested_dicts_and_lists_are_a_tree(app: Hipflask, user: User) -> None:
    chosen: list[Any] = []

    @app.window("/")
    def window() -> None:
        ui.tree_view(
            {"Infield": ["Who", "What"], "Battery": {"Pitcher": "Tomorrow"}}, on_change=chosen.append
        )

    user.open("/")
    assert branches(user) == ["Infield", "Who", "What", "Battery", "Pitcher", "Tomorrow"]
    user.click("What")
    assert chosen == ["What"]


def test_a_bound_state_is_the_chosen_value(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        chosen = ui.state(1)
        with ui.tree_view(bind=chosen):
            ui.branch("Who", value=1, icon="user")
            with ui.branch("Others"):
                ui.branch("What", value=2)
        ui.text(f"chosen {chosen.value}")
        ui.button("First", on_click=chosen.set, args=(1,))

    def selected(label: str) -> object:
        return user.find(label).shown.props["selected"]

    user.open("/")
    assert (selected("Who"), selected("What")) == (True, False)
    user.click("What")
    user.see("chosen 2")
    assert (selected("Who"), selected("What")) == (False, True)
    user.click("First")
    assert (selected("Who"), selected("What")) == (True, False)


def test_a_branch_with_draw_is_drawn_when_it_is_opened(app: Hipflask, user: User) -> None:
    drawn: list[str] = []

    def outfield() -> None:
        drawn.append("outfield")
        ui.branch("Why")

    @app.window("/")
    def window() -> None:
        with ui.tree_view():
            ui.branch("Outfield", draw=outfield)

    user.open("/")
    assert (branches(user), drawn) == (["Outfield"], [])
    user.click("Outfield")
    assert branches(user) == ["Outfield", "Why"]
    assert "lazy" not in user.find("Outfield").shown.props


def test_a_branch_belongs_in_a_tree(app: Hipflask, user: User) -> None:
    app.testing = True

    @app.window("/")
    def window() -> None:
        ui.branch("Who")

    with pytest.raises(UsageError, match=r"with ui\.tree_view"):
        user.open("/")


def test_json_opens_level_by_level(app: Hipflask, user: User) -> None:
    """Only what is open is sent."""
    value = {"first": "Who", "scores": [1, {"deep": None}], "day": datetime.date(1938, 3, 24), "empty": {}}

    @app.window("/")
    def window() -> None:
        ui.json(value)

    user.open("/")
    assert branches(user) == [
        'first: "Who"',
        "scores: [2 entries]",
        "0: 1",
        "1: {1 entry}",
        'day: "1938-03-24"',
        "empty: {}",
    ]
    user.click("1: {1 entry}")
    assert "deep: null" in branches(user)


def test_json_of_a_long_list_says_how_much_more_there_is(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        ui.json(list(range(2500)))

    user.open("/")
    assert branches(user)[-1] == "… and 1,500 more"
    assert len(branches(user)) == 1001


def test_what_is_no_json_is_refused(app: Hipflask, user: User) -> None:
    app.testing = True

    @app.window("/")
    def window() -> None:
        ui.json({"function": print})

    with pytest.raises(UsageError, match=r"ui\.json"):
        user.open("/")
