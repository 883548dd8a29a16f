"""What the screen says by itself, and what it does when it is called."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from .browser import open_page, show
from .server import Message, Server


def call(method: str, *args: Any) -> Message:
    return ["call", 0, method, list(args)]


@pytest.mark.parametrize("kind", ["neutral", "brand", "success", "warning", "danger"])
def test_a_note_appears_and_goes_away_by_itself(page: Page, server: Server, kind: str) -> None:
    open_page(page, server)
    show(server, 2, call("notify", {"message": "Saved.", "kind": kind, "seconds": 0.5}))
    note = page.locator("wa-toast-item")
    note.wait_for()
    assert note.evaluate("el => el.variant") == kind
    assert page.get_by_role("alert" if kind == "danger" else "status").first.is_visible()
    note.wait_for(state="detached")


def test_an_error_stays_until_it_is_dismissed_and_is_counted(page: Page, server: Server) -> None:
    open_page(page, server)
    error = call(
        "error", {"title": "Oops", "message": "Nobody is on first.", "detail": "line 1\n<b>line 2</b>"}
    )
    show(server, 2, error, error, error)
    panel = page.get_by_role("alert")
    assert "Nobody is on first." in panel.inner_text()
    count = page.locator("hf-error-text strong").evaluate("el => getComputedStyle(el, '::after').content")
    assert "3" in count
    page.get_by_text("Details").click()
    assert "<b>line 2</b>" in panel.inner_text()
    page.get_by_role("button", name="Dismiss").click()
    assert page.locator("hf-errors > *").count() == 0


def test_errors_go_when_the_session_says_so_and_never_fill_the_window(page: Page, server: Server) -> None:
    open_page(page, server)
    errors = [call("error", {"title": "Oops", "message": f"Number {n}", "detail": ""}) for n in range(9)]
    show(server, 2, *errors)
    assert page.locator("hf-errors > *").count() == 5
    assert "Number 8" in page.get_by_role("alert").inner_text()
    show(server, 3, call("error", None))
    assert page.locator("hf-errors > *").count() == 0


def test_the_title_follows(page: Page, server: Server) -> None:
    open_page(page, server)
    show(server, 2, call("title", "<b>Line-up</b> (3)"))
    assert page.title() == "<b>Line-up</b> (3)"


def test_the_screen_goes_where_it_is_told_but_runs_nothing(page: Page, server: Server) -> None:
    open_page(page, server)
    show(server, 2, call("navigate", "javascript:document.title='run'"))
    assert page.title() == "Test"
    server.send(["frame", 3, 0, [call("navigate", "/#there")]])
    page.wait_for_url("**/#there")


def test_names_for_screen_readers_reach_the_control_inside(page: Page, server: Server) -> None:
    tree = [1, "hf-root", {}, [
        [2, "wa-button", {"attrs": {"aria-label": "Settings"}}, [[3, "wa-icon", {"name": "x"}, []]]],
        [4, "wa-input", {"field": "value", "value": "", "attrs": {"aria-label": "Name"}}, []],
    ]]  # fmt: skip
    open_page(page, server, tree)
    page.get_by_role("main").get_by_role("button", name="Settings").wait_for()
    page.get_by_role("textbox", name="Name").wait_for()
    show(server, 2, ["set", 2, {"attrs": {"aria-label": "Options"}}], ["set", 4, {"attrs": {}}])
    page.get_by_role("button", name="Options").wait_for()
    assert page.get_by_role("textbox", name="Name").count() == 0


def test_an_error_leads_to_its_report_if_there_is_one(page: Page, server: Server) -> None:
    """The session is told which one its person wants to read; the screen opens nothing by itself."""
    open_page(page, server)
    address = "/_hipflask/reports/0123456789abcdef"
    error = {"title": "Oops", "message": "Nobody is on first.", "detail": ""}
    show(server, 2, call("error", error))
    assert page.get_by_role("button", name="Report…").count() == 0
    show(server, 3, call("error", error | {"message": "Nobody is on second.", "report": address}))
    page.get_by_role("button", name="Report…").click()
    while (heard := server.receive())[0] != "event":
        pass
    assert heard[2:] == [0, "report", address]
