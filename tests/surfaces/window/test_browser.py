"""A borrowed browser behaves like a shell: real Chromium in app mode on a private screen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hipflask.core.errors import MissingPart
from hipflask.surfaces.window.browser import app_command, find
from hipflask.surfaces.window.shell import Placement, WindowOptions

from .stage import PAINTED, Site, Stage, require, wait_until

Perform = Callable[..., Stage]


@pytest.fixture
def shown(site: Site, perform: Perform) -> Stage:
    require("Xvfb", "xdotool", "chromium")
    site.pages["/"] = f"<!doctype html><title>Hello</title>{PAINTED}"
    stage = perform("browser")
    stage.open(site.url + "/", width=600, height=400)
    site.wait_for("/painted")
    stage.wait_for_windows(1)
    return stage


def test_the_page_is_shown_in_a_window_and_closing_that_ends_run(shown: Stage) -> None:
    shown.wait(lambda: shown.names() == ["Hello"], "the page's title")
    shown.press_close_button(shown.visible()[0])
    assert shown.first("closed") == 0
    assert shown.end() == 0


def test_another_page_and_quit(shown: Stage, site: Site) -> None:
    site.pages["/next"] = f"<title>Next</title>{PAINTED}"
    shown.do("load", 0, site.url + "/next")
    shown.wait(lambda: shown.names() == ["Next"], "the next page")
    assert [said for said in shown.said if "closed" in said] == []
    shown.do("quit")
    assert shown.end() == 0
    assert shown.first("closed") == 0


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, 128 + signal.SIGTERM)]
)
def test_a_signal_ends_the_browser_too(number: signal.Signals, code: int, shown: Stage) -> None:
    browsers = shown.children("chromium")
    assert len(browsers) > 1
    shown.player.send_signal(number)
    assert shown.end() == code
    assert {"closed": 0} in shown.said
    wait_until(lambda: not any(map(_is_running, browsers)), "the end of every process of the browser")


def _is_running(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False


def test_an_error_before_run_leaves_no_browser_behind(site: Site, place: Path) -> None:
    require("Xvfb", "chromium")
    site.pages["/"] = "Hello"
    script = (
        "import sys, time\n"
        "from hipflask.surfaces.window import WindowOptions, choose, headless\n"
        "with headless.display():\n"
        "    choose('browser').open(sys.argv[1], WindowOptions())\n"
        "    time.sleep(1)\n"
        "    raise RuntimeError('before run')\n"
    )
    command = [sys.executable, "-c", script, site.url + "/"]
    environment = {**os.environ, "TMPDIR": str(place)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert "before run" in done.stderr
    assert list(place.glob("hipflask-*")) == []


def test_a_screenshot_is_refused_with_the_way_out(shown: Stage, tmp_path: Path) -> None:
    answer = shown.do("screenshot", 0, str(tmp_path / "page.png"))["error"]
    assert answer.startswith("WindowError:")
    assert "--headless" in answer


def test_a_browser_that_fails_at_once_is_quoted(perform: Perform, tmp_path: Path) -> None:
    require("Xvfb")
    program = tmp_path / "broken"
    program.write_text("#!/bin/sh\necho 'I am broken' >&2\nexit 3\n")
    program.chmod(0o755)
    stage = perform("browser", HIPFLASK_BROWSER=str(program))
    stage.do("open", "http://127.0.0.1:9/", {})
    assert stage.end() == 1
    assert f"WindowError: {program} ended as soon as it was started: I am broken" in stage.complaint()


def test_no_profile_is_left_behind(perform: Perform, site: Site, place: Path) -> None:
    require("Xvfb", "chromium", "xdotool")
    site.pages["/"] = PAINTED
    stage = perform("browser", TMPDIR=str(place))
    stage.open(site.url + "/")
    site.wait_for("/painted")
    stage.do("quit")
    assert stage.end() == 0
    wait_until(lambda: not list(place.glob("hipflask-*")), "the profile's removal")


def test_without_any_browser_the_message_names_those_it_knows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HIPFLASK_BROWSER", str(tmp_path / "nothing"))
    with pytest.raises(MissingPart, match="Chrome, Chromium, Edge, Brave and Vivaldi"):
        find()


def test_a_window_stands_where_it_is_wanted(perform: Perform, site: Site) -> None:
    require("Xvfb", "xdotool", "chromium")
    site.pages["/"] = f"<!doctype html><title>Hello</title>{PAINTED}"
    stage = perform("browser")
    stage.open(site.url + "/", placement={"width": 500, "height": 300, "x": 222, "y": 111})
    site.wait_for("/painted")
    number = stage.wait_for_windows(1)[0]
    wanted = {"X=222", "Y=111", "WIDTH=500", "HEIGHT=300"}
    stage.wait(lambda: wanted <= set(stage.xdotool("getwindowgeometry", "--shell", number)), "its place")


def test_a_placement_goes_before_the_size_and_may_have_no_place() -> None:
    options = WindowOptions(width=1, height=2, placement=Placement(300, 200, maximized=True))
    command = app_command("b", "u", "p", options)
    assert "--window-size=300,200" in command
    assert "--start-maximized" in command
    assert not any(word.startswith("--window-position") for word in command)


def test_what_a_browser_cannot_do_is_refused_with_what_can(shown: Stage) -> None:
    answer = shown.do("choose", 0, {"kind": "open"})["error"]
    assert answer.startswith("WindowError:")
    assert "ui.upload" in answer
    for order in (["copy", "x"], ["paste"], ["announce", "x", "y"]):
        assert "the page in it has to" in shown.do(*order)["error"]
    shown.do("dropped", 0)
    assert shown.first("dropped") == []


def test_dark_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HIPFLASK_SCHEME", raising=False)
    assert "--force-dark-mode" in app_command("b", "u", "p", WindowOptions(scheme="dark"))
    assert "--force-dark-mode" not in app_command("b", "u", "p", WindowOptions())
    monkeypatch.setenv("HIPFLASK_SCHEME", "dark")
    assert "--force-dark-mode" in app_command("b", "u", "p", WindowOptions())
