"""Who wants to close a window is asked first, if the program has something to ask."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .stage import PAINTED, Site, Stage, require

Perform = Callable[..., Stage]


@pytest.fixture
def shown(site: Site, perform: Perform) -> Stage:
    """One window that asks, one that does not, one that asks."""
    require("Xvfb", "xdotool")
    site.pages["/"] = f"<!doctype html>{PAINTED}"
    stage = perform("webkitgtk")
    for number, order in enumerate(("open and ask", "open", "open and ask")):
        stage.open(site.url + "/", order)
        site.wait_for("/painted", times=number + 1)
        stage.do("show", number)
        stage.wait_for_windows(number + 1)
    return stage


def test_the_close_button_asks_and_the_window_stays_until_it_is_closed(shown: Stage) -> None:
    for number in shown.visible():
        shown.press_close_button(number)
    shown.wait_for_windows(2)
    shown.wait(lambda: sorted(shown.heard("close_wanted")) == [0, 2], "both questions")
    assert shown.heard("closed") == [1]
    shown.do("close", 0)
    shown.do("close", 2)
    assert shown.end() == 0
    assert shown.heard("closed") == [1, 0, 2]


def test_control_w_asks_too(shown: Stage) -> None:
    shown.click(400, 300)
    shown.press("ctrl+w")
    assert shown.first("close_wanted") == 2
    assert len(shown.visible()) == 3


def test_control_q_asks_every_window_and_closes_the_others(shown: Stage) -> None:
    shown.click(400, 300)
    shown.press("ctrl+q")
    shown.wait(lambda: sorted(shown.heard("close_wanted")) == [0, 2], "both questions")
    shown.wait(lambda: shown.heard("closed") == [1], "the end of the window that asks nothing")
    assert len(shown.wait_for_windows(2)) == 2


def test_the_programs_own_quit_asks_nobody(shown: Stage) -> None:
    shown.do("quit")
    assert shown.end() == 0
    assert sorted(shown.heard("closed")) == [0, 1, 2]
    assert shown.heard("close_wanted") == []


def test_a_page_that_wants_a_window_is_the_programs_business_if_it_says_so(shown: Stage, site: Site) -> None:
    site.pages["/link"] = (
        f"<!doctype html><a href='/report' target=_blank style='font-size:99px'>report</a>{PAINTED}"
    )
    shown.do("listen for open")
    shown.do("load", 2, site.url + "/link")
    site.wait_for("/painted", times=4)
    shown.click(60, 60)
    assert shown.first("open_wanted") == site.url + "/report"
    assert len(shown.visible()) == 3
    assert "/report" not in site.heard
