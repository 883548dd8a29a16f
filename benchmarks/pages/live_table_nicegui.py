"""The same by what NiceGUI's documentation shows for a value that changes: a row's method, called for each cell."""

# The peers are installed in an environment of their own, where the type checker does not look.
# mypy: ignore-errors

from __future__ import annotations

import live_table_nicegui_transactions as table
from nicegui import ui


async def send(grid: ui.aggrid, batch: table.Batch) -> None:
    for row, values in batch:
        for name, value in values.items():
            grid.run_row_method(str(row), "setDataValue", name, value)


table.send = send
table.run()
