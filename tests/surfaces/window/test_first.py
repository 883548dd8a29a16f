"""What is to be looked at, and is not there, is told at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .stage import require

PROGRAM = """
from hipflask import Hipflask, ui

app = Hipflask(__name__)

@app.window("/")
def window() -> None:
    ui.text(1 / 0)
"""


def test_a_window_that_cannot_be_drawn_ends_the_wait(tmp_path: Path) -> None:
    require("Xvfb")
    (tmp_path / "app.py").write_text(PROGRAM)
    command = [sys.executable, "-m", "hipflask.cli", "run", "--headless"]
    shot = subprocess.run(
        [*command, "--screenshot", "window.png"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=25,  # a window that only says nothing is waited for longer
        check=False,
    )
    assert shot.returncode == 1
    assert "Error: There is no window to look at: / was answered with status 500." in shot.stderr
    assert not (tmp_path / "window.png").exists()
