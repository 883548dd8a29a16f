"""A table in WebKitGTK, by keys alone: it scrolls to its last row, sorts, and takes what is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hipflask import Hipflask, ui
from hipflask.surfaces.pages import host_of
from hipflask.ui.tables.controller import Table
from hipflask.ui.tree import Node
from served import Served

from .stage import Stage, require, wait_until

ROWS = 5_000


@pytest.fixture
def served(app: Hipflask) -> Iterator[Served]:
    server = Served(app)
    yield server
    server.stop()


def tables(node: Node) -> Iterator[Table]:
    if isinstance(node.stream, Table):
        yield node.stream
    for child in node.children:
        yield from tables(child)


def test_a_table_scrolls_sorts_and_takes_what_is_typed(
    app: Hipflask, served: Served, perform: Callable[..., Stage]
) -> None:
    require("Xvfb", "xdotool")
    hears = ui.State(False)
    rows = [{"name": f"Row {number}", "size": number} for number in range(ROWS)]
    columns = [ui.table_column("size"), ui.table_column("name")]

    @app.window("/")
    def window() -> None:
        ui.shortcut("F2", hears.set, args=(True,))
        ui.table(rows, columns, row_key="name", editable=["size"], export=False, height="300px")

    def is_seen(first: int, last: int) -> Callable[[], Any]:
        return lambda: (picture := shown()["rows"])["first"] <= first and last in picture["cells"][0]

    def shown() -> Any:
        (session,) = host_of(app).sessions()
        (table,) = tables(session.root)
        assert table.node is not None
        return table.node.props

    stage = perform("webkitgtk")
    stage.manage()
    stage.open(served.address, placement={"width": 600, "height": 400, "x": 100, "y": 100})
    stage.do("show", 0)
    wait_until(lambda: stage.press("F2") or hears.value, "the first key")
    wait_until(is_seen(0, 10), "the first rows")

    stage.press("Tab", "Down", "7", "5", "Return")
    wait_until(lambda: rows[1]["size"] == 75, "a number that is typed into the second row")
    stage.press("ctrl+End")
    wait_until(is_seen(ROWS - 10, ROWS - 1), "the last rows")
    stage.press("Home", "8", "0", "Return")
    wait_until(lambda: rows[ROWS - 1]["size"] == 80, "a number that is typed into the last row")

    stage.press("ctrl+Home", "Up", "Return", "Return")
    wait_until(lambda: shown()["asked"]["order"] == [["size", True]], "sorting downwards, from the heading")
    stage.press("Down", "9", "9", "9", "9", "Return")
    wait_until(lambda: rows[ROWS - 2]["size"] == 9999, "a number that is typed into the largest one")
