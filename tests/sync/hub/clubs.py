"""The models that the hub is tested with: something of every kind of key, scope and merge."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

import psycopg
from sqlalchemy import ForeignKey
from sqlalchemy.orm import mapped_column

from hipflask import Digits, Mapped, Store
from hipflask.core.merging import Merge
from hipflask.store.models.shared import shared_tables
from hipflask.sync.hub.database import Database
from hipflask.sync.hub.install import install
from hipflask.sync.hub.tables import HubTables

db = Store()
teams = db.scope("team", lambda user: db.select(Member.team_id).where(Member.user == user))


class Team(db.Model):
    name: Mapped[str]


class Member(db.Model):
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    user: Mapped[str] = mapped_column(primary_key=True)


class Task(db.Model, scope=teams("team_id")):
    team_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    title: Mapped[str]
    price: Mapped[Annotated[Decimal, Digits(12, 2)]] = Decimal(0)
    done: Mapped[bool] = False
    notes: Mapped[Annotated[str, Merge.text]] = ""


class Comment(db.Model, scope=teams("task_id.team_id")):
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    text: Mapped[str]


class Country(db.Model):
    code: Mapped[str] = mapped_column(primary_key=True)
    people: Mapped[Annotated[int, Merge.sum]] = 0


class Reading(db.Model):
    day: Mapped[datetime.date] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[float] = 0.0
    data: Mapped[dict[str, Any] | None]


class Draft(db.Model, local=True):
    text: Mapped[str]


TABLES = shared_tables(db.metadata)


@dataclass
class Club:
    """A hub's database with these tables, and psql beside it."""

    url: str
    database: Database
    tables: HubTables
    psql: psycopg.Connection[Any]

    def sql(self, query: str, *values: Any) -> list[Any]:
        """What somebody else's program does, each statement on its own."""
        cursor = self.psql.execute(query, values or None)
        return cursor.fetchall() if cursor.description else []

    def team(self, name: str, *members: str) -> uuid.UUID:
        """A team and who is in it."""
        team = uuid.uuid4()
        self.sql("INSERT INTO team (id, name) VALUES (%s, %s)", team, name)
        for user in members:
            self.sql('INSERT INTO member (team_id, "user") VALUES (%s, %s)', team, user)
        return team

    def task(self, team: uuid.UUID | None, title: str) -> uuid.UUID:
        """A task of a team."""
        task = uuid.uuid4()
        self.sql("INSERT INTO task (id, team_id, title) VALUES (%s, %s, %s)", task, team, title)
        return task


@contextmanager
def club_at(url: str) -> Iterator[Club]:
    """A club in an empty database."""
    with Database(url) as database, psycopg.connect(url, autocommit=True) as psql:
        yield Club(url, database, install(database, TABLES), psql)
