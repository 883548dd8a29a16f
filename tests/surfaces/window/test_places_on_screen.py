"""Real windows under a real window manager stand where they stood, and say so."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest

from .stage import PAINTED, Site, Stage, require

Perform = Callable[..., Stage]


@pytest.fixture
def managed(site: Site, perform: Perform) -> Callable[..., Stage]:
    """Opens a window under a window manager and shows it."""
    require("Xvfb", "xdotool", "xwininfo")

    def show(**options: object) -> Stage:
        site.pages["/"] = (
            f"<!doctype html>{PAINTED}<script>fetch('/size?' + innerWidth + '&' + innerHeight)</script>"
        )
        stage = perform("webkitgtk")
        stage.manage()
        stage.open(site.url + "/", **options)
        site.wait_for("/painted")
        stage.do("show", 0)
        stage.wait_for_windows(1)
        stage.wait(lambda: "window id" in stage.property("_NET_ACTIVE_WINDOW"), "the keyboard's attention")
        return stage

    return show


def place(x: int, y: int, width: int = 500, height: int = 400, **more: object) -> dict[str, object]:
    return {"width": width, "height": height, "x": x, "y": y, **more}


FRAME = (4, 20)  # of our window manager, to the left and above


def rectangle(stage: Stage) -> tuple[int, ...]:
    """Where a person sees the window: the corner of its frame, and the size of its inside."""
    said = subprocess.run(
        ["xwininfo", "-id", stage.visible()[0]],
        env=stage.environment,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    values = dict(
        re.findall(r"(Absolute upper-left X|Absolute upper-left Y|Width|Height): +(-?[0-9]+)", said)
    )
    x, y, width, height = map(int, values.values())
    return x - FRAME[0], y - FRAME[1], width, height


def maximize(stage: Stage) -> None:
    """What a button of the title bar does; our window manager has a key for it."""
    stage.press("alt+F10")


def told(stage: Stage, **wanted: object) -> dict[str, Any]:
    """Wait until the last placement told is like this."""

    def is_told() -> bool:
        last = stage.heard("placed")[-1:]
        return bool(last) and wanted.items() <= last[0].items()

    stage.wait(is_told, f"the placement {wanted}")
    last: dict[str, Any] = stage.heard("placed")[-1]
    return last


def test_a_window_stands_where_it_stood(managed: Callable[..., Stage]) -> None:
    stage = managed(placement=place(300, 200))
    stage.wait(lambda: rectangle(stage) == (300, 200, 500, 400), "its old place")
    assert "user specified location" in stage.property("WM_NORMAL_HINTS", stage.visible()[0])
    last = told(stage, x=300, y=200, width=500, height=400, maximized=False)
    assert (last["monitor"], last["monitor_x"], last["monitor_y"]) == ("screen", 0, 0)


def test_a_place_beyond_the_screen_is_corrected(perform: Perform, site: Site) -> None:
    """Without a window manager, as many of those would correct it by themselves."""
    site.pages["/"] = PAINTED
    stage = perform("webkitgtk")
    stage.open(site.url + "/", placement=place(5000, 700, height=2000, monitor="HDMI-1"))
    site.wait_for("/painted")
    stage.do("show", 0)
    wanted = {"X=780", "Y=0", "WIDTH=500", "HEIGHT=900"}
    stage.wait(
        lambda: wanted <= set(stage.xdotool("getwindowgeometry", "--shell", stage.visible()[0])), "the place"
    )
    stage.do("close", 0)
    assert stage.end() == 0
    assert stage.heard("placed") == []  # its own monitor may come back, and the remembered place with it


def test_its_page_was_painted_in_that_size_before(managed: Callable[..., Stage], site: Site) -> None:
    managed(placement=place(10, 10, 640, 480))
    assert site.wait_for("/size") == "/size?640&480"


def test_moving_and_resizing_is_told_once_it_rests(managed: Callable[..., Stage]) -> None:
    stage = managed(placement=place(300, 200))
    told(stage, x=300)
    before = len(stage.heard("placed"))
    for step in range(1, 8):
        stage.xdotool("windowmove", stage.visible()[0], 300 + 10 * step, 200)
    stage.xdotool("windowsize", stage.visible()[0], 450, 350)
    told(stage, x=370, y=200, width=450, height=350)
    assert len(stage.heard("placed")) - before <= 2, "a hundred steps of a mouse are one move"


def test_closing_tells_at_once_what_has_not_rested_yet(managed: Callable[..., Stage]) -> None:
    stage = managed(placement=place(300, 200))
    told(stage, x=300)
    stage.xdotool("windowmove", stage.visible()[0], 120, 130)
    stage.wait(lambda: rectangle(stage)[:2] == (120, 130), "the move")
    stage.do("close", 0)
    assert stage.end() == 0
    kinds = [kind for said in stage.said for kind in ("placed", "closed") if kind in said]
    assert kinds[-2:] == ["placed", "closed"]
    assert (stage.heard("placed")[-1]["x"], stage.heard("placed")[-1]["y"]) == (120, 130)


def test_maximized_is_remembered_with_the_size_before(managed: Callable[..., Stage]) -> None:
    stage = managed(placement=place(300, 200))
    told(stage, x=300)
    maximize(stage)
    told(stage, x=300, y=200, width=500, height=400, maximized=True)
    assert rectangle(stage) == (0, 0, 1272, 836)


def test_a_window_that_was_maximized_is_so_again_and_comes_down_to_its_size(
    managed: Callable[..., Stage], site: Site
) -> None:
    stage = managed(placement=place(300, 200, maximized=True))
    number = stage.visible()[0]
    stage.wait(lambda: "MAXIMIZED_VERT" in stage.property("_NET_WM_STATE", number), "a maximized window")
    assert site.wait_for("/size") == "/size?1280&860"
    told(stage, width=500, height=400, maximized=True)
    maximize(stage)
    told(stage, width=500, height=400, maximized=False)


def test_a_fixed_size_is_the_programs_and_only_its_place_is_remembered(managed: Callable[..., Stage]) -> None:
    stage = managed(placement=place(300, 200, 900, 800), width=420, height=310, resizable=False)
    stage.wait(lambda: rectangle(stage) == (300, 200, 420, 310), "its place with the new size")


def test_f11_fills_the_screen_and_back_and_is_not_taken_for_a_size(managed: Callable[..., Stage]) -> None:
    stage = managed(placement=place(300, 200))
    told(stage, x=300)
    before = len(stage.heard("placed"))
    stage.press("F11")
    stage.wait(lambda: rectangle(stage) == (-4, -20, 1280, 900), "the full screen")
    time.sleep(0.6)  # until it is noticed that it rests
    stage.press("F11")
    stage.wait(lambda: rectangle(stage) == (300, 200, 500, 400), "the place before")
    stage.do("close", 0)
    stage.end()
    assert stage.heard("placed")[before:] == []


def test_a_window_that_was_never_shown_has_no_place(site: Site, perform: Perform) -> None:
    site.pages["/"] = PAINTED
    stage = perform("webkitgtk")
    stage.open(site.url + "/")
    site.wait_for("/painted")
    stage.do("close", 0)
    assert stage.end() == 0
    assert stage.heard("placed") == []
