"""A handler that sets a label as fast as it can, and a button that should answer meanwhile."""

# The peers are installed in an environment of their own, where the type checker does not look.
# mypy: ignore-errors

from __future__ import annotations

import gc
import sys
import time

from nicegui import app, ui


@ui.page("/")
def page() -> None:
    clicks = 0

    def flood() -> None:
        for i in range(100_000):
            shown.text = f"{i} sets"
        shown.text = "100000 sets"

    def flood_on() -> None:
        end = time.monotonic() + 2
        while time.monotonic() < end:
            for i in range(100):
                shown.text = f"{i} sets"
        shown.text = "100000 sets"

    def click() -> None:
        nonlocal clicks
        clicks += 1
        label.text = f"{clicks} clicks"

    shown = ui.label("0 sets")
    ui.button("Flood", on_click=flood)
    ui.button("Flood on", on_click=flood_on)
    label = ui.label("0 clicks")
    ui.button("Click", on_click=click)
    ui.button("Start again", on_click=lambda: shown.set_text("0 sets"))


@app.get("/collect")
def collect() -> int:
    return gc.collect()


ui.run(host="127.0.0.1", port=int(sys.argv[1]), show=False, reload=False)
