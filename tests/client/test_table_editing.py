"""Cells that are edited where they stand: what is typed belongs to who types, until the session has answered."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from .server import Server
from .tables import COLUMNS, Session, cells, column, focused, open_table, painted, table, window

FIELD = ".over .editor"


@pytest.fixture
def session(page: Page, server: Server) -> Session:
    open_table(page, server)
    session = Session(page, server)
    session.settle()
    page.locator(".grid").focus()
    return session


def edit(page: Page, row: int, text: str) -> None:
    page.get_by_text(text, exact=True).dblclick()
    page.locator(FIELD).wait_for()


def test_typing_begins_to_edit_and_enter_writes_and_goes_down(page: Page, session: Session) -> None:
    page.keyboard.type("Costello")
    assert page.locator(FIELD).input_value() == "Costello"
    page.keyboard.press("Enter")
    assert session.event("edit") == {"id": 1000, "column": "name", "value": "Costello", "decimal": "."}
    assert focused(page) == (3, 1)
    assert cells(page, 0)[:2] == ["Costello", "Row 1"], "it shows, though nobody has answered"
    pending = page.locator(".cell.pending")
    assert pending.inner_text() == "Costello"
    session.call("cells", [0], [0], ["Lou Costello"], None)
    painted(page)
    assert pending.count() == 0
    assert cells(page, 0)[0] == "Lou Costello"


def test_f2_edits_what_is_there_tab_goes_right_and_escape_restores(page: Page, session: Session) -> None:
    page.keyboard.press("F2")
    assert page.locator(FIELD).input_value() == "Row 0"
    page.keyboard.press("End")
    page.keyboard.type("!")
    page.keyboard.press("Tab")
    assert session.event("edit")["value"] == "Row 0!"
    assert focused(page) == (2, 2)
    page.keyboard.type("77")
    page.keyboard.press("Escape")
    assert focused(page) == (2, 2)
    assert cells(page, 1)[0] == "0"
    assert session.server.hears_nothing()


def test_what_was_not_changed_is_not_written(page: Page, session: Session) -> None:
    page.keyboard.press("F2")
    page.keyboard.press("Enter")
    assert focused(page) == (3, 1)
    assert session.server.hears_nothing()


def test_values_that_come_while_somebody_types_do_not_touch_what_is_typed(
    page: Page, session: Session
) -> None:
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("12")
    for price in (1.5, 2.5, 3.5):
        session.call("cells", [0, 1], [2, 2], [price, price], None)
    page.keyboard.type(".75")
    session.set(rows=window(COLUMNS, 0, 50, 100))
    assert page.locator(FIELD).input_value() == "12.75"
    assert page.evaluate("document.querySelector('hf-table').shadowRoot.activeElement.className").startswith(
        "editor"
    )
    page.keyboard.press("Enter")
    assert session.event("edit") == {"id": 1000, "column": "price", "value": "12.75", "decimal": "."}


def test_the_field_goes_where_its_row_goes(page: Page, session: Session) -> None:
    page.keyboard.type("Here")
    before = page.locator(FIELD).bounding_box()
    rows = window(COLUMNS, 0, 50, 100)
    rows["keys"][0], rows["keys"][5] = rows["keys"][5], rows["keys"][0]
    session.set(rows=rows)
    painted(page)
    after = page.locator(FIELD).bounding_box()
    assert before and after and after["y"] - before["y"] == 5 * 28
    page.keyboard.press("Enter")
    assert session.event("edit")["id"] == 1000


def test_a_row_that_goes_while_it_is_edited_leaves_what_was_typed(page: Page, session: Session) -> None:
    page.keyboard.type("Half a sente")
    rows = window(COLUMNS, 0, 50, 99)
    rows["keys"] = [key + 1 for key in rows["keys"]]
    session.set(rows=rows)
    painted(page)
    assert page.locator(FIELD).input_value() == "Half a sente"
    assert "This row is gone" in page.locator(".bubble").inner_text()
    page.get_by_text("Row 6", exact=True).click()
    assert page.locator(FIELD).input_value() == "Half a sente", "it stays, whoever looks elsewhere first"
    page.locator(FIELD).click()
    page.keyboard.press("End")
    page.keyboard.type("nce")
    page.keyboard.press("Enter")
    assert session.event("edit") == {"id": 1000, "column": "name", "value": "Half a sentence", "decimal": "."}
    session.call("refused", 1000, "name", "This row has been deleted.")
    note = page.locator(".note.danger").inner_text()
    assert "This row has been deleted." in note and "Half a sentence" in note


def test_a_refusal_stands_at_its_cell_and_keeps_what_was_typed(page: Page, session: Session) -> None:
    page.keyboard.press("ArrowRight")
    page.keyboard.type("many")
    page.keyboard.press("Enter")
    session.event("edit")
    session.call("refused", 1000, "size", "Size: a number is needed, not 'many'.")
    assert cells(page, 1)[0] == "many"
    assert page.locator(".cell.refused").inner_text() == "many"
    assert page.locator("[aria-live]").inner_text() == "Size: a number is needed, not 'many'."
    assert page.locator(".bubble").is_hidden(), "somebody is elsewhere already"
    session.call("cells", [0], [1], [5], None)
    page.keyboard.press("ArrowUp")
    painted(page)
    assert page.locator(".bubble").inner_text() == "Size: a number is needed, not 'many'."
    page.keyboard.press("F2")
    assert page.locator(FIELD).input_value() == "many"
    page.keyboard.press("Escape")
    assert cells(page, 1)[0] == "5"
    assert page.locator(".cell.refused").count() == 0


def test_a_refused_text_can_be_given_up(page: Page, session: Session) -> None:
    page.keyboard.type("x")
    page.keyboard.press("Enter")
    session.event("edit")
    session.call("refused", 1000, "name", "No.")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    assert cells(page, 0)[0] == "Row 0"


def test_choices_are_chosen_and_boxes_turn_at_once(page: Page, session: Session) -> None:
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.locator(FIELD).locator("option").all_inner_texts() == ["", "Buy", "Sell"]
    page.locator(FIELD).select_option("Sell")
    page.locator(FIELD).press("Enter")
    assert session.event("edit") == {"id": 1000, "column": "side", "value": "Sell", "decimal": "."}
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert session.event("edit") == {"id": 1001, "column": "live", "value": True, "decimal": "."}
    assert cells(page, 4)[:2] == ["Yes", "Yes"], "the second is turned, and waits for an answer"


def test_leaving_the_field_writes(page: Page, session: Session) -> None:
    page.keyboard.type("Left")
    page.get_by_text("Row 6", exact=True).click()
    assert session.event("edit")["value"] == "Left"
    assert focused(page) == (8, 1)


def test_moments_are_edited_in_local_time_and_travel_in_utc(page: Page, server: Server) -> None:
    columns = [column("when", "datetime", editable=True)]
    rows = window(columns, 0, 1, 1)
    rows["cells"] = [["2026-11-23T09:30:00Z"]]
    open_table(page, server, table(columns, rows=rows))
    session = Session(page, server, 1, columns)
    page.locator(".grid").focus()
    page.keyboard.press("F2")
    local = page.locator(FIELD).input_value()
    assert local == page.evaluate(
        "(() => { const d = new Date('2026-11-23T09:30:00Z'); return new Date(d - d.getTimezoneOffset() * 60000).toISOString().slice(0, 16) })()"
    )
    page.locator(FIELD).fill(local.replace(":30", ":45"))
    page.keyboard.press("Enter")
    assert session.event("edit")["value"] == "2026-11-23T09:45:00.000Z"


def test_a_text_that_came_shortened_is_not_edited(page: Page, server: Server) -> None:
    rows = window(COLUMNS, 0, 1, 1)
    rows["cells"][0] = [{"t": "a" * 500, "n": 1_000_000}]
    open_table(page, server, table(rows=rows))
    page.locator(".grid").focus()
    page.keyboard.press("F2")
    assert page.locator(FIELD).count() == 0
    assert "too long" in page.locator(".note.danger").inner_text()


def test_what_may_not_be_edited_takes_no_letters(page: Page, server: Server) -> None:
    open_table(page, server, table([column("name")], rows=window([column("name")], 0, 3, 3)))
    page.locator(".grid").focus()
    page.keyboard.type("abc")
    page.keyboard.press("Delete")
    page.keyboard.press("F2")
    assert page.locator(FIELD).count() == 0
    assert cells(page) == [["Row 0"], ["Row 1"], ["Row 2"]]


def test_delete_empties_the_cells_that_are_chosen(page: Page, session: Session) -> None:
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Delete")
    assert session.event("clear") == {"ids": [1000, 1001], "columns": ["name", "size"]}
    assert [row[:2] for row in cells(page)[:2]] == [["", ""], ["", ""]]
