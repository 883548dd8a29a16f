"""What a person does to the columns: sort, filter, group, make wider, move, pin, hide."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from .server import Server
from .tables import COLUMNS, Session, column, open_table, painted, table, window


@pytest.fixture
def session(page: Page, server: Server) -> Session:
    open_table(page, server, table(searches=True))
    session = Session(page, server)
    session.settle()
    return session


def heading(page: Page, name: str) -> Any:
    return page.get_by_role("columnheader", name=name)


def menu(page: Page, name: str, item: str) -> None:
    heading(page, name).click(button="right")
    page.get_by_role("menu").get_by_text(item, exact=True).click()


def width(page: Page, name: str) -> float:
    box = heading(page, name).bounding_box()
    assert box
    return box["width"]


def names(page: Page) -> list[str]:
    painted(page)
    return page.evaluate(
        """() => [...document.querySelector('hf-table').shadowRoot.querySelectorAll('[role=columnheader]')]
            .sort((a, b) => a.getBoundingClientRect().x - b.getBoundingClientRect().x).map(el => el.querySelector('.name').textContent)"""
    )


def test_pressing_a_heading_sorts_up_then_down_then_not(page: Page, session: Session) -> None:
    for order, sort in [([["size", False]], "ascending"), ([["size", True]], "descending"), ([], "none")]:
        heading(page, "Size").click()
        assert session.event("ask") == {"order": order, "filters": [], "search": "", "group": []}
        painted(page)
        assert heading(page, "Size").get_attribute("aria-sort") == sort


def test_shift_sorts_by_one_more(page: Page, session: Session) -> None:
    heading(page, "Side").click()
    session.event("ask")
    heading(page, "Price").click(modifiers=["Shift"])
    assert session.event("ask")["order"] == [["side", False], ["price", False]]
    heading(page, "Side").click(modifiers=["Shift"])
    assert session.event("ask")["order"] == [["side", True], ["price", False]]
    session.settle()
    session.set(asked={"order": [["name", True]], "filters": [], "search": "", "group": []})
    painted(page)
    assert heading(page, "Name").get_attribute("aria-sort") == "descending"
    assert heading(page, "Side").get_attribute("aria-sort") == "none"


def test_an_edge_is_dragged_and_pressed_twice(page: Page, session: Session) -> None:
    before = heading(page, "Name").bounding_box()
    assert before
    x, y = before["x"] + before["width"] - 3, before["y"] + 10
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y)
    page.mouse.move(x + 60, y)
    page.mouse.up()
    assert session.event("layout")["widths"] == {"name": before["width"] + 60}
    painted(page)
    after = heading(page, "Name").bounding_box()
    assert after and after["width"] == before["width"] + 60
    page.mouse.dblclick(after["x"] + after["width"] - 3, y)
    assert 50 < session.event("layout")["widths"]["name"] < 150


def test_a_heading_is_dragged_to_another_place(page: Page, session: Session) -> None:
    source, target = heading(page, "Name").bounding_box(), heading(page, "Price").bounding_box()
    assert source and target
    page.mouse.move(source["x"] + 30, source["y"] + 10)
    page.mouse.down()
    page.mouse.move(source["x"] + 60, source["y"] + 10)
    page.mouse.move(target["x"] + target["width"] - 20, source["y"] + 10)
    page.mouse.up()
    assert session.event("layout")["order"] == ["size", "price", "name", "side", "live"]
    assert names(page) == ["Size", "Price", "Name", "Side", "Live"]
    assert session.server.hears_nothing(), "it was not sorted"


def test_columns_are_pinned_hidden_and_brought_back(page: Page, session: Session) -> None:
    menu(page, "Price", "Pin left")
    assert session.event("layout")["pinned"] == {"price": "start"}
    assert names(page) == ["Price", "Name", "Size", "Side", "Live"]
    menu(page, "Size", "Hide")
    assert session.event("layout")["hidden"] == ["size"]
    assert names(page) == ["Price", "Name", "Side", "Live"]
    menu(page, "Name", "Columns…")
    page.get_by_role("menuitemcheckbox", name="Size").click()
    assert session.event("layout")["hidden"] == []
    page.keyboard.press("Escape")
    assert names(page) == ["Price", "Name", "Size", "Side", "Live"]


def test_a_layout_that_is_remembered_counts(page: Page, server: Server) -> None:
    layout = {
        "order": ["live", "name", "size", "price", "side"],
        "widths": {"name": 222},
        "hidden": ["side"],
        "pinned": {},
    }
    open_table(page, server, table(layout=layout))
    assert names(page) == ["Live", "Name", "Size", "Price"]
    box = heading(page, "Name").bounding_box()
    assert box and box["width"] == 222


def test_columns_are_as_wide_as_their_first_rows_want(page: Page, server: Server) -> None:
    columns = [column("a"), column("b"), column("c", "integer")]
    rows = window(columns, 0, 2, 2)
    rows["cells"] = [["x", "y"], ["A much longer text than all of the others", "z"], [1, 2]]
    open_table(page, server, table(columns, rows=rows))
    a, b, c = (heading(page, name).bounding_box() for name in "ABC")
    assert a and b and c
    assert b["width"] > 2 * a["width"]
    assert abs(a["width"] + b["width"] + c["width"] - 934) < 20, "texts share what is left over"


FILTERS = [
    ("Name", lambda page: page.get_by_label("Value", exact=True).fill("Who"), ["name", "contains", "Who"]),
    ("Size", lambda page: page.get_by_label("From").fill("10"), ["size", ">=", 10]),
    ("Live", lambda page: page.get_by_label("Value", exact=True).select_option("Yes"), ["live", "is", True]),
    ("Side", lambda page: page.get_by_label("Buy").check(), ["side", "in", ["Buy"]]),
]


@pytest.mark.parametrize(("name", "fill", "entry"), FILTERS, ids=[each[0] for each in FILTERS])
def test_each_kind_of_column_has_its_filter(
    page: Page, session: Session, name: str, fill: Any, entry: Any
) -> None:
    menu(page, name, "Filter…")
    page.get_by_role("dialog", name=f"Filter by {name}").wait_for()
    fill(page)
    page.keyboard.press("Enter")
    if name == "Live":
        page.get_by_role("button", name="Apply").click()
    assert session.event("ask")["filters"] == [entry]
    chip = page.locator(".chip")
    assert chip.count() == 1
    chip.get_by_role("button").last.click()
    assert session.event("ask")["filters"] == []
    assert chip.count() == 0


def test_a_range_has_two_ends(page: Page, session: Session) -> None:
    menu(page, "Price", "Filter…")
    page.get_by_label("From").fill("1,5")
    page.get_by_label("Up to").fill("7")
    page.get_by_role("button", name="Apply").click()
    assert session.event("ask")["filters"] == [["price", "between", [1.5, 7]]]
    assert page.locator(".chip").inner_text() == "Price: 1.50 – 7.00"


def test_the_values_that_a_column_has_are_suggested(page: Page, session: Session) -> None:
    menu(page, "Name", "Filter…")
    assert session.event("suggest") == {"column": "name"}
    session.call("suggested", "name", ["Who", "<i>What</i>", None])
    page.get_by_label("<i>What</i>").check()
    page.get_by_label("(empty)").check()
    page.get_by_role("button", name="Apply").click()
    assert session.event("ask")["filters"] == [["name", "in", ["<i>What</i>", None]]]


def test_what_is_searched_for_goes_out_when_typing_stops(page: Page, session: Session) -> None:
    page.get_by_role("searchbox").press_sequentially("first base")
    assert session.event("ask")["search"] == "first base"
    session.settle()
    assert session.server.hears_nothing()


def test_rows_are_grouped_and_not(page: Page, session: Session) -> None:
    menu(page, "Side", "Group by this")
    assert session.event("ask")["group"] == ["side"]
    page.get_by_role("button", name="Do not group by Side").click()
    assert session.event("ask")["group"] == []


def test_what_goes_on_and_what_went_wrong_is_said(page: Page, session: Session) -> None:
    session.set(reading=True)
    page.get_by_role("button", name="Cancel").click()
    assert session.event("cancel") == "reading"
    session.set(reading=False, failure="The disk is full.")
    assert page.get_by_role("alert").first.inner_text().startswith("The disk is full.")
    page.get_by_role("button", name="Try again").click()
    session.event("ask")
    session.settle()
    session.set(
        failure=None, advice="An index on price would make this quick.", rows=window(COLUMNS, 0, 0, 0)
    )
    assert "An index on price" in page.locator(".note.advice").inner_text()
    assert page.locator(".empty").inner_text() == "No rows"


def test_what_is_being_done_can_be_called_off_while_its_words_change(page: Page, session: Session) -> None:
    """The button is the same one all the time: a press that begins on it ends on it."""
    session.set(working="Pasting 90,000 cells… 40 %")
    note = page.locator(".note.reading")
    assert "40 %" in note.inner_text()
    note.get_by_role("button", name="Cancel").hover()
    page.mouse.down()
    session.set(working="Pasting 90,000 cells… 41 %")
    page.mouse.up()
    assert session.event("cancel") == "working"
    assert "41 %" in note.inner_text()
    session.set(working=None)
    assert note.count() == 0


def test_nothing_that_matches_can_be_undone_at_once(page: Page, session: Session) -> None:
    asked = {"order": [], "filters": [["size", ">", 5]], "search": "x", "group": []}
    session.set(asked=asked, rows=window(COLUMNS, 0, 0, 0))
    assert "No rows match" in page.locator(".empty").inner_text()
    page.get_by_role("button", name="Show all rows").click()
    assert session.event("ask") == {"order": [], "filters": [], "search": "", "group": []}


def test_totals_stand_below_their_columns(page: Page, session: Session) -> None:
    session.set(totals={"size": 12345, "price": 1.5})
    painted(page)
    row = page.locator(".foot [role=row]")
    assert row.get_attribute("aria-rowindex") == "102"
    assert row.locator("[role=gridcell]").all_inner_texts() == ["Total", "12,345", "1.50", "", ""]
    assert page.locator(".grid").get_attribute("aria-rowcount") == "102"


IS_CUT_OFF = """() => [...document.querySelector('hf-table').shadowRoot.querySelectorAll('.foot .cell')]
    .filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.textContent)"""


def test_a_total_that_comes_later_is_seen_whole_and_trembling_ones_leave_the_widths_alone(
    page: Page, server: Server
) -> None:
    columns = [column("name"), column("size", "integer")]
    open_table(page, server, table(columns))
    session = Session(page, server, columns=columns)
    session.settle()
    narrow = width(page, "Size")
    session.set(totals={"size": 12_491_234_567_890})
    painted(page)
    assert page.evaluate(IS_CUT_OFF) == []
    wide = width(page, "Size")
    assert wide > narrow, "the total would have fitted anyway"
    for total in (1, None, 12_491_234_567_891):
        session.set(totals=None if total is None else {"size": total})
        painted(page)
        assert width(page, "Size") == wide


def test_a_width_that_a_person_has_chosen_stays_when_a_total_comes(page: Page, server: Server) -> None:
    columns = [column("name"), column("size", "integer")]
    layout = {"order": ["name", "size"], "widths": {"size": 70}, "hidden": [], "pinned": {}}
    open_table(page, server, table(columns, layout=layout))
    session = Session(page, server, columns=columns)
    session.settle()
    session.set(totals={"size": 12_491_234_567_890})
    painted(page)
    assert width(page, "Size") == 70


def test_exporting_asks_and_offers_what_comes(page: Page, session: Session) -> None:
    session.set(exports=True)
    page.get_by_role("button", name="Export").click()
    page.get_by_role("menuitem", name="As CSV").click()
    assert session.event("export") == {"format": "csv"}
    with page.expect_download() as coming:
        session.call("exported", "trades.csv", "a,b\n1,2\n")
    assert coming.value.suggested_filename == "trades.csv"
    assert coming.value.path().read_text() == "a,b\n1,2\n"
