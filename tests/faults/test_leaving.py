"""A window that is closed or reloaded while its handler runs: the handler ends its work, and nobody is troubled by it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from threading import Event

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from faults.waiting import wait_until
from hipflask import Hipflask, ui
from hipflask.surfaces.pages import host_of
from served import Served


class Work:
    """What a handler does, step by step, under a test's eyes."""

    def __init__(self) -> None:
        self.begun, self.may_end, self.is_done = Event(), Event(), ui.State(False)

    def do(self, own: ui.State[str]) -> None:
        own.set("working")
        ui.notify("Begun")
        self.begun.set()
        assert self.may_end.wait(20)
        own.set("done")
        ui.notify("Done")
        self.is_done.set(True)

    async def do_later(self, own: ui.State[str]) -> None:
        await asyncio.to_thread(self.do, own)

    def window(self, is_async: bool) -> Callable[[], None]:
        def window() -> None:
            own = ui.state("idle")
            ui.text(f"own: {own.value}")
            ui.text(f"shared: {self.is_done.value}")
            ui.button("Work", on_click=self.do_later if is_async else self.do, args=(own,))

        return window


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def address(app: Hipflask, serve: Callable[..., Served], work: Work, request: pytest.FixtureRequest) -> str:
    app.window("/")(work.window(is_async=request.param))
    return serve(token="again").address.partition("?")[0] + "?_token=again"


both = pytest.mark.parametrize("address", [False, True], ids=["sync", "async"], indirect=True)


@both
def test_a_window_that_is_closed_while_its_handler_runs(
    address: str,
    work: Work,
    page: Page,
    context: BrowserContext,
    app: Hipflask,
    caplog: pytest.LogCaptureFixture,
) -> None:
    page.goto(address)
    other = context.new_page()
    other.goto(address)
    other.get_by_role("button", name="Work").click()
    assert work.begun.wait(10)
    other.close()
    page.wait_for_timeout(300)  # the farewell, if it comes at all
    with caplog.at_level(logging.WARNING):
        work.may_end.set()
        expect(page.get_by_text("shared: True")).to_be_visible()
        expect(page.get_by_text("own: idle")).to_be_visible()
        wait_until(lambda: not any(session.is_handling for session in host_of(app).sessions()), "its end")
    assert caplog.messages == []


@both
def test_a_reload_in_the_middle_of_a_handler(
    address: str, work: Work, page: Page, app: Hipflask, caplog: pytest.LogCaptureFixture
) -> None:
    """The new page begins anew; what belongs to all windows comes to it when the handler of the old one ends."""
    page.goto(address)
    page.get_by_role("button", name="Work").click()
    assert work.begun.wait(10)
    expect(page.get_by_text("own: working")).to_be_visible()
    page.reload()
    expect(page.get_by_text("own: idle")).to_be_visible()
    with caplog.at_level(logging.WARNING):
        work.may_end.set()
        expect(page.get_by_text("shared: True")).to_be_visible()
    expect(page.get_by_text("own: idle")).to_be_visible()
    assert caplog.messages == []
    work.begun.clear()
    page.get_by_role("button", name="Work").click()
    expect(page.get_by_text("own: done")).to_be_visible()


def test_a_screen_that_has_gone_away_is_noticed_and_nothing_is_drawn_for_it(
    app: Hipflask, serve: Callable[..., Served], page: Page
) -> None:
    """It may come back for a while; what it leaves behind does not work on."""
    ticks = ui.State(0)
    drawn: list[int] = []

    @app.window("/")
    def window() -> None:
        drawn.append(ticks.value)
        ui.text(f"tick {ticks.value}")

    page.goto(serve().address)
    for _ in range(20):
        page.reload()
    expect(page.get_by_text("tick 0")).to_be_visible()
    wait_until(lambda: sum(session.connected for session in host_of(app).sessions()) == 1, "20 farewells", 5)
    ticks.set(1)
    expect(page.get_by_text("tick 1")).to_be_visible()
    assert drawn.count(1) == 1
