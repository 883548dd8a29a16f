"""Ctrl+Z in WebKitGTK: what was typed in a field is its own to take back, all else the window's."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Mapped

from hipflask import Hipflask, ui
from hipflask.store.store import Store
from hipflask.surfaces.pages import host_of
from served import Served

from .stage import Stage, require, wait_until


@pytest.fixture
def db(app: Hipflask, tmp_path: Path) -> Iterator[Store]:
    app.config["STORE"] = str(tmp_path / "app.sqlite")
    db = Store(app)
    yield db
    db.close()


@pytest.fixture
def served(app: Hipflask) -> Iterator[Served]:
    server = Served(app)
    yield server
    server.stop()


def test_the_field_first_and_then_the_window(
    app: Hipflask, db: Store, served: Served, perform: Callable[..., Stage]
) -> None:
    """Add a row, type into it, and take it all back with the same keys."""
    require("Xvfb", "xdotool")
    hears = ui.State(False)

    class Player(db.Model):
        name: Mapped[str]

    @app.window("/")
    def window() -> None:
        ui.shortcut("F2", hears.set, args=(True,))
        ui.shortcut("Ctrl+K", Player.create, args={"name": "Who"})
        for player in db.all(Player):
            ui.input("Name", bind=(player, Player.name))

    def is_named(name: str) -> Callable[[], Any]:
        return lambda: [player.name for player in db.all(Player)] == [name]

    stage = perform("webkitgtk")
    stage.manage()
    stage.open(served.address, placement={"width": 600, "height": 400, "x": 100, "y": 100})
    stage.do("show", 0)
    wait_until(lambda: stage.press("F2") or hears.value, "the first key")
    stage.press("ctrl+k")
    wait_until(is_named("Who"), "the row")
    stage.press("ctrl+z")
    wait_until(lambda: db.count(Player) == 0, "undo")
    stage.press("ctrl+y")
    wait_until(is_named("Who"), "redo")
    (session,) = host_of(app).sessions()
    assert session.wait_until_settled(10)  # the field is there
    stage.press("Tab", "End", "m")
    wait_until(is_named("Whom"), "typing")
    stage.press("ctrl+z")
    wait_until(is_named("Who"), "the field's own undo")
    time.sleep(0.2)  # longer than the page waits to see whether the field has taken something back
    assert db.count(Player) == 1
    stage.press("ctrl+z")
    wait_until(lambda: db.count(Player) == 0, "undo, once nothing that was typed is left")
