"""Takes docs/images/inspector/*.png: the inspector over examples/lineup.py, which somebody is using.

python scripts/inspector_pictures.py
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Page

from hipflask import Hipflask
from hipflask.devtools.inspector import door, window
from hipflask.devtools.inspector.opening import open_source
from hipflask.devtools.inspector.window.app import add_windows
from hipflask.devtools.inspector.window.looks import THEME
from hipflask.testing import Screen
from hipflask.testing.chromium import chromium

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "images" / "inspector"
SIZE = {"width": 1280, "height": 760}


def main() -> None:
    """Use the program, and take the pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory() as folder,
        _program(Path(folder)) as (address, looked_at),
        _inspector(looked_at) as screen,
    ):
        page = chromium().do(_opened, address)
        chromium().do(_use, page)
        _rename_from_elsewhere(Path(folder))
        time.sleep(1)
        _take(screen, page, "sessions", "/", _pick)
        _take(screen, page, "activity", "/activity", _choose_renamed)
        _take(screen, page, "store", "/store", _explain)
        _take(screen, page, "profile", "/profile", _profile)
        _take(screen, page, "past", "/past", _go_back)


@contextmanager
def _program(folder: Path) -> Iterator[tuple[str, str]]:
    """The line-up, served; its address, and where to look into it."""
    shutil.copy(ROOT / "examples" / "lineup.py", folder / "lineup.py")
    looked_at = str(door.new_address())
    command = [sys.executable, "-m", "hipflask.cli", "--app", "lineup", "serve", "--port", "0"]
    environment = os.environ | {door.VARIABLE: looked_at}
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = re.search(r"http\S+", process.stderr.readline())
        assert found is not None
        try:
            yield found[0], looked_at
        finally:
            process.kill()


@contextmanager
def _inspector(looked_at: str) -> Iterator[Screen]:
    app = Hipflask("inspector", root_path=str(Path(window.__file__).parent), theme=THEME)
    inspection = add_windows(app, open_source(looked_at, is_report=False))
    try:
        with Screen(app, **SIZE) as screen:
            yield screen
    finally:
        inspection.close()


def _opened(address: str) -> Page:
    page = (
        chromium()
        .browser.new_context(viewport={"width": 640, "height": 560}, reduced_motion="reduce")
        .new_page()
    )
    page.goto(address)
    return page


def _use(page: Page) -> None:
    page.get_by_role("button", name="The usual three").click()
    page.get_by_role("textbox", name="Who else?").fill("Tomorrow")
    page.get_by_role("button", name="Add").click()
    for name in ("Tomorrow up", "Tomorrow up", "Who down"):
        page.get_by_role("button", name=name).click()
        page.wait_for_timeout(300)


def _rename_from_elsewhere(folder: Path) -> None:
    """Another program changes a player."""
    with sqlite3.connect(folder / "instance" / "lineup.sqlite") as connection:
        connection.execute("UPDATE player SET name = 'Today' WHERE name = 'Tomorrow'")


def _take(screen: Screen, page: Page, name: str, view: str, prepare: Any) -> None:
    screen.open(view)
    time.sleep(1.5)
    prepare(screen, page)
    time.sleep(1.5)
    screen.on_page(lambda shown: shown.mouse.move(0, 0))
    screen.screenshot(PICTURES / f"{name}.png")
    print(name, (PICTURES / f"{name}.png").stat().st_size)


def _pick(screen: Screen, page: Page) -> None:
    screen.on_page(lambda shown: shown.get_by_role("button", name="Pick an element").click())
    chromium().do(lambda: page.get_by_text("Click on an element").wait_for())
    chromium().do(lambda: page.get_by_role("button", name="Who down").click())


def _choose_renamed(screen: Screen, _: Page) -> None:
    _press_row(screen, "lineup")


def _explain(screen: Screen, _: Page) -> None:
    _press_row(screen, "SELECT player")
    screen.click("Explain")


def _press_row(screen: Screen, words: str) -> None:
    screen.on_page(lambda shown: shown.locator("hf-table").get_by_text(words).first.click())


def _profile(screen: Screen, page: Page) -> None:
    screen.click("Look at the next 10 seconds")
    chromium().do(_swap, page)
    screen.patience = 20
    screen.see("looked at")


def _swap(page: Page) -> None:
    for _ in range(40):
        page.evaluate(_PRESS_ONE)
        page.wait_for_timeout(60)


_PRESS_ONE = """[...document.querySelectorAll("wa-button")]
    .find((each) => /^Who (up|down)$/.test(each.getAttribute("aria-label")) && !each.disabled)?.click()"""


def _go_back(screen: Screen, _: Page) -> None:
    screen.click("First frame")
    for _nth in range(3):
        time.sleep(0.5)
        screen.click("One frame on")


if __name__ == "__main__":
    main()
