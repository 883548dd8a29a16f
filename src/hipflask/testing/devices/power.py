"""What can happen to one device: the process dies before any statement, the disk is full, the clock says what it likes."""

from __future__ import annotations

import sqlite3
import weakref
from pathlib import Path
from typing import Any

# From days, as SQLite counts them, to milliseconds; a quarter of one keeps what is calculated with it from falling below.
_EPOCH_MS, _DAY_MS = 210_866_759_999_999.75, 86_400_000.0


_WRITING = ("INSERT", "UPDATE", "DELETE", "COMMIT")


class Killed(BaseException):
    """The process is gone, as after `kill -9`."""


class Power:
    """What a device's connections live on."""

    def __init__(self) -> None:
        self.wall = 0  # ms, as the device's clock shows it
        self.statements_left: int | None = None  # until the process is killed
        self.is_full = False
        self.room = 0  # for so many statements that write, while it is full
        self.was_full = False  # since the process began: what it gave up for that may be noticed later
        self._connections: weakref.WeakSet[Connection] = weakref.WeakSet()

    def connect(self, file: Path) -> sqlite3.Connection:
        """A connection as the store makes them, at this device's mercy."""
        connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, factory=Connection)
        connection.power = None
        connection.executescript(
            # What the system was given outlives a process; only a power cut would need more, and that is SQLite's own business.
            "PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON;"
        )
        connection.create_function("julianday", 0, self._julianday)
        connection.power = self
        self._connections.add(connection)
        if self.is_full:
            _fill(connection)
        return connection

    def fill(self, is_full: bool, room: int = 0) -> None:
        """The disk is full (but for so many statements), or has room again."""
        self.is_full, self.room = is_full, room
        self.was_full = True
        for connection in [*self._connections]:
            _fill(connection) if is_full else _make_room(connection)

    def cut(self) -> None:
        """The process is gone: its connections end where they are."""
        self.statements_left = None
        for connection in [*self._connections]:
            connection.power = None
            connection.close()
        self._connections.clear()

    def spend(self, statement: str = "") -> None:
        """One statement more; raises Killed instead of it if it was one too many, and SQLite's error if there is no room for it."""
        if self.is_full and statement.lstrip().startswith(_WRITING):
            self.room -= 1
            if self.room < 0:
                raise sqlite3.OperationalError("database or disk is full")
        if self.statements_left is not None:
            self.statements_left -= 1
            if self.statements_left < 0:
                raise Killed

    def _julianday(self) -> float:
        return (self.wall + _EPOCH_MS) / _DAY_MS


class Cursor(sqlite3.Cursor):
    """Each statement may be the last."""

    def execute(self, *args: Any) -> Any:
        self.connection.spend(args[0])  # type: ignore[attr-defined]
        return super().execute(*args)

    def executemany(self, *args: Any) -> Any:
        self.connection.spend(args[0])  # type: ignore[attr-defined]
        return super().executemany(*args)

    def executescript(self, *args: Any) -> Any:
        self.connection.spend()  # type: ignore[attr-defined]
        return super().executescript(*args)


class Connection(sqlite3.Connection):
    """A connection of a device."""

    power: Power | None = None

    def spend(self, statement: str = "") -> None:
        if self.power is not None:
            self.power.spend(statement)

    def cursor(self, factory: Any = Cursor) -> Any:
        return super().cursor(factory)

    # SQLite's own short cuts do not ask `cursor`.
    def execute(self, *args: Any) -> Any:
        return self.cursor().execute(*args)

    def executemany(self, *args: Any) -> Any:
        return self.cursor().executemany(*args)

    def executescript(self, *args: Any) -> Any:
        return self.cursor().executescript(*args)

    def commit(self) -> None:
        self.spend()
        super().commit()


def _fill(connection: sqlite3.Connection) -> None:
    (pages,) = sqlite3.Connection.execute(connection, "PRAGMA page_count").fetchone()
    sqlite3.Connection.execute(connection, f"PRAGMA max_page_count = {pages}")


def _make_room(connection: sqlite3.Connection) -> None:
    sqlite3.Connection.execute(connection, "PRAGMA max_page_count = 1073741823")
