"""Two real windows follow each other, another process and the sqlite3 shell, whoever commits."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store, ui
from hipflask.testing import Screen, User
from lacking import lacking, needs_browser

FROM_ANOTHER_PROCESS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("UPDATE player SET name = 'Today' WHERE number = 1")
connection.commit()
"""


@pytest.fixture(autouse=True)
def _parts() -> None:
    needs_browser()
    if shutil.which("sqlite3") is None:
        lacking("The sqlite3 shell")


@pytest.fixture
def team(app: Hipflask, tmp_path: Path) -> Iterator[Any]:
    app.config["STORE"] = tmp_path / "team.sqlite"
    db = Store(app)

    class Player(db.Model):
        number: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    @app.window("/")
    def window() -> None:
        ui.heading(f"{db.count(Player)} players")
        for player in db.all(db.select(Player).order_by(Player.number)):
            with ui.row(key=player.number):
                ui.input(f"Number {player.number}", bind=(player, Player.name))
                ui.button(f"Out {player.number}", on_click=player.delete)
        ui.button("Add", on_click=Player.create, args={"name": "Who"})

    yield db
    db.close()


def shell(db: Any, statement: str) -> None:
    subprocess.run(["sqlite3", str(db.file), statement], check=True, timeout=20)


def test_windows_follow_whoever_commits(app: Hipflask, team: Any) -> None:
    with Screen(app).open("/") as screen, User(app) as user:
        user.open("/")
        screen.click("Add")
        screen.see("1 players")
        user.see("1 players")
        user.type("Number 1", "What")
        screen.see("What")
        script = [sys.executable, "-c", FROM_ANOTHER_PROCESS, str(team.file)]
        subprocess.run(script, check=True, timeout=20)
        screen.see("Today")
        shell(team, "INSERT INTO player (name) VALUES ('Tomorrow')")
        screen.see("Tomorrow")
        screen.see("2 players")
        shell(team, "DELETE FROM player WHERE number = 1")
        screen.see_not("Today")
        user.see("1 players")


def test_what_is_being_typed_stays_while_others_change_the_row(app: Hipflask, team: Any) -> None:
    with Screen(app).open("/") as screen:
        screen.click("Add")
        screen.type("Number 1", "Naturally")
        shell(team, "INSERT INTO player (name) VALUES ('Because')")
        screen.see("Because")
        screen.see("Naturally")
        shell(team, "UPDATE player SET name = 'I do not give a darn' WHERE number = 1")
        screen.see("I do not give a darn")
