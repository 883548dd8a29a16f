"""What shows where one is, how far one has come, and who it is; and areas that share the room."""

from __future__ import annotations

import pytest

from hipflask import Hipflask, ui
from hipflask.core.errors import UsageError
from hipflask.testing import User


def test_pages_are_turned_and_the_bound_state_follows(app: Hipflask, user: User) -> None:
    told: list[int] = []

    @app.window("/")
    def window() -> None:
        page = ui.state(1)
        ui.pagination(20, bind=page, on_change=told.append)
        ui.text(f"on page {page.value}")

    def numbers() -> list[str]:
        return [found.label for found in user.seen() if found.label.isdecimal()]

    user.open("/")
    assert numbers() == ["1", "2", "20"]
    assert user.find("Previous page").is_disabled
    user.click("20")
    user.see("on page 20")
    assert numbers() == ["1", "19", "20"]
    assert user.find("Next page").is_disabled
    user.click("Previous page")
    user.see("on page 19")
    assert user.find("19").shown.props["attrs"]["aria-current"] == "page"
    assert told == [20, 19]


def test_pages_without_a_number_are_refused(app: Hipflask, user: User) -> None:
    app.testing = True

    @app.window("/")
    def window() -> None:
        ui.pagination(0, bind=ui.state("first"))

    with pytest.raises(UsageError, match=r"ui\.pagination"):
        user.open("/")


def test_steps_that_are_done_lead_back(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        step = ui.state(2)
        ui.stepper(["Line-up", "Umpire", "Play ball"], at=step)
        ui.text(f"step {step.value}")

    user.open("/")
    assert [user.find(name).role for name in ("Line-up", "Umpire", "Play ball")] == [
        "button",
        "button",
        "text",
    ]
    user.click("Line-up")
    user.see("step 0")
    assert user.find("Umpire").role == "text"


def test_a_breadcrumb_leads_by_address_or_by_function(app: Hipflask, user: User) -> None:
    called: list[str] = []

    @app.window("/")
    def window() -> None:
        ui.breadcrumb({"Teams": "/teams", "Wolves": lambda: called.append("wolves"), "Who": None})

    user.open("/")
    assert user.find("Teams").shown.props["href"] == "/teams"
    user.click("Wolves")
    assert called == ["wolves"]
    assert user.find("Who").shown.props["attrs"] == {"aria-current": "page"}


def test_a_breadcrumb_takes_no_script(app: Hipflask, user: User) -> None:
    app.testing = True

    @app.window("/")
    def window() -> None:
        ui.breadcrumb({"Teams": "javascript:alert(1)"})

    with pytest.raises(UsageError, match="scheme"):
        user.open("/")


@pytest.mark.parametrize(
    ("name", "initials"), [("Lou Costello", "LC"), ("Bud", "B"), ("Ann B. Cee", "AC"), ("", "")]
)
def test_an_avatar_has_initials(app: Hipflask, user: User, name: str, initials: str) -> None:
    @app.window("/")
    def window() -> None:
        ui.avatar(name, size="2rem")

    user.open("/")
    (found,) = [found for found in user.seen() if found.role == "img"]
    assert found.shown.props["initials"] == initials


def test_a_split_panel_has_two_panes_and_a_bar(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        place = ui.state(30)
        with ui.split_panel(bind=place):
            with ui.pane():
                ui.text("Who")
            with ui.pane():
                ui.text(f"bar at {place.value}")

    user.open("/")
    (split,) = [node for node in user.screen.tree.nodes.values() if node.tag == "wa-split-panel"]
    assert [pane.props["attrs"]["slot"] for pane in split.children] == ["start", "end"]
    user.screen.event(split.id, "change", 45.5)
    user.see("bar at 45.5")


@pytest.mark.parametrize("panes", [0, 3])
def test_a_pane_has_its_place(app: Hipflask, user: User, panes: int) -> None:
    """Outside of a split panel, or as the third in one, it has none."""
    app.testing = True

    @app.window("/")
    def window() -> None:
        if not panes:
            ui.pane()
        with ui.split_panel():
            for _ in range(panes):
                ui.pane()

    with pytest.raises(UsageError, match=r"with ui\.split_panel"):
        user.open("/")


def test_a_scroll_area_can_be_reached_by_keyboard(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        with ui.scroll_area("Innings", height="6rem"):
            ui.text("First")

    user.open("/")
    props = user.find("Innings", "region").shown.props
    assert props["attrs"]["tabindex"] == "0"
    assert props["style"] == {"max-height": "6rem"}
