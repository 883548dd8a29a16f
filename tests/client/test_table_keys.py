"""A table by keyboard, and what it tells to who listens."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from .server import Server
from .tables import COLUMNS, Session, attribute, cells, focused, open_table, painted, table, window


@pytest.fixture
def session(page: Page, server: Server) -> Session:
    open_table(page, server, table(selecting="many", opens=True, actions=[{"label": "Cancel order"}]))
    session = Session(page, server)
    session.settle()
    page.keyboard.press("Tab")
    return session


def test_tab_comes_to_the_table_and_leaves_it(page: Page, session: Session) -> None:
    assert focused(page) == (2, 2), "the first column of data, below the headings"
    page.keyboard.press("Tab")
    assert focused(page) is None


MOVES = [
    ("ArrowDown ArrowDown ArrowRight", (4, 3)),
    ("ArrowDown ArrowUp ArrowUp", (1, 2)),
    ("End", (2, 6)),
    ("End Home", (2, 2)),
    ("Control+End", (101, 6)),
    ("Control+End Control+Home", (2, 2)),
    ("Control+ArrowDown", (101, 2)),
    ("Control+ArrowRight", (2, 6)),
    ("PageDown PageUp", (2, 2)),
    ("ArrowLeft ArrowLeft", (2, 2)),
]


def test_arrows_and_their_like_move(page: Page, session: Session) -> None:
    for keys, place in MOVES:
        page.keyboard.press("Control+Home")
        for key in keys.split():
            page.keyboard.press(key)
        session.settle()
        assert focused(page) == place, keys


def test_a_page_down_is_what_is_seen(page: Page, session: Session) -> None:
    page.keyboard.press("PageDown")
    session.settle()
    row = focused(page)
    assert row and 10 <= row[0] - 2 <= 14
    assert page.evaluate("document.querySelector('hf-table').scrollTop") == (row[0] - 2) * 28


def test_space_chooses_rows_and_the_heading_all_of_them(page: Page, session: Session) -> None:
    page.keyboard.press("Space")
    assert session.event("select") == {"ids": [1000]}
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    assert session.event("select") == {"ids": [1000, 1001]}
    chosen = "[...document.querySelector('hf-table').shadowRoot.querySelectorAll('.row[aria-selected=true]')].map(row => row.ariaRowIndex)"
    painted(page)
    assert page.evaluate(chosen) == ["2", "3"]
    assert "2 rows selected" in page.locator("[aria-live]").inner_text()
    page.get_by_role("columnheader", name="Select all rows").click()
    assert session.event("select") == {"all": True}
    page.get_by_role("columnheader", name="All rows are selected").click()
    assert session.event("select") == {"ids": []}


def test_enter_opens_a_row_where_nothing_is_edited(page: Page, server: Server) -> None:
    columns = [{**each, "editable": False} for each in COLUMNS]
    open_table(page, server, table(columns, opens=True))
    session = Session(page, server, columns=columns)
    session.settle()
    page.locator(".grid").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert session.event("open") == {"id": 1001}


def test_headings_sort_by_keys_and_have_menus(page: Page, session: Session) -> None:
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert session.event("ask")["order"] == [["size", False]]
    assert page.get_by_role("columnheader", name="Size").get_attribute("aria-sort") == "ascending"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+Enter")
    assert session.event("ask")["order"] == [["size", False], ["price", False]]
    page.keyboard.press("Alt+ArrowDown")
    assert page.get_by_role("menu", name="Column Price").is_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert session.event("ask")["order"] == [["price", True]]
    assert page.get_by_role("menu").count() == 0
    assert focused(page) == (1, 4), "the focus is back"


def test_columns_are_made_wider_and_moved_by_keys(page: Page, session: Session) -> None:
    page.keyboard.press("ArrowUp")
    before = page.get_by_role("columnheader", name="Name").bounding_box()
    page.keyboard.press("Alt+ArrowRight")
    layout = session.event("layout")
    assert before and layout["widths"]["name"] == before["width"] + 16
    page.keyboard.press("Alt+Shift+ArrowRight")
    assert session.event("layout")["order"] == ["size", "name", "price", "side", "live"]
    assert focused(page) == (1, 3)


def test_the_menu_of_a_row_opens_by_key_and_acts_on_what_is_chosen(page: Page, session: Session) -> None:
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("ContextMenu")
    page.get_by_role("menuitem", name="Cancel order").press("Enter")
    assert session.event("act") == {"action": 0, "ids": [1000, 1001]}
    assert focused(page) == (3, 2)


def test_it_says_how_large_it_is_and_where_each_cell_stands(page: Page, session: Session) -> None:
    assert attribute(page, "role") == "grid"
    assert attribute(page, "aria-label") == "Trades"
    assert attribute(page, "aria-rowcount") == "101"
    assert attribute(page, "aria-colcount") == "6"
    page.keyboard.press("Control+End")
    session.settle()
    found = page.evaluate(
        """() => [...document.querySelector('hf-table').shadowRoot.querySelectorAll('.rows .row:not([hidden])')].map(row =>
            [Number(row.ariaRowIndex), row.querySelector('[aria-colindex="2"]').textContent])"""
    )
    assert sorted(found)[-1] == [101, "Row 99"]
    assert all(text == f"Row {index - 2}" for index, text in found)
    page.get_by_role("columnheader", name="Price").click()
    painted(page)
    assert page.get_by_role("columnheader", name="Price").get_attribute("aria-sort") == "ascending"
    session.settle()
    session.set(rows=window(COLUMNS, 0, 50, 5000, exact=False))
    painted(page)
    assert attribute(page, "aria-rowcount") == "-1", "nobody knows how many there are"


def test_groups_are_a_tree_that_unfolds_by_keys(page: Page, server: Server) -> None:
    rows = window(COLUMNS, 0, 4, 4) | {
        "levels": [0, 1, 1, 0],
        "sizes": [2, None, None, 7],
        "open": [True, False, False, False],
    }
    rows["cells"][3] = ["Buy", "Buy", "Buy", "Sell"]
    asked = {"order": [], "filters": [], "search": "", "group": ["side"]}
    open_table(page, server, table(rows=rows, asked=asked))
    session = Session(page, server, 4)
    session.event("view")
    assert attribute(page, "role") == "treegrid"
    assert cells(page, 0) == ["Buy  ·  2", "Row 1", "Row 2", "Sell  ·  7"]
    painted(page)
    levels = "[...document.querySelector('hf-table').shadowRoot.querySelectorAll('.row:not([hidden])')].map(r => [r.ariaLevel, r.ariaExpanded])"
    assert page.evaluate(levels) == [["1", "true"], ["2", None], ["2", None], ["1", "false"]]
    page.locator(".grid").focus()
    page.keyboard.press("ArrowLeft")
    assert session.event("fold") == {"id": 1000, "open": False}
    page.keyboard.press("Control+ArrowDown")
    page.keyboard.press("ArrowRight")
    assert session.event("fold") == {"id": 1003, "open": True}
    page.get_by_text("Buy · 2").click()
    assert session.event("fold") == {"id": 1000, "open": False}


def test_details_open_below_their_row_and_the_rows_make_room(page: Page, server: Server) -> None:
    details = [[5, "div", {"attrs": {"slot": "details"}}, [[6, "p", {"text": "All about it"}, []]]]]
    open_table(page, server, table(details=True))
    session = Session(page, server)
    session.settle()
    page.get_by_role("gridcell", name="Show details").nth(2).click()
    assert session.event("detail") == {"id": 1002}
    session.send(["set", 2, {"detailed": 1002}], ["create", 2, 0, details])
    said = page.get_by_text("All about it").bounding_box()
    row, after = (page.get_by_text(f"Row {i}", exact=True).bounding_box() for i in (2, 3))
    assert said and row and after
    assert row["y"] < said["y"] < after["y"]
    assert after["y"] - row["y"] == 28 * 9
    page.get_by_role("gridcell", name="Hide details").click()
    assert session.event("detail") == {"id": None}
