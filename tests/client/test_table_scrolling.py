"""A table of any number of rows costs the same: it has elements for what is seen, and asks for no other rows."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from .browser import wait_for
from .server import Server
from .tables import COLUMNS, Session, cells, column, focused, open_table, table, value, window

MANY = 10_000_000
ROWS = "document.querySelector('hf-table').shadowRoot.querySelectorAll('.row').length"
ASIDE = "document.querySelector('hf-table').shadowRoot.querySelector('.bar-aside')"
ELEMENTS = "document.querySelector('hf-table').shadowRoot.querySelectorAll('*').length"
BAR = "document.querySelector('hf-table').shadowRoot.querySelector('.bar-down')"


@pytest.fixture
def many(page: Page, server: Server) -> Session:
    open_table(page, server, table(total=MANY))
    session = Session(page, server, MANY)
    session.settle()
    return session


def shown(page: Page) -> list[str]:
    return cells(page, 0)


def test_ten_million_rows_need_no_more_elements_than_fit_on_the_screen(page: Page, many: Session) -> None:
    rows, elements = page.evaluate(ROWS), page.evaluate(ELEMENTS)
    assert rows < 25
    assert elements < 400
    for place in (0.1, 0.9, 0.33, 1, 0):
        page.evaluate(f"{BAR}.scrollTop = {place} * {BAR}.scrollHeight")
        many.settle()
    assert page.evaluate(ROWS) == rows
    assert page.evaluate(ELEMENTS) == elements
    assert shown(page)[0] == "Row 0"


def test_dragging_the_bar_to_the_middle_asks_for_the_rows_there(page: Page, many: Session) -> None:
    page.evaluate(f"{BAR}.scrollTop = ({BAR}.scrollHeight - {BAR}.clientHeight) / 2")
    view = many.event("view")
    assert abs(view["first"] - MANY / 2) < 20
    assert 10 < view["count"] < 60
    many.answer(view)
    many.settle()
    first = shown(page)[0]
    assert abs(int(first.removeprefix("Row ")) - MANY / 2) < 20


def test_the_last_row_can_be_reached_and_each_before_it(page: Page, many: Session) -> None:
    page.locator(".grid").focus()
    page.keyboard.press("Control+End")
    many.settle()
    assert shown(page)[-1] == f"Row {MANY - 1}"
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    assert focused(page) == (MANY - 3 + 1, len(COLUMNS))
    page.keyboard.press("Control+Home")
    many.settle()
    assert shown(page)[0] == "Row 0"


def test_a_notch_of_the_wheel_goes_on_by_whole_rows_however_many_there_are(page: Page, many: Session) -> None:
    page.evaluate(f"{BAR}.scrollTop = {BAR}.scrollHeight / 3")
    many.settle()
    row = int(shown(page)[1].removeprefix("Row "))
    page.mouse.move(300, 200)
    page.mouse.wheel(0, 120)
    many.settle()
    after = int(shown(page)[0].removeprefix("Row "))
    assert after - row in (3, 4), "120 pixels are four rows and a bit"
    top, high = page.evaluate("[document.querySelector('hf-table').scrollTop, 28]")
    assert top % high == 0


def test_rows_that_are_not_there_yet_are_grey_and_those_that_are_stay(page: Page, server: Server) -> None:
    open_table(page, server, table(total=1000))
    server.receive()  # the first view
    page.mouse.move(300, 200)
    page.mouse.wheel(0, 28 * 45)
    wait_for(page, "document.querySelector('hf-table').scrollTop === 28 * 45")
    page.wait_for_timeout(50)
    words = shown(page)
    assert words[0] == "Row 45", "it is here"
    assert words[-1] == "", "it is not"
    wait = "document.querySelector('hf-table').shadowRoot.querySelectorAll('.row.wait:not([hidden])')"
    assert page.evaluate(f"[...{wait}].every(row => row.ariaBusy === 'true')")
    assert page.evaluate(f"{wait}.length") == words.count("")


def test_views_come_at_most_once_a_frame_and_none_where_nothing_is_new(page: Page, many: Session) -> None:
    page.evaluate(
        "window.views = []; document.querySelector('hf-table').addEventListener('view', e => views.push(e.target.view))"
    )
    page.evaluate("for (let i = 0; i < 50; i++) document.querySelector('hf-table').scrollTop = 28 * 100 * i")
    page.wait_for_timeout(100)
    assert page.evaluate("views.length") == 1
    assert (
        page.evaluate("views[0].first") == 28 * 100 * 49 // 28 - 6 or page.evaluate("views[0].first") > 4000
    )
    many.settle()
    page.evaluate("views.length = 0; document.querySelector('hf-table').scrollTop += 28")
    page.wait_for_timeout(100)
    assert page.evaluate("views.length") == 0, "a few more rows than are seen were asked for"


def test_two_hundred_columns_have_cells_only_where_they_are_seen(page: Page, server: Server) -> None:
    columns = [column(f"c{i}", width=100) for i in range(200)]
    open_table(page, server, table(columns, rows=window(columns, 0, 50, 50)))
    session = Session(page, server, 50, columns)
    session.settle()
    count = "document.querySelector('hf-table').shadowRoot.querySelectorAll('.row:not([hidden]) .cell:not([hidden])').length"
    assert page.evaluate(count) < 20 * 14
    page.evaluate(f"{ASIDE}.scrollLeft = 9950")
    page.wait_for_timeout(100)
    assert page.evaluate(count) < 20 * 14
    names = [text.removesuffix(" 0") for text in cells(page)[0]]
    assert names == [f"c{i}" for i in range(99, 99 + len(names))]
    headings = page.locator("[role=columnheader] .name").all_inner_texts()
    assert sorted(headings) == sorted(f"C{name[1:]}" for name in names)
    assert page.locator(".grid").get_attribute("aria-colcount") == "200"


def test_a_column_that_is_pinned_stays_where_it_is(page: Page, server: Server) -> None:
    columns = [column(f"c{i}", width=100) for i in range(40)]
    columns[5]["pinned"], columns[7]["pinned"] = "start", "end"
    open_table(page, server, table(columns, rows=window(columns, 0, 50, 50)))
    before = [page.get_by_text(f"c{i} 3", exact=True).bounding_box() for i in (5, 7)]
    page.evaluate(f"{ASIDE}.scrollLeft = 1500")
    page.wait_for_timeout(100)
    after = [page.get_by_text(f"c{i} 3", exact=True).bounding_box() for i in (5, 7)]
    assert before == after
    [start, end] = after
    assert start and end and start["x"] < 60 and end["x"] > 800


def test_a_table_that_grows_shows_more_rows(page: Page, many: Session) -> None:
    before = len(shown(page))
    many.set(style={"height": "600px"})
    many.settle()
    assert len(shown(page)) >= before + 6
    assert shown(page) == [value("name", row) for row in range(len(shown(page)))]


def test_rows_that_become_fewer_leave_nothing_behind(page: Page, many: Session) -> None:
    page.locator(".grid").focus()
    page.keyboard.press("Control+End")
    many.settle()
    many.total = 7
    many.set(rows=window(COLUMNS, 0, 7, 7))
    many.settle()
    assert shown(page) == [f"Row {row}" for row in range(7)]
    assert focused(page) == (8, len(COLUMNS))
