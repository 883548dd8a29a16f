"""The same in NiceGUI's AG Grid, by what AG Grid recommends for data that comes quickly: asynchronous transactions."""

# The peers are installed in an environment of their own, where the type checker does not look.
# mypy: ignore-errors

from __future__ import annotations

import asyncio
import os
import sys

from live_table_market import COLUMNS, Batch, Market, Pace
from nicegui import app, core, ui

market = Market()
grids: list[ui.aggrid] = []


@ui.page("/")
def prices() -> None:
    grid = ui.aggrid(
        {
            "columnDefs": [{"field": name} for name in COLUMNS],
            "rowData": market.rows,
            ":getRowId": "(params) => String(params.data.id)",
            "asyncTransactionWaitMillis": 16,
        }
    )
    grids[:] = [grid.style("height: 840px")]


def write(batch: Batch) -> None:
    if grids:
        asyncio.run_coroutine_threadsafe(send(grids[0], batch), core.loop).result()


async def send(grid: ui.aggrid, batch: Batch) -> None:
    grid.run_grid_method("applyTransactionAsync", {"update": [market.rows[row] for row, _ in batch]})


def run() -> None:
    pace = Pace(market, write)
    app.on_startup(pace.start)
    pace.serve(int(os.environ["ORDERS"]))
    ui.run(host="127.0.0.1", port=int(sys.argv[1]), show=False, reload=False)


if __name__ == "__main__":
    run()
