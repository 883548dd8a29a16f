"""A table on a page, and a double of the session behind it: rows made up from their numbers, answered as they are asked for."""

from __future__ import annotations

import queue
from typing import Any

from playwright.sync_api import Page

from .browser import Tree, open_page, wait_for
from .server import Message, Server

TABLE = 2
EVENTS = (
    "view", "ask", "fold", "cancel", "layout", "edit", "paste", "copy", "clear", "erase",
    "select", "open", "act", "detail", "export", "suggest",
)  # fmt: skip
SIDES = ["Buy", "Sell"]


def column(name: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    """A column as the session describes it."""
    align = "end" if kind in ("integer", "float", "decimal") else "center" if kind == "boolean" else "start"
    return {
        "name": name, "heading": name.capitalize(), "kind": kind, "align": align, "width": None, "pinned": None, "hidden": False,
        "editable": False, "choices": None, "digits": None, "format": "", "flash": False, "sortable": True, "filterable": True,
        "nullable": True,
    } | more  # fmt: skip


COLUMNS = [
    column("name", editable=True),
    column("size", "integer", editable=True),
    column("price", "float", digits=2, editable=True, flash=True),
    column("side", "choice", choices=SIDES, editable=True),
    column("live", "boolean", editable=True),
]


def value(name: str, row: int) -> Any:
    """What row number `row` holds."""
    return {
        "name": f"Row {row}", "size": row * 10, "price": row / 4, "side": SIDES[row % 2], "live": row % 3 == 0,
    }.get(name, f"{name} {row}")  # fmt: skip


def window(
    columns: list[dict[str, Any]], first: int, count: int, total: int, view: int = 0, **more: Any
) -> dict[str, Any]:
    """The prop `rows`; the id of a row is its number and 1,000 more."""
    numbers = range(first, min(first + count, total))
    names = [each["name"] for each in columns]
    return {
        "view": view, "columns": names, "first": first, "total": total, "exact": True,
        "keys": [number + 1000 for number in numbers], "levels": None, "sizes": None, "open": None,
        "cells": [[value(name, number) for number in numbers] for name in names], "tones": [],
    } | more  # fmt: skip


def table(
    columns: list[dict[str, Any]] | None = None,
    total: int = 100,
    height: str = "400px",
    rows: dict[str, Any] | None = None,
    children: list[Tree] | None = None,
    **props: Any,
) -> Tree:
    """The node of a table with its first rows."""
    columns = COLUMNS if columns is None else columns
    given = {
        "columns": columns, "rows": rows or window(columns, 0, 50, total), "label": "Trades", "selecting": "none",
        "on": {name: name for name in EVENTS}, "style": {"height": height},
    } | props  # fmt: skip
    return [TABLE, "hf-table", given, children or []]


def open_table(page: Page, server: Server, node: Tree | None = None, **more: Any) -> None:
    """Show one table, and wait until its rows are painted."""
    tree = [1, "hf-root", {}, [node or table(), [9, "p", {"text": "below"}, []]]]
    open_page(page, server, tree, **more)
    wait_for(page, "customElements.get('hf-table') !== undefined")
    wait_for(
        page, "document.querySelector('hf-table').shadowRoot.querySelector('[role=columnheader]') !== null"
    )


class Session:
    """Answers what a table asks: keeps everything that it hears, and sends rows for every view."""

    def __init__(
        self, page: Page, server: Server, total: int = 100, columns: list[dict[str, Any]] | None = None
    ) -> None:
        self.page, self.server, self.total = page, server, total
        self.columns = COLUMNS if columns is None else columns
        self.frame = 1
        self.seen = 0
        self.waiting: list[Message] = []  # events that came while a frame was painted

    def event(self, name: str) -> Any:
        """The value of the next event of that name; views before it are answered."""
        while (message := self.next(5))[3] != name:
            if message[3] == "view":
                self.answer(message[4])
        return message[4]

    def next(self, timeout: float) -> Message:
        message = self.waiting.pop(0) if self.waiting else self.server.receive(timeout)
        assert message[0] == "event", message
        self.seen = max(self.seen, message[1])
        return message

    def answer(self, view: dict[str, int]) -> None:
        rows = window(self.columns, view["first"], view["count"], self.total, view["number"])
        self.send(["set", TABLE, {"rows": rows}])

    def send(self, *patches: Message) -> None:
        """Send a frame, and wait until it is painted."""
        self.frame += 1
        self.server.send(["frame", self.frame, self.seen, list(patches)])
        while (message := self.server.receive()) != ["ack", self.frame]:
            self.waiting.append(message)

    def set(self, **props: Any) -> None:
        self.send(["set", TABLE, props])

    def call(self, method: str, *args: Any) -> None:
        self.send(["call", TABLE, method, list(args)])

    def settle(self) -> None:
        """Answer views until there are no more; forget what else happened."""
        while True:
            try:
                message = self.next(0.15)
            except queue.Empty:
                return
            if message[3] == "view":
                self.answer(message[4])


def painted(page: Page) -> None:
    """Wait until what has happened is on the screen."""
    page.evaluate("new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)))")


def cells(page: Page, column: int | None = None) -> list[list[str]]:
    """The words of all rows that are seen, from top to bottom, each from its first column to its last."""
    found = page.evaluate(
        """async () => {
            await new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)));
            return [...document.querySelector('hf-table').shadowRoot.querySelectorAll('.rows > .row:not([hidden])')]
                .sort((a, b) => a.ariaRowIndex - b.ariaRowIndex)
                .map(row => [...row.querySelectorAll('[role=gridcell]:not([hidden])')]
                    .sort((a, b) => a.ariaColIndex - b.ariaColIndex).map(cell => cell.textContent));
        }"""
    )
    return found if column is None else [row[column] for row in found]


def attribute(page: Page, name: str, selector: str = ".grid") -> str | None:
    return page.evaluate(
        "([name, selector]) => document.querySelector('hf-table').shadowRoot.querySelector(selector)?.getAttribute(name)",
        [name, selector],
    )


def focused(page: Page) -> tuple[int, int] | None:
    """Line (1 is that of the headings) and column (from 1) of the cell that assistive technology is told to be at."""
    found = page.evaluate(
        """async () => {
            await new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)));
            const root = document.querySelector('hf-table').shadowRoot;
            if (root.activeElement !== root.querySelector('.grid')) return null;
            const cell = root.getElementById(root.activeElement.getAttribute('aria-activedescendant'));
            return cell && [Number(cell.parentElement.ariaRowIndex), Number(cell.ariaColIndex)];
        }"""
    )
    return found and tuple(found)
