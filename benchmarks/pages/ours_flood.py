"""A handler that sets a state as fast as it can, and a button that should answer meanwhile."""

from __future__ import annotations

import gc
import time

from hipflask import Hipflask, ui

app = Hipflask(__name__)


@app.window("/")
def page() -> None:
    sets = ui.state(0)
    clicks = ui.state(0)

    def flood() -> None:
        for i in range(100_000):
            sets.set(i)
        sets.set(100_000)

    def flood_on() -> None:
        end = time.monotonic() + 2
        while time.monotonic() < end:
            for i in range(100):
                sets.set(i)
        sets.set(100_000)

    ui.text(f"{sets.value} sets")
    ui.button("Flood", on_click=flood)
    ui.button("Flood on", on_click=flood_on)
    ui.text(f"{clicks.value} clicks")
    ui.button("Click", on_click=lambda: clicks.update(lambda n: n + 1))
    ui.button("Start again", on_click=lambda: sets.set(0))


@app.route("/collect")
def collect() -> str:
    return str(gc.collect())
