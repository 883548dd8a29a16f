"""Ctrl+Z in a real browser: in a text field the browser's own undo comes first, everywhere else it is the window's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy.orm import Mapped

from hipflask import Hipflask, ui
from hipflask.store.store import Store

Show = Callable[[Callable[[], None]], Page]


@pytest.fixture
def db(app: Hipflask, tmp_path: Path) -> Iterator[Store]:
    app.config["STORE"] = str(tmp_path / "app.sqlite")
    db = Store(app)
    yield db
    db.close()


@pytest.fixture
def team(app: Hipflask, db: Store, show: Show) -> tuple[Page, Any]:
    """A window with a list of players, and its model."""

    class Player(db.Model):
        name: Mapped[str]
        is_captain: Mapped[bool] = False

    @app.window("/other")
    def other() -> None:
        ui.text("Elsewhere")
        ui.text(f"{db.count(Player)} players")

    def window() -> None:
        ui.button("Add", on_click=Player.create, args={"name": "Who"})
        ui.link("Other", other)
        ui.input("Search")
        ui.text(f"{db.count(Player)} players")
        for player in db.all(Player):
            with ui.row(key=player.id):
                ui.input("Name", bind=(player, Player.name))
                ui.checkbox("Captain", bind=(player, Player.is_captain))
                ui.text(f"is {player.name}")

    return show(window), Player


def name_of(page: Page) -> Any:
    return page.get_by_role("textbox", name="Name", exact=True)


def test_ctrl_z_takes_back_what_was_done_and_ctrl_shift_z_does_it_again(team: tuple[Page, Any]) -> None:
    """Focus is on a button, or in nothing at all; every key that people know works."""
    page, _ = team
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("1 players")).to_be_visible()
    page.get_by_text("Captain").click()
    expect(page.get_by_role("checkbox", name="Captain")).to_be_checked()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("checkbox", name="Captain")).not_to_be_checked()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("0 players")).to_be_visible()
    page.keyboard.press("Control+y")
    expect(page.get_by_text("1 players")).to_be_visible()
    page.keyboard.press("Control+Shift+Z")
    expect(page.get_by_role("checkbox", name="Captain")).to_be_checked()


def test_in_a_text_field_the_browser_takes_back_what_was_typed(team: tuple[Page, Any]) -> None:
    """What was typed elsewhere than in this field, or done before, stays."""
    page, _ = team
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("1 players")).to_be_visible()
    search = page.get_by_role("textbox", name="Search")
    search.click()
    page.keyboard.type("abc")
    page.keyboard.press("Control+z")
    expect(search).to_have_value("")
    page.wait_for_timeout(
        200
    )  # longer than the page waits to see whether the browser has taken something back
    expect(page.get_by_text("1 players")).to_be_visible()
    page.keyboard.press("Control+z")  # nothing that was typed is left: this is for the window
    expect(page.get_by_text("0 players")).to_be_visible()


def test_what_was_typed_into_a_row_is_one_step_once_the_field_is_left(team: tuple[Page, Any]) -> None:
    """The letters come back together, in the file and in the field."""
    page, _ = team
    page.get_by_role("button", name="Add").click()
    name_of(page).click()
    page.keyboard.press("End")
    page.keyboard.type("mever")
    expect(page.get_by_text("is Whomever")).to_be_visible()
    page.get_by_role("checkbox", name="Captain").focus()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("is Who", exact=True)).to_be_visible()
    expect(name_of(page)).to_have_value("Who")
    page.keyboard.press("Control+Shift+Z")
    expect(name_of(page)).to_have_value("Whomever")


def test_the_browsers_undo_in_a_field_of_a_row_leaves_nothing_to_undo(team: tuple[Page, Any]) -> None:
    """Typed, taken back by the browser, and left: Ctrl+Z goes on with what was done before."""
    page, _ = team
    page.get_by_role("button", name="Add").click()
    name_of(page).click()
    page.keyboard.press("End")
    page.keyboard.type("m")
    expect(page.get_by_text("is Whom")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("is Who", exact=True)).to_be_visible()
    page.get_by_role("checkbox", name="Captain").focus()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("0 players")).to_be_visible()


def test_what_was_done_before_going_elsewhere_can_be_undone_there(team: tuple[Page, Any]) -> None:
    """A window keeps its history from place to place."""
    page, _ = team
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("1 players")).to_be_visible()
    page.get_by_role("link", name="Other").click()
    expect(page.get_by_text("Elsewhere")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("0 players")).to_be_visible()


def test_a_refusal_is_said(team: tuple[Page, Any], db: Store) -> None:
    """Somebody else has renamed the row: a note says so, and the name stays."""
    page, player = team
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("1 players")).to_be_visible()
    db.first(player).update(name="Theirs")
    expect(page.get_by_text("is Theirs")).to_be_visible()
    page.keyboard.press("Control+z")
    note = page.locator("wa-toast-item")
    expect(note).to_have_text("“Add” cannot be undone: name of player “Theirs” has been changed since.")
    expect(page.get_by_text("is Theirs")).to_be_visible()


def test_keys_of_other_keyboards_are_understood(team: tuple[Page, Any]) -> None:
    """Where the key at Z's place has another letter, and where Z is at another place."""
    page, _ = team
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("1 players")).to_be_visible()
    press = "keys => document.body.dispatchEvent(new KeyboardEvent('keydown', {ctrlKey: true, bubbles: true, ...keys}))"
    page.evaluate(press, {"key": "я", "code": "KeyZ"})
    expect(page.get_by_text("0 players")).to_be_visible()
    page.evaluate(press, {"key": "Z", "code": "KeyY", "shiftKey": True})
    expect(page.get_by_text("1 players")).to_be_visible()


def test_on_a_mac_it_is_cmd(context: BrowserContext, app: Hipflask, team: tuple[Page, Any]) -> None:
    """Cmd+Z undoes and Cmd+Shift+Z redoes; Ctrl+Z means nothing."""
    page, _ = team
    context.add_init_script("Object.defineProperty(navigator, 'platform', {get: () => 'MacIntel'})")
    page.reload()
    for number in (1, 2):
        page.get_by_role("button", name="Add").click()
        expect(page.get_by_text(f"{number} players")).to_be_visible()
    page.keyboard.press("Control+z")
    page.keyboard.press("Meta+z")
    expect(page.get_by_text("1 players")).to_be_visible()
    page.keyboard.press("Meta+Shift+Z")
    expect(page.get_by_text("2 players")).to_be_visible()
