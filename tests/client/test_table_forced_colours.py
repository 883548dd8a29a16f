"""A table where the system's own colours are forced: what is chosen, refused or under the keyboard can still be told apart, and read."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from .server import Server
from .tables import COLUMNS, Session, open_table, painted, table, window

TONES = [[1, 2, "warning"], [2, 2, "quiet"], [3, 2, "danger"]]


@pytest.fixture
def session(page: Page, server: Server) -> Session:
    page.emulate_media(forced_colors="active")
    rows = window(COLUMNS, 0, 50, 100, tones=TONES)
    open_table(page, server, table(rows=rows, selecting="many", selected=[1001, 1002, 1003]))
    return Session(page, server)


def look(page: Page, selector: str, name: str) -> str:
    """A computed property of the first element that a table has of that kind."""
    return page.evaluate(
        "([selector, name]) => getComputedStyle(document.querySelector('hf-table').shadowRoot.querySelector(selector))[name]",
        [selector, name],
    )


@pytest.mark.parametrize("tone", ["warning", "quiet", "danger"])
def test_coloured_words_in_chosen_rows_can_be_read(page: Page, session: Session, tone: str) -> None:
    assert look(page, f".row.chosen .cell.{tone}", "color") == look(page, ".row.chosen .cell.start", "color")
    assert look(page, ".row.chosen", "backgroundColor") != look(page, ".row:not(.chosen)", "backgroundColor")


def test_the_entry_of_a_menu_that_the_keyboard_is_at_stands_out(page: Page, session: Session) -> None:
    page.get_by_role("columnheader", name="Price").click(button="right")
    page.keyboard.press("ArrowDown")
    painted(page)
    focused = look(page, ".menu button:focus", "backgroundColor")
    assert focused != look(page, ".menu button:not(:focus)", "backgroundColor")
    assert focused != look(page, ".menu", "backgroundColor")


def test_a_cell_that_was_refused_is_marked_by_more_than_colour(page: Page, session: Session) -> None:
    page.locator("hf-table .row:not(.chosen) .cell.start").first.click()
    page.keyboard.type("Who")
    page.keyboard.press("Enter")
    name = session.event("edit")
    session.call("refused", name["id"], name["column"], "This will not do.")
    painted(page)
    assert look(page, ".cell.refused", "outlineStyle") == "dashed"
