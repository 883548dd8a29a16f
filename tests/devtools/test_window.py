"""Saving a file, as seen in a real window: it stays where it is, and shows what is new."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator

import pytest
from tests.surfaces.window.close_button import press as press_close_button
from tests.surfaces.window.stage import missing, require

from hipflask.core.errors import MissingPart
from hipflask.surfaces.window import _gtk, headless

from .written import Written

Write = Callable[..., Written]

LIVE = """
from hipflask import Hipflask, ui

app = Hipflask(__name__)

@app.window("/")
def window():
    ui.heading("Hello")
    ui.text("Something to see")

if __name__ == "__main__":
    app.run(debug=True)
    print("after")
"""

PLAIN = """
from flask import render_template
from hipflask import Hipflask

app = Hipflask(__name__)
TITLE = "First"

@app.route("/")
def index():
    return render_template("page.html", title=TITLE)
"""


@pytest.fixture(autouse=True)
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A display that nobody sees."""
    require("Xvfb", "xdotool")
    try:
        _gtk.load()
    except MissingPart as error:
        missing(str(error))
    monkeypatch.delenv("HIPFLASK_SHELL", raising=False)
    with headless.display():
        yield


def windows() -> dict[str, str]:
    """The windows that can be seen, and their titles."""
    found = _xdotool("search", "--onlyvisible", "--name", ".").split()
    return {window: _xdotool("getwindowname", window).strip() for window in found}


def _xdotool(*command: str) -> str:
    return subprocess.run(["xdotool", *command], capture_output=True, text=True, check=False).stdout


def shows(program: Written, title: str) -> str:
    """Wait for a window of that title, the only one, and return which it is."""
    program.wait_for(lambda: list(windows().values()) == [title])
    return next(iter(windows()))


@pytest.mark.parametrize(
    "command", [("run",), ("python",)], ids=["hipflask run --debug", "app.run(debug=True)"]
)
def test_the_window_stays_and_shows_the_change(write: Write, command: tuple[str, ...]) -> None:
    """Also through a mistake; and when it is closed, all of the program ends."""
    program = write(LIVE, *command)
    window = shows(program, "Window")
    program.edit("def window():", "def board():")
    assert shows(program, "Board") == window
    program.edit("def board():", "def board(")
    program.says("SyntaxError")
    program.edit("def board(", "def mended():")
    assert shows(program, "Mended") == window
    press_close_button(int(window))
    assert program.process.wait(10) == 0
    program.wait_for(lambda: program.processes() == [])
    program.wait_for(lambda: command != ("python",) or program.output.count("after") == 1)


def test_a_plain_flask_app_is_shown_anew(write: Write) -> None:
    """Its pages have no script of ours, so the window loads them again: after a template, after the code."""
    program = write(PLAIN, "run", files={"templates/page.html": "<title>{{ title }}</title>"})
    window = shows(program, "First")
    template = program.folder / "templates" / "page.html"
    template.write_text("<title>{{ title }}, again</title>")
    assert shows(program, "First, again") == window
    program.edit('"First"', '"Second"')
    assert shows(program, "Second, again") == window
    program.edit('"Second"', '"Second')
    shows(program, "The program cannot start as it stands")
    program.edit('"Second', '"Third"')
    assert shows(program, "Third, again") == window


def test_ctrl_c_in_the_terminal_ends_window_and_program(write: Write) -> None:
    program = write(LIVE, "run")
    shows(program, "Window")
    assert program.interrupt() != 0
    program.wait_for(lambda: program.processes() == [])
