"""A private screen is there, is private, and goes away with whoever asked for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hipflask.core.errors import MissingPart, WindowError
from hipflask.surfaces.window import headless
from hipflask.surfaces.window.browser import photograph

from .picture import Picture
from .stage import PAINTED, Site, require, wait_until


def look(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["xwininfo", "-root"], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def test_a_screen_of_the_wanted_size_is_there_and_then_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    require("Xvfb", "xwininfo")
    monkeypatch.setenv("DISPLAY", ":somebody's")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    before = dict(os.environ)
    with headless.display(640, 480) as name:
        assert os.environ["DISPLAY"] == name
        assert "WAYLAND_DISPLAY" not in os.environ
        for _ in range(2):  # it does not end with its first visitor
            assert "-geometry 640x480" in look().stdout
    assert dict(os.environ) == before
    assert look(DISPLAY=name).returncode != 0


def test_nobody_else_may_look_at_it(tmp_path: Path) -> None:
    require("Xvfb", "xwininfo")
    with headless.display():
        assert look(XAUTHORITY=str(tmp_path / "none")).returncode != 0


def test_two_screens_have_two_names() -> None:
    require("Xvfb")
    with headless.display() as first, headless.display() as second:
        assert first != second


def test_the_screen_ends_with_us_even_if_we_are_killed() -> None:
    require("Xvfb", "xwininfo")
    code = (
        "import sys; from hipflask.surfaces.window import headless\n"
        "with headless.display() as name: print(name, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        name = owner.stdout.readline().strip()
        socket = Path(f"/tmp/.X11-unix/X{name[1:]}")
        assert socket.exists()
        owner.send_signal(signal.SIGKILL)
        wait_until(lambda: not socket.exists(), "the screen's end")


def test_what_is_missing_is_named_with_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingPart, match="sudo apt install xvfb"), headless.display():
        pass


def test_a_screen_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "Xvfb"
    program.write_text("#!/bin/sh\necho 'no memory for a screen' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WindowError, match="Xvfb did not start: no memory for a screen"), headless.display():
        pass


def test_a_browser_photographs_a_page_without_any_screen(site: Site, tmp_path: Path) -> None:
    require("chromium")
    site.pages["/"] = f"<!doctype html><body style='background:rgb(0,128,0)'>Hello{PAINTED}"
    photograph(site.url + "/", tmp_path / "page.png", 640, 480)
    picture = Picture(tmp_path / "page.png")
    assert (picture.width, picture.height) == (640, 480)
    assert picture.at(600, 400) == (0, 128, 0)
    assert len(picture.colors()) > 1 or picture.at(12, 20) != (0, 128, 0)


def test_a_browser_that_writes_no_picture_is_quoted(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "broken"
    program.write_text("#!/bin/sh\necho 'no GPU, no picture' >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("HIPFLASK_BROWSER", str(program))
    with pytest.raises(WindowError, match=r"wrote no picture to .*: no GPU, no picture"):
        photograph(site.url + "/", tmp_path / "page.png", 640, 480)
