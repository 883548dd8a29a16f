"""The click page as NiceGUI's documentation would have it written, and the same with one thread at work."""

# The peers are installed in an environment of their own, where the type checker does not look.
# mypy: ignore-errors

from __future__ import annotations

import sys
import time

from nicegui import run, ui


@ui.page("/items/{count}")
def items(count: int) -> None:
    counter()
    for i in range(count):
        ui.label(f"item {i}")


@ui.page("/busy")
def busy() -> None:
    counter()
    ui.button("Work", on_click=lambda: run.io_bound(work))


def counter() -> None:
    clicks = 0

    def click() -> None:
        nonlocal clicks
        clicks += 1
        label.text = f"{clicks} clicks"

    label = ui.label("0 clicks")
    ui.button("Click", on_click=click)


def work() -> None:
    end = time.monotonic() + 4
    while time.monotonic() < end:
        sum(range(1000))


ui.run(host="127.0.0.1", port=int(sys.argv[1]), show=False, reload=False)
