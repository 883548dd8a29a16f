"""A window of a hundred thousand elements is slow to come, and still a window; `ui.table` and `ui.pagination` are for that."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from hipflask import Hipflask, ui
from served import Served

IS_LONG = os.environ.get("HIPFLASK_LONG") == "1"
COUNT = 100_000 if IS_LONG else 20_000


def texts(count: int) -> None:
    for number in range(count):
        ui.text(f"Number {number}")


def items(count: int) -> None:
    with ui.list():
        for number in range(count):
            ui.item(f"Number {number}")


@pytest.mark.alone
@pytest.mark.parametrize("draw", [texts, items])
def test_very_many_elements_come_and_stay_usable(
    app: Hipflask, serve: Callable[..., Served], page: Page, draw: Callable[[int], None]
) -> None:
    """Measured on two cores for 100,000: five to six seconds to the first paint, two to five for a click that draws them
    all again, 0.7 KB of memory each."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    @app.window("/")
    def window() -> None:
        clicks = ui.state(0)
        ui.button(f"{clicks.value} clicks", on_click=lambda: clicks.update(lambda n: n + 1))
        draw(COUNT)

    page.set_default_timeout(120_000)
    began = time.monotonic()
    page.goto(serve().address)
    expect(page.get_by_text(f"Number {COUNT - 1}", exact=True)).to_be_attached(timeout=120_000)
    page.get_by_role("button", name="0 clicks").click()
    expect(page.get_by_role("button", name="1 clicks")).to_be_visible(timeout=120_000)
    assert time.monotonic() - began < COUNT / 1000
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < COUNT * 5_000
