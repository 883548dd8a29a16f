"""Our click page, and the same with one handler at work; `hipflask --app benchmarks/pages/ours_click.py serve`."""

from __future__ import annotations

import time

from hipflask import Hipflask, ui

app = Hipflask(__name__)


@ui.component
def counter(clicks: ui.State[int]) -> None:
    ui.text(f"{clicks.value} clicks")


@app.window("/items/<int:count>")
def items(count: int) -> None:
    clicks = ui.state(0)
    counter(clicks)
    ui.button("Click", on_click=lambda: clicks.update(lambda n: n + 1))
    for i in range(count):
        ui.text(f"item {i}")


@app.window("/busy")
def busy() -> None:
    clicks = ui.state(0)
    ui.text(f"{clicks.value} clicks")
    ui.button("Click", on_click=lambda: clicks.update(lambda n: n + 1))
    ui.button("Work", on_click=work)


def work() -> None:
    end = time.monotonic() + 4
    while time.monotonic() < end:
        sum(range(1000))
