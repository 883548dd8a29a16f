"""A store with tables that depend on each other in every way, for the tests of undo."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hipflask import Hipflask
from hipflask.store.models.base import uuid7
from hipflask.store.store import Store
from hipflask.store.undo.history import History

TABLES = ("team", "player", "badge", "thing")

Rows = dict[tuple[str, Any], dict[str, Any]]


class Club:
    """A store with tables that depend on each other in every way, and somebody else's connection to its file."""

    def __init__(self, folder: Path) -> None:
        self.app = Hipflask("club", root_path=str(folder))
        self.app.config["STORE"] = str(folder / "club.sqlite")
        self.db = db = Store(self.app)

        class Keyed(db.Model):
            __abstract__ = True
            id: Mapped[str] = mapped_column(primary_key=True, default=lambda: str(uuid7()))

        class Team(Keyed):
            name: Mapped[str] = mapped_column(unique=True)
            motto: Mapped[str | None] = None

        class Player(Keyed):
            name: Mapped[str]
            points: Mapped[int] = 0
            team_id: Mapped[str | None] = mapped_column(sa.ForeignKey("team.id", ondelete="CASCADE"))

        class Badge(Keyed):
            label: Mapped[str] = mapped_column(unique=True)
            weight: Mapped[float] = 0.1
            picture: Mapped[bytes | None] = None
            player_id: Mapped[str | None] = mapped_column(sa.ForeignKey("player.id", ondelete="SET NULL"))

        class Thing(db.Model):
            id: Mapped[int] = mapped_column(primary_key=True)
            team_id: Mapped[str] = mapped_column(sa.ForeignKey("team.id"))
            next_id: Mapped[int | None] = mapped_column(sa.ForeignKey("thing.id"))

        class Fleeting(db.Model, volatile=True):
            name: Mapped[str]

        self.Team, self.Player, self.Badge, self.Thing, self.Fleeting = Team, Player, Badge, Thing, Fleeting
        self.file = db.file
        self.outside = sqlite3.connect(self.file, isolation_level=None)
        self.outside.execute("PRAGMA foreign_keys = ON")

    def close(self) -> None:
        self.outside.close()
        self.db.close()

    def rows(self) -> Rows:
        """Everything that is in the file, as SQLite keeps it."""
        found: Rows = {}
        for table in TABLES:
            cursor = self.outside.execute(f"SELECT * FROM {table}")
            names = [each[0] for each in cursor.description]
            found |= {
                (table, row["id"]): row
                for row in (dict(zip(names, values, strict=True)) for values in cursor)
            }
        return found

    @contextmanager
    def deed(self, history: History, name: str = "Test", fold: object = None) -> Iterator[None]:
        """One call of a handler."""
        with history.deed(name, fold).under_way(), self.db.begin():
            yield


def is_same(one: Rows, other: Rows) -> bool:
    """Whether all values are the same, down to their types: repr() tells floats apart by their last bit."""
    return {key: repr(row) for key, row in one.items()} == {key: repr(row) for key, row in other.items()}


def fill(club: Club) -> None:
    with club.db.begin():
        red = club.Team.create(name="Red", motto="Ré\n\U0001f600'\"")
        who = club.Player.create(name="Who", points=3, team_id=red.id)
        club.Player.create(name="What", team_id=red.id)
        club.Badge.create(label="first", weight=0.1 + 0.2, picture=b"\x00\xff", player_id=who.id)
        club.Badge.create(label="second", weight=5e-324)
