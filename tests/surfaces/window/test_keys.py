"""Going back, and coming to the front: what a window does whatever its page is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from .stage import PAINTED, Site, Stage, require

Perform = Callable[..., Stage]


@pytest.fixture
def shown(site: Site, perform: Perform) -> Stage:
    """Two windows under a window manager, the second in front of the first."""
    require("Xvfb", "xdotool", "import")
    stage = perform("webkitgtk")
    stage.manage()
    place = {"width": 600, "height": 400, "x": 100, "y": 100}
    for number, color in enumerate(("red", "blue")):
        site.pages[f"/{color}"] = (
            f"<!doctype html><title>{color}</title><html style='background:{color}'>{PAINTED}"
        )
        stage.open(f"{site.url}/{color}", placement=place)
        site.wait_for("/painted", times=number + 1)
        stage.do("show", number)
        stage.wait(partial(sees, stage, color), f"the {color} window")
    return stage


def sees(stage: Stage, color: str) -> bool:
    return stage.shows({"red": (255, 0, 0), "blue": (0, 0, 255)}[color], 400, 300)


def has_names(stage: Stage, *names: str) -> bool:
    return sorted(stage.names()) == sorted(names)


def test_alt_and_arrows_and_the_mouses_side_buttons_go_back_and_forward(shown: Stage, site: Site) -> None:
    site.pages["/next"] = f"<!doctype html><title>next</title>{PAINTED}"
    shown.do("load", 1, site.url + "/next")
    shown.wait(lambda: "next" in shown.names(), "the next page")
    for press, title in (
        (partial(shown.press, "alt+Left"), "blue"),
        (partial(shown.press, "alt+Right"), "next"),
        (partial(shown.click, 400, 300, 8), "blue"),
        (partial(shown.click, 400, 300, 9), "next"),
    ):
        press()
        shown.wait(partial(has_names, shown, title, "red"), title)


def test_to_show_a_window_again_brings_it_to_the_front(shown: Stage) -> None:
    shown.do("show", 0)
    shown.wait(partial(sees, shown, "red"), "the first window in front")
    active = shown.property("_NET_ACTIVE_WINDOW").rpartition(" ")[2].strip()
    assert shown.xdotool("getwindowname", active) == ["red"]


def test_to_show_a_window_brings_it_back_from_the_panel(shown: Stage) -> None:
    shown.press("alt+F9")
    shown.wait(partial(sees, shown, "red"), "the other window")
    shown.do("show", 1)
    shown.wait(partial(sees, shown, "blue"), "the window back")
