"""Texts go from one program to another by the desktop's clipboard."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from hipflask.surfaces.window import headless

from .stage import HERE, PAINTED, Site, Stage, require

Perform = Callable[..., Stage]


@pytest.fixture
def shown(site: Site, perform: Perform) -> Stage:
    require("Xvfb", "xdotool")
    field = "<textarea autofocus oninput=\"fetch('/typed?' + encodeURIComponent(this.value))\"></textarea>"
    site.pages["/"] = f"<!doctype html>{field}{PAINTED}"
    stage = perform("webkitgtk")
    stage.open(site.url + "/")
    site.wait_for("/painted")
    stage.do("show", 0)
    stage.wait_for_windows(1)
    return stage


def paste(stage: Stage) -> object:
    before = len(stage.heard("pasted"))
    stage.do("paste")
    stage.wait(lambda: len(stage.heard("pasted")) > before, "the clipboard's text")
    return stage.heard("pasted")[-1]


def test_an_empty_clipboard_is_an_empty_text(shown: Stage) -> None:
    assert paste(shown) == ""


def test_what_is_copied_can_be_pasted_into_a_page_and_into_another_program(
    shown: Stage, site: Site, perform: Perform
) -> None:
    shown.do("copy", "Grüße,\nNina ✓")
    assert paste(shown) == "Grüße,\nNina ✓"
    shown.press("ctrl+v")
    site.wait_for("/typed?Gr%C3%BC%C3%9Fe%2C%0ANina%20%E2%9C%93")
    other = another(perform, shown, site)
    assert paste(other) == "Grüße,\nNina ✓"
    other.do("copy", "mine now")
    assert paste(other) == "mine now"
    assert paste(shown) == "mine now"


def test_several_who_ask_at_once_are_all_answered(shown: Stage) -> None:
    shown.do("copy", "x")
    for _ in range(3):
        shown.do("paste")
    shown.wait(lambda: shown.heard("pasted") == ["x", "x", "x"], "three answers")


def test_a_text_outlives_its_program_where_the_desktop_keeps_it(perform: Perform, site: Site) -> None:
    require("Xvfb")
    command = [sys.executable, str(HERE / "clipboard_manager.py")]
    with headless.display(), subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as manager:
        try:
            assert manager.stdout
            assert manager.stdout.readline() == "ready\n"
            first, second = (perform("webkitgtk", "none") for _ in range(2))
            first.open(site.url + "/")
            second.open(site.url + "/")
            first.do("copy", "still here")
            first.do("quit")
            assert first.end() == 0
            assert paste(second) == "still here"
        finally:
            manager.kill()
            second.close()


def another(perform: Perform, stage: Stage, site: Site) -> Stage:
    """A second program on the same screen."""
    names = ("DISPLAY", "XAUTHORITY")
    alone = {"DBUS_SESSION_BUS_ADDRESS": "disabled:", "GDK_BACKEND": "x11"}
    other = perform("webkitgtk", "none", **{name: stage.environment[name] for name in names}, **alone)
    other.open(site.url + "/")
    return other
