"""`hipflask run` where there is no screen, no web view or no browser: what is missing, and what to do about it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be without a screen")

APP = """
from hipflask import Hipflask, ui
app = Hipflask(__name__)

@app.window("/")
def window():
    ui.text("Who is on first.")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "bin").mkdir()
    return tmp_path


def hipflask(folder: Path, *options: str, **environment: str) -> subprocess.Popen[str]:
    """`hipflask run` on a machine with nothing on it."""
    return subprocess.Popen(
        [sys.executable, "-m", "hipflask.cli", "run", *options], cwd=folder,
        env={"HOME": str(folder), "PATH": str(folder / "bin"), "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("options", "environment", "sentence"),
    [
        ((), {}, "neither DISPLAY nor WAYLAND_DISPLAY is set"),
        ((), {"DISPLAY": ":9876"}, "the one that DISPLAY=:9876 names does not answer"),
    ],
)
def test_the_address_is_printed_with_every_reason(
    folder: Path, options: tuple[str, ...], environment: dict[str, str], sentence: str
) -> None:
    program = hipflask(folder, *options, **environment)
    try:
        assert program.stdout is not None
        line = program.stdout.readline()
        assert re.match(
            r"Open http://127\.0\.0\.1:\d+/\?_token=\S+ in a browser; Ctrl-C ends the app\.", line
        )
    finally:
        program.terminate()
        _, said = program.communicate(timeout=30)
    assert sentence in said
    assert "No Chromium-like browser was found" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("options", "sentences"),
    [
        (("--shell", "webkitgtk"), ["There is no screen to open a window on", "hipflask serve"]),
        (("--shell", "browser"), ["No Chromium-like browser was found", "HIPFLASK_BROWSER"]),
        (("--headless",), ["Xvfb", "is not installed", "sudo apt install xvfb"]),
        (("--shell", "paper"), ["There is no shell 'paper'", "webkitgtk, webview, browser, url"]),
    ],
)
def test_what_was_asked_for_and_cannot_be_is_named(
    folder: Path, options: tuple[str, ...], sentences: list[str]
) -> None:
    program = hipflask(folder, *options)
    _, said = program.communicate(timeout=60)
    assert program.returncode == 1
    assert said.startswith("Error: ")
    assert all(sentence in said for sentence in sentences), said
    assert "Traceback" not in said
