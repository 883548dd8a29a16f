"""The same in Perspective: its server in Python, its viewer in the page, as its documentation connects the two."""

# The peers are installed in an environment of their own, where the type checker does not look.
# mypy: ignore-errors

from __future__ import annotations

import asyncio
import os
import sys

import perspective
import uvicorn
from live_table_market import COLUMNS, NUMBERS, Batch, Market, Pace
from perspective.handlers.starlette import PerspectiveStarletteHandler
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

PAGE = """<!doctype html>
<title>Prices</title>
<link rel="stylesheet" href="/modules/viewer/dist/css/themes.css">
<style>perspective-viewer { position: fixed; inset: 0 }</style>
<perspective-viewer></perspective-viewer>
<script type="module">
  import "/modules/viewer/dist/cdn/perspective-viewer.js";
  import "/modules/viewer-datagrid/dist/cdn/perspective-viewer-datagrid.js";
  import perspective from "/modules/client/dist/cdn/perspective.js";
  const viewer = document.querySelector("perspective-viewer");
  const server = await perspective.websocket(`ws://${location.host}/socket`);
  await viewer.load(await server.open_table("prices"));
  await viewer.restore({ plugin: "Datagrid", settings: false, theme: "Pro Light" });
</script>
"""
market = Market()
server = perspective.Server()
kinds = {"id": "integer", "symbol": "string", "note": "string", **dict.fromkeys(NUMBERS, "float")}
table = server.new_local_client().table(
    {name: kinds[name] for name in COLUMNS} | {"volume": "integer"}, index="id", name="prices"
)
table.update(market.rows)


def write(batch: Batch) -> None:
    rows = [market.rows[row] for row, _ in batch]
    asyncio.run_coroutine_threadsafe(update(rows), loops[0]).result()


async def update(rows: list[dict]) -> None:
    table.update(rows)


async def socket(websocket) -> None:
    loops[:] = [asyncio.get_running_loop()]
    pace.start()
    await PerspectiveStarletteHandler(perspective_server=server, websocket=websocket).run()


async def page(request) -> HTMLResponse:
    return HTMLResponse(PAGE)


loops: list[asyncio.AbstractEventLoop] = []
pace = Pace(market, write)
pace.serve(int(os.environ["ORDERS"]))
modules = StaticFiles(directory=os.environ["MODULES"])
routes = [Route("/", page), WebSocketRoute("/socket", socket), Mount("/modules", modules)]
uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
