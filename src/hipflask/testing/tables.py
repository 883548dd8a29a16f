"""A table as somebody sees and uses it in a test, without a browser.

    trades = user.table("Trades")
    trades.sort("Price", descending=True)
    trades.edit("ACME", "Price", "12.50")          the row in which ACME stands
    assert trades.column("Price") == ["12.50", "11.00"]

Rows are named by their place or by a text that stands in one of them alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..ui.live import LiveSession
from ..ui.tables.controller import Table
from .formats import text_of
from .person import NotSeen
from .plain import PlainScreen, Shown

Row = int | str


class SeenTable:
    """One table in a window; `settle` waits until all that was done is shown."""

    def __init__(self, screen: PlainScreen, node: int, settle: Callable[[], None], patience: float) -> None:
        self._screen, self._node, self._settle, self._patience = screen, node, settle, patience

    # ── seeing ────────────────────────────────────────────────────────────────────────────────────

    @property
    def headings(self) -> list[str]:
        """What stands above the columns that are seen, from left to right."""
        self._wait()
        return [column["heading"] for column in columns_of(self._shown)]

    @property
    def rows(self) -> list[list[str]]:
        """The texts of the rows that are loaded, groups among them."""
        self._wait()
        return rows_of(self._shown)

    @property
    def total(self) -> int:
        """How many rows, or lines of groups and rows, there are in all."""
        self._wait()
        return int(self._rows["total"])

    @property
    def failure(self) -> str:
        """What the table says went wrong when it was read, or else an empty text."""
        self._wait()
        return self._shown.props.get("failure") or ""

    @property
    def totals(self) -> dict[str, str]:
        """What stands below the columns that have a total, by heading."""
        self._wait()
        found = self._shown.props.get("totals") or {}
        return {
            column["heading"]: text_of(found[column["name"]], column)
            for column in columns_of(self._shown)
            if column["name"] in found
        }

    @property
    def selected(self) -> list[list[str]]:
        """The texts of the selected rows that are loaded."""
        self._wait()
        chosen = self._shown.props["selected"]
        numbers = self._rows["keys"] if isinstance(chosen, dict) else chosen
        return [
            row
            for number, row in zip(self._rows["keys"], rows_of(self._shown), strict=True)
            if number in numbers
        ]

    def column(self, heading: str) -> list[str]:
        """The texts of one column in the rows that are loaded."""
        place = self.headings.index(self._column(heading)["heading"])
        return [row[place] for row in self.rows]

    def cell(self, row: Row, heading: str) -> str:
        """The text of one cell."""
        return self.column(heading)[self._place(row)]

    def tone(self, row: Row, heading: str) -> str | None:
        """The tone of one cell."""
        place = self._place(row)
        column = self._rows["columns"].index(self._column(heading)["name"])
        return next((tone for at, where, tone in self._rows["tones"] if (at, where) == (place, column)), None)

    def refusals(self) -> list[str]:
        """What the table has said so far about what was not taken."""
        self._wait()
        return [
            args[2] for node, method, args in self._screen.calls if (node, method) == (self._node, "refused")
        ]

    # ── looking elsewhere ─────────────────────────────────────────────────────────────────────────

    def scroll_to(self, place: int, count: int = 50) -> None:
        """Have the rows from a place on in sight."""
        number = self._rows["view"] + 1
        self._send("view", {"number": number, "first": place, "count": count})

    def sort(self, heading: str, *, descending: bool = False) -> None:
        """Press the heading until the table is sorted so."""
        self._ask(order=[[self._column(heading)["name"], descending]])

    def search(self, words: str) -> None:
        """Type into the search field."""
        if not self._shown.props["searches"]:
            raise AssertionError("This table has no search field: ui.table(…, search=True).")
        self._ask(search=words)

    def filter(self, heading: str, test: str, value: object = None) -> None:
        """Show only rows that pass a test, such as ("Price", ">", 10); None for a test takes the column's filter away."""
        name = self._column(heading)["name"]
        others = [each for each in self._asked["filters"] if each[0] != name]
        self._ask(filters=others + ([[name, test, value]] if test else []))

    def group(self, *headings: str) -> None:
        """Fold rows into groups by these columns; by none, out of them."""
        self._ask(group=[self._column(heading)["name"] for heading in headings])

    def fold(self, row: Row, *, is_open: bool = True) -> None:
        """Open a group, or close it."""
        self._send("fold", {"id": self._id(row), "open": is_open})

    def arrange(self, **layout: Any) -> None:
        """Have columns stand otherwise: widths, hidden, pinned, order, as the screen says it."""
        self._send("layout", {**self._shown.props["layout"], **layout})

    # ── doing ─────────────────────────────────────────────────────────────────────────────────────

    def edit(self, row: Row, heading: str, text: str | bool) -> None:
        """Type into a cell, in place of what it holds."""
        column = self._column(heading)
        if not column["editable"]:
            raise AssertionError(f"A user cannot edit {heading!r}: it is read-only.")
        self._send("edit", {"id": self._id(row), "column": column["name"], "value": text})

    def paste(self, row: Row, heading: str, cells: Sequence[Sequence[str]]) -> None:
        """Paste a block of cells from a spreadsheet, its first one here."""
        columns = [column["name"] for column in columns_of(self._shown)]
        columns = columns[columns.index(self._column(heading)["name"]) :][: max(map(len, cells))]
        place, number = self._rows["first"] + self._place(row), self._id(row)
        block = [list(each) for each in cells]
        self._send(
            "paste", {"first": place, "id": number, "column": columns[0], "columns": columns, "cells": block}
        )

    def clear(self, row: Row, heading: str) -> None:
        """Empty a cell."""
        self._send("clear", {"ids": [self._id(row)], "columns": [self._column(heading)["name"]]})

    def erase(self, *rows: Row) -> None:
        """Delete rows."""
        self._send("erase", {"ids": [self._id(row) for row in rows]})

    def select(self, *rows: Row) -> None:
        """Choose these rows, and no others."""
        if self._shown.props["selecting"] == "none":
            raise AssertionError("Nothing can be selected in this table: ui.table(…, select='many').")
        self._send("select", {"ids": [self._id(row) for row in rows]})

    def select_all(self) -> None:
        """Choose all rows that there are."""
        self._send("select", {"all": True})

    def open(self, row: Row) -> None:
        """Double-click a row."""
        if not self._shown.props["opens"]:
            raise AssertionError("Nothing would happen: this table has no on_open=.")
        self._send("open", {"id": self._id(row)})

    def act(self, label: str, *rows: Row) -> None:
        """Choose an entry of the rows' menu."""
        labels = [action["label"] for action in self._shown.props["actions"]]
        if label not in labels:
            raise NotSeen(f"The rows' menu has no {label!r}; it has {labels!r}.")
        self._send("act", {"action": labels.index(label), "ids": [self._id(row) for row in rows]})

    def unfold(self, row: Row | None) -> None:
        """Show the details of a row; None: of no row any more."""
        self._send("detail", {"id": None if row is None else self._id(row)})

    def export(self) -> None:
        """Have all that is shown written to a file, which the next file dialog is asked for."""
        self._send("export", {"format": "csv"})

    # ── between ───────────────────────────────────────────────────────────────────────────────────

    @property
    def _shown(self) -> Shown:
        return self._screen.tree.nodes[self._node]

    @property
    def _rows(self) -> dict[str, Any]:
        rows: dict[str, Any] = self._shown.props["rows"]
        return rows

    @property
    def _asked(self) -> dict[str, Any]:
        asked: dict[str, Any] = self._shown.props["asked"]
        return asked

    def _ask(self, **changed: object) -> None:
        self._send("ask", {**self._asked, **changed})

    def _send(self, event: str, value: object) -> None:
        self._screen.event(self._node, event, value)
        self._wait()

    def _wait(self) -> None:
        """Wait until the rows that are asked for are there."""
        self._settle()
        wait_until_read(self._screen.session, self._node, self._patience)

    def _column(self, heading: str) -> dict[str, Any]:
        there = columns_of(self._shown)
        found = [column for column in there if heading in (column["heading"], column["name"])]
        if not found:
            raise NotSeen(
                f"There is no column {heading!r}; there are {[each['heading'] for each in there]!r}."
            )
        return found[0]

    def _id(self, row: Row) -> int:
        return int(self._rows["keys"][self._place(row)])

    def _place(self, row: Row) -> int:
        """The place of a row among those that are loaded."""
        self._wait()
        if isinstance(row, int):
            return row - int(self._rows["first"])
        texts = rows_of(self._shown)
        found = [place for place, each in enumerate(texts) if row in each]
        found = found or [place for place, each in enumerate(texts) if any(row in text for text in each)]
        if len(found) != 1:
            there = "\n".join("  " + " | ".join(each) for each in texts)
            raise NotSeen(f"{len(found) or 'No'} rows say {row!r}.\n{there}")
        return found[0]


def columns_of(table: Shown) -> list[dict[str, Any]]:
    """The columns that are seen, in the order in which they stand."""
    layout = table.props["layout"]
    known = {column["name"]: column for column in table.props["columns"]}
    return [known[name] for name in layout["order"] if name not in layout["hidden"]]


def rows_of(table: Shown) -> list[list[str]]:
    """The texts of the rows that are loaded, in the columns that are seen."""
    rows = table.props["rows"]
    places = {name: place for place, name in enumerate(rows["columns"])}
    seen = [column for column in columns_of(table) if column["name"] in places]
    return [
        [text_of(rows["cells"][places[column["name"]]][row], column) for column in seen]
        for row in range(len(rows["keys"]))
    ]


def wait_until_read(session: LiveSession, node: int, seconds: float) -> None:
    """Wait until a table shows what it was asked for; for so long at most."""

    def is_read() -> bool:
        found = session.node(node)
        stream = None if found is None else found.stream
        return not isinstance(stream, Table) or stream.is_at_rest

    session.wait_for(is_read, seconds)
    session.wait_until_settled(seconds)
