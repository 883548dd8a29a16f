"""A store with players, for the tests of what is done with whole files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store


class Team:
    """A store with players."""

    def __init__(self, folder: Path, **config: Any) -> None:
        self.app = Hipflask("team", root_path=str(folder))
        self.app.config.update(STORE=folder / "team.sqlite", **config)
        self.db = db = Store(self.app)

        class Player(db.Model):
            name: Mapped[str]
            points: Mapped[int] = 0
            captain: Mapped[Any] = mapped_column(sa.Uuid, sa.ForeignKey("player.id"), nullable=True)

        self.Player = Player

    def add(self, *names: str) -> None:
        for name in names:
            self.Player.create(name=name)

    def names(self) -> list[str]:
        return sorted(player.name for player in self.db.all(self.Player))


def names_in(file: Path) -> list[str]:
    """What another program sees in a file."""
    with closing(sqlite3.connect(file)) as connection:
        return sorted(name for (name,) in connection.execute("SELECT name FROM player"))


def shell(file: Path, statement: str) -> None:
    """Somebody else's connection, which knows nothing of Hipflask."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)
        connection.commit()
