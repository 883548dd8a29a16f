"""Devices for the tests of pushes: what a replica says to the hub, by hand."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from databases import new_database

from hipflask.store.models.shared import PushRule, shared_tables
from hipflask.sync.hub.database import Database
from hipflask.sync.hub.install import install
from hipflask.sync.hub.pushes import Pushes
from hipflask.sync.hub.scopes import Grants
from hipflask.sync.hub.seals import Seals, seals_of
from hipflask.sync.hub.tables import HubTables
from hipflask.sync.hub.welcome import Door
from hipflask.sync.messages import PROTOCOL, Ack, Change, Changes, Hello, Outcome, Push, Refused, pack
from hipflask.sync.parties import Visitor

NOW = time.time_ns() // 1_000_000
_FIRST = Hello(PROTOCOL, "", "", {}, b"", b"", 0, [])


@dataclass
class Shop:
    """The part of a hub that lets devices in and takes their pushes."""

    database: Database
    tables: HubTables
    door: Door
    pushes: Pushes
    seals: Seals

    def device(self, user: str = "ann") -> Device:
        """A new device of a user, with its clock right."""
        answer = self.door.welcome(user, _FIRST)
        assert not isinstance(answer, Refused)
        return Device(self, answer[0])

    def sql(self, query: str, *values: Any) -> list[Any]:
        """What stands in the database, asked by another program."""
        with self.database.connection() as connection:
            cursor = connection.execute(query, values or None)
            return cursor.fetchall() if cursor.description else []

    def number(self, table: str) -> int:
        """The number of a table."""
        return self.tables.by_name[table].number

    def touched(self, device: Device) -> list[tuple[str, str]]:
        """The rows that a device is to be sent again."""
        names = {table.number: table.name for table in self.tables}
        rows = self.sql(
            "SELECT \"table\", keys[1] FROM hipflask.outbox WHERE kind = 'o' AND origin = %s ORDER BY ctid",
            device.name,
        )
        return [(names[number], key) for number, key in rows]


@dataclass
class Device:
    """One replica that pushes."""

    shop: Shop
    visitor: Visitor
    number: int = 0
    sent: list[Push] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its name at the hub."""
        return self.visitor.replica

    def push(self, *changes: Change, now: int = NOW) -> list[Outcome]:
        """Push changes under the next number; returns what came of those that were not simply taken."""
        self.number += 1
        self.sent = [Push(self.number, 0, 1, pack(Changes(now, list(changes))))]
        answer = self.shop.pushes.push(self.visitor, self.sent)
        assert isinstance(answer, Ack), answer
        assert answer.number == self.number
        return answer.outcomes

    def again(self) -> Ack | Refused:
        """The last push once more, as it was."""
        return self.shop.pushes.push(self.visitor, self.sent)


def shop_in(database: Database, store: Any, rules: Mapping[Any, Sequence[PushRule]] | None = None) -> Shop:
    """A shop in an empty database, with the models of a store."""
    tables = install(database, shared_tables(store.metadata))
    with database.connection() as connection:
        seals = seals_of(connection)
    door = Door(database, tables, seals)
    pushes = Pushes(database, tables, Grants(store.scopes.values()), rules or store.push_rules)
    return Shop(database, tables, door, pushes, seals)


@contextmanager
def shop_at(server: str, store: Any, rules: Mapping[Any, Sequence[PushRule]]) -> Iterator[Shop]:
    """A shop in a database of its own, for all tests of a file; `emptied` between them."""
    with new_database(server) as url, Database(url) as database:
        yield shop_in(database, store, rules)


def emptied(shop: Shop) -> Shop:
    """The same shop as it was when nobody had come yet."""
    ours = ("outbox", "marks", "feed", "delta", "replica", "settled", "document", "token", "era")
    names = [*(table.sql for table in shop.tables), *(f"hipflask.{name}" for name in ours)]
    shop.sql(f"TRUNCATE {', '.join(names)}")
    shop.sql("UPDATE hipflask.state SET version = 0, clock = 0, granted = 0, floor = 0, forgotten = 0")
    shop.sql("TRUNCATE hipflask.outbox")  # where the triggers have noted that
    return shop


def insert(table: str, key: Any, ago: int = 0, seen: int = 0, **values: Any) -> Change:
    """A row that was written so many milliseconds ago."""
    return Change(table, key, "insert", list(values), list(values.values()), [NOW - ago] * len(values), seen)


def update(table: str, key: Any, ago: int = 0, seen: int = 0, **values: Any) -> Change:
    """A row that was changed."""
    return Change(table, key, "update", list(values), list(values.values()), [NOW - ago] * len(values), seen)


def delete(table: str, key: Any, ago: int = 0, seen: int = 0) -> Change:
    """A row that was deleted."""
    return Change(table, key, "delete", [], [], [NOW - ago], seen)


def key() -> str:
    """A new key."""
    return str(uuid.uuid4())
