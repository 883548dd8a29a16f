"""The same cells in NiceGUI, which has no live queries: whoever writes says so by `refresh()`, and all cells read again."""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
import time

from nicegui import app, ui

QUERIES = int(os.environ["QUERIES"])
database = sqlite3.connect(os.path.join(tempfile.mkdtemp(), "cells.sqlite"), check_same_thread=False)
database.execute("PRAGMA journal_mode = WAL")
database.execute(
    "CREATE TABLE cell (number INTEGER PRIMARY KEY, place INTEGER NOT NULL, value INTEGER NOT NULL)"
)
database.executemany("INSERT INTO cell VALUES (?, ?, 0)", [(number, number) for number in range(QUERIES)])
database.execute("CREATE INDEX by_place ON cell (place)")
database.commit()


@ui.refreshable
def cell(number: int) -> None:
    (value,) = database.execute("SELECT value FROM cell WHERE place = ?", (number,)).fetchone()
    ui.label(f"{number}: {value}")


@ui.page("/")
def cells() -> None:
    ui.label("Cells")
    for number in range(QUERIES):
        cell(number)
    ui.label("Ready")


@app.get("/write/{value}")
def write(value: int) -> str:
    database.execute("UPDATE cell SET value = ? WHERE number = 0", (value,))
    database.commit()
    committed = time.time()
    cell.refresh()
    return str(committed)


ui.run(host="127.0.0.1", port=int(sys.argv[1]), reload=False, show=False)
