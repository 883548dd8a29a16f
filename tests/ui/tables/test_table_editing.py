"""What a person writes into a table: all of it or nothing, and at each cell a word about what has become of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from threading import Event
from typing import Any

import pytest

from hipflask import Hipflask, ui
from hipflask.testing import User
from hipflask.testing.tables import Table
from hipflask.ui.tables import working
from ui.tables.doubles import Trades, trades


@pytest.fixture
def source() -> Trades:
    return trades(5)


@pytest.fixture
def table_options() -> dict[str, Any]:
    return {"editable": True, "removable": True}


@pytest.fixture
def window(app: Hipflask, source: Trades, table_options: dict[str, Any]) -> None:
    @app.window("/")
    def trades_window() -> None:
        ui.table(source, **table_options)


pytestmark = pytest.mark.usefixtures("window")


def test_a_cell_takes_what_is_typed(user: User, source: Trades) -> None:
    """The text becomes a value of the column's kind, and is shown as the table shows it."""
    table = user.open().table()
    table.edit("T1", "Price", " 1,234.5 ")
    assert source.rows[1]["price"] == 1234.5
    assert table.cell(1, "Price") == "1,234.5"
    assert table.refusals() == []


def test_an_empty_text_is_nothing_where_nothing_is_allowed(user: User, source: Trades) -> None:
    table = user.open().table()
    table.edit(1, "Price", "")
    table.edit(1, "Name", "")
    assert source.rows[1] == {"name": "", "price": None, "size": 10}
    table.clear(2, "Size")
    assert source.rows[2]["size"] is None


@pytest.mark.parametrize(
    ("heading", "typed", "sentence"),
    [
        ("Price", "a dozen", "Price takes a number such as 12.5, not “a dozen”."),
        ("Size", "1.5", "Size takes a whole number such as 12, not “1.5”."),
        ("Price", "-1", "A price is not negative."),
    ],
)
def test_what_does_not_fit_is_said_at_the_cell(
    user: User, source: Trades, heading: str, typed: str, sentence: str
) -> None:
    """By us or by the source; nothing is written, and no error is shown at the window."""
    before = dict(source.rows[1])
    table = user.open().table()
    table.edit(1, heading, typed)
    assert table.refusals() == [sentence]
    assert source.rows[1] == before
    assert user.errors() == []


def test_a_cell_that_is_as_it_was_is_answered_all_the_same(user: User) -> None:
    """The screen shows what was typed until it is told; "0.50" is 0.5 already, so no cell differs."""
    table = user.open().table()
    before = len(user.screen.calls)
    table.edit(0, "Price", "0.50")
    assert user.screen.calls[before:] == [(table._node, "cells", [[0], [1], [0.5], None])]


def test_a_row_that_somebody_else_deleted_is_a_sentence_and_nothing_else(user: User, source: Trades) -> None:
    """While one types, another window deletes the row: the other cells of the table live on."""
    table = user.open().table()
    number = table._id("T1")
    del source.rows[1]
    user.screen.event(table._node, "edit", {"id": number, "column": "price", "value": "7"})
    user.screen.event(table._node, "edit", {"id": table._id("T2"), "column": "price", "value": "8"})
    assert table.refusals() == ["Somebody has deleted this row."]
    assert source.rows[2]["price"] == 8.0


def test_edits_while_one_is_slow_are_all_kept_in_order(
    user: User, source: Trades, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second in which a lock is waited for loses nothing of what is typed meanwhile."""
    table = user.open().table()
    write = source.write

    def slow(cells: Any) -> None:
        time.sleep(0.4 if cells[0][2] == 0.0 else 0)
        write(cells)

    monkeypatch.setattr(source, "write", slow)
    for number in range(120):
        user.screen.event(table._node, "edit", {"id": 1, "column": "price", "value": str(number)})
    assert table.cell(0, "Price") == "119"
    assert "busy" not in table._shown.props


def test_an_error_of_the_program_is_shown_and_the_cell_goes_back(
    user: User, source: Trades, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = user.open().table()

    def broken(cells: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(source, "write", broken)
    table.edit(1, "Price", "7")
    assert table.refusals() == ["This could not be kept."]
    assert len(user.errors()) == 1


@pytest.mark.parametrize("table_options", [{"editable": ["price"]}, {}])
def test_a_column_that_is_not_offered_is_not_written_either(
    user: User, source: Trades, table_options: dict[str, Any]
) -> None:
    """Whatever a screen sends: size is read-only here, and rows are not deleted."""
    table = user.open().table()
    user.screen.event(table._node, "edit", {"id": 1, "column": "size", "value": "7"})
    user.screen.event(table._node, "paste", {"first": 0, "columns": ["size"], "cells": [["7"]]})
    user.screen.event(table._node, "clear", {"ids": [1], "columns": ["size"]})
    user.screen.event(table._node, "erase", {"ids": [1]})
    assert table.refusals() == [
        "Size cannot be edited.", "Size cannot be edited.", "Size cannot be edited.", "Rows cannot be deleted here.",
    ]  # fmt: skip
    assert source.rows[0]["size"] == 0


@pytest.mark.parametrize(
    "event",
    [
        ("edit", {"id": 999, "column": "price", "value": "1"}),
        ("edit", {"id": 1, "column": "price"}),
        ("edit", {}),
        ("paste", {"first": 0, "columns": ["price"], "cells": "x"}),
        ("erase", {"ids": ["x"]}),
    ],
)
def test_nonsense_writes_nothing_and_the_next_edit_works(
    user: User, source: Trades, event: tuple[str, Any]
) -> None:
    before = {key: dict(row) for key, row in source.rows.items()}
    table = user.open().table()
    user.screen.event(table._node, *event)
    table.rows  # noqa: B018 (waits)
    assert source.rows == before
    table.edit(0, "Price", "5")
    assert source.rows[0]["price"] == 5.0


def test_a_block_is_pasted_over_the_rows_that_are_there(user: User, source: Trades) -> None:
    """In the order that the person sees, which is not the one in which the source has them."""
    table = user.open().table()
    table.sort("Price", descending=True)
    table.paste("T3", "Price", [["1", "100"], ["2", "200"]])
    assert [source.rows[3][name] for name in ("price", "size")] == [1.0, 100]
    assert [source.rows[2][name] for name in ("price", "size")] == [2.0, 200]


def test_a_block_that_is_too_long_ends_with_the_table(user: User, source: Trades) -> None:
    table = user.open().table()
    table.paste("T3", "Price", [["1"], ["2"], ["3"]])
    assert (source.rows[3]["price"], source.rows[4]["price"]) == (1.0, 2.0)
    assert told(user) == ["The table ends there: 2 of 3 rows were pasted."]


def test_nothing_of_a_block_is_written_if_one_cell_does_not_fit(user: User, source: Trades) -> None:
    """The first ones that do not are named, the very first at its cell."""
    before = {key: dict(row) for key, row in source.rows.items()}
    table = user.open().table()
    table.paste(0, "Price", [["1"], ["x"], ["y"], ["z"], ["é"]])
    assert source.rows == before
    at_cell, over_all = table.refusals()
    assert at_cell == "Price takes a number such as 12.5, not “x”."
    assert over_all.startswith("Nothing was changed. Price takes")
    assert "“z”" in over_all and "“é”" not in over_all and over_all.endswith("And 1 more.")


def test_a_block_is_not_pasted_over_other_rows_than_those_that_were_seen(user: User, source: Trades) -> None:
    """Somebody else has put a row on top in the moment between looking and pasting."""
    table = user.open().table()
    number = table._id("T1")
    source.rows = {99: {"name": "New", "price": 0.0, "size": 0}, **source.rows}
    user.screen.event(
        table._node, "paste", {"first": 1, "id": number, "columns": ["price"], "cells": [["7"]]}
    )
    assert table.refusals() == ["The rows have moved meanwhile, so nothing was pasted. Paste again."]
    assert source.rows[0]["price"] == 0.5


def test_more_cells_than_can_be_written_in_a_moment_are_refused_at_once(user: User, source: Trades) -> None:
    table = user.open().table()
    table.paste(0, "Price", [["1"]] * 100_001)
    assert table.refusals() == ["That is too much to paste at once: up to 100,000 cells."]
    assert source.rows[0]["price"] == 0.5


def wait_for(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not (is_so := condition()) and time.monotonic() < end:
        time.sleep(0.005)
    return is_so


def told(user: User) -> list[str]:
    return [args[0] for _, method, args in user.screen.calls if method == "told"]


def paste_slowly(source: Trades, monkeypatch: pytest.MonkeyPatch) -> tuple[Event, Event]:
    """Have every cell be looked at, and the source stop at its second one: it is there, it may go on."""
    monkeypatch.setattr(working, "_EVERY", 1)
    monkeypatch.setattr(working, "UNSAID_SECONDS", 0.0)
    is_there, may_go_on = Event(), Event()
    write = source.write

    def stopping(cells: Iterable[Any]) -> Iterator[Any]:
        for number, cell in enumerate(cells):
            if number == 1:
                is_there.set()
                assert may_go_on.wait(20)
            yield cell

    monkeypatch.setattr(source, "write", lambda cells: write(stopping(cells)))
    return is_there, may_go_on


def send_paste(user: User, table: Table, cells: list[list[str]]) -> None:
    """Without waiting for what becomes of it."""
    what = {"first": 0, "id": table._id(0), "columns": ["price"], "cells": cells}
    user.screen.event(table._node, "paste", what)


def test_a_long_paste_says_how_far_it_is(user: User, source: Trades, monkeypatch: pytest.MonkeyPatch) -> None:
    is_there, may_go_on = paste_slowly(source, monkeypatch)
    table = user.open().table()
    send_paste(user, table, [["1"], ["2"], ["3"], ["4"]])
    assert is_there.wait(20)
    assert wait_for(lambda: table._shown.props.get("working") == "Pasting 4 cells… 41 %")
    may_go_on.set()
    assert wait_for(lambda: "working" not in table._shown.props)
    table._wait()
    assert [row["price"] for row in source.rows.values()] == [1.0, 2.0, 3.0, 4.0, 4.5]


def test_a_paste_that_is_called_off_changes_nothing(
    user: User, source: Trades, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_there, may_go_on = paste_slowly(source, monkeypatch)
    before = {key: dict(row) for key, row in source.rows.items()}
    table = user.open().table()
    send_paste(user, table, [["1"], ["2"], ["3"], ["4"]])
    assert is_there.wait(20)
    user.screen.event(table._node, "cancel", "working")
    may_go_on.set()
    assert wait_for(lambda: "That was called off. Nothing was changed." in told(user))
    assert source.rows == before
    assert table.refusals() == []
    table.paste(0, "Price", [["1"], ["2"], ["3"]])
    assert source.rows[2]["price"] == 3.0, "the next one is another one"


def test_rows_are_deleted_where_that_is_offered(user: User, source: Trades) -> None:
    table = user.open().table()
    table.erase("T1", "T3")
    assert [*source.rows] == [0, 2, 4]
    assert table.column("Name") == ["T0", "T2", "T4"]
