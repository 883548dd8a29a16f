"""What is known of the hub's side of rows in which something is pending, read and noted."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ...store.changes.names import Key
from ..messages import Value
from .overlay import Outcome, Under
from .pending import Pendings
from .shapes import Shape, logged

UNSENT = (
    0  # instead of a push's number: an edit of a text that was taken back from a push, and goes with the next
)
_NOTED = ("_hipflask_before", "_hipflask_met")
_ALL_AT_ONCE = 300  # keys; for more of them, all of the table are read


class Unders:
    """The hub's side of some rows of one table."""

    def __init__(
        self,
        found: dict[Any, Under],
        sums: dict[tuple[Any, str], Any],
        unsent: dict[tuple[Any, str], list[bytes]],
    ) -> None:
        self._found, self._sums, self._unsent = found, sums, unsent

    @classmethod
    def none(cls) -> Unders:
        """Of no rows."""
        return cls({}, {}, {})

    def of(self, key: Key) -> Under:
        """What is known of one row."""
        return self._found.get(logged(key)) or Under()

    def expected(self, key: Key, column: str) -> int | float:
        """What a sum would be, if nothing were written here beyond what was pushed."""
        before: Any = self.of(key).before.get(column) or 0
        return before + self._sums.get((logged(key), column), 0)  # type: ignore[no-any-return]

    def unsent(self, key: Key, column: str) -> list[bytes]:
        """Edits of a text that have to be pushed once more."""
        return self._unsent.get((logged(key), column), [])


def read_unders(connection: sqlite3.Connection, shape: Shape, keys: Collection[Key]) -> Unders:
    """What is known of these rows."""
    found: dict[Any, Under] = {}
    sums: dict[tuple[Any, str], Any] = {}
    unsent: dict[tuple[Any, str], list[bytes]] = {}
    if not shape.watched:
        return Unders.none()
    for key, column, value in _of_table(connection, "before", '"column", value', shape, keys):
        found.setdefault(key, Under()).before[column] = value
    for key, column, state in _of_table(connection, "text", '"column", state', shape, keys):
        found.setdefault(key, Under()).states[column] = state
    for key, column, push, value in _of_table(connection, "added", '"column", push, value', shape, keys):
        if isinstance(value, bytes):
            found.setdefault(key, Under()).updates.setdefault(column, []).append(value)
            if push == UNSENT:
                unsent.setdefault((key, column), []).append(value)
        else:
            sums[key, column] = sums.get((key, column), 0) + value
    return Unders(found, sums, unsent)


def note(connection: sqlite3.Connection, shape: Shape, outcomes: Mapping[Key, Outcome]) -> None:
    """Note what the hub has now."""
    _note_met(connection, shape, outcomes)
    if not shape.watched:
        return
    before: list[tuple[Value, Any, str]] = []
    states: list[tuple[Any, str, bytes]] = []
    stateless: list[tuple[Any, str]] = []
    for key, outcome in outcomes.items():
        place = logged(key)
        before += [(value, place, column) for column, value in outcome.before.items()]
        for column, state in outcome.states.items():
            if state is None:
                stateless.append((place, column))
            else:
                states.append((place, column, state))
        if outcome.row is None:
            stateless += [(place, column) for column in shape.texts]
    _run(
        connection,
        f'UPDATE main._hipflask_before SET value = ? WHERE "table" = {_name(shape)} AND key = ? AND "column" = ?',
        before,
    )
    note_documents(connection, shape, states, stateless)


def note_documents(
    connection: sqlite3.Connection,
    shape: Shape,
    states: Iterable[tuple[Any, str, bytes]],
    stateless: Iterable[tuple[Any, str]],
) -> None:
    """Keep the documents of texts, by key and column; and forget those that the hub has not."""
    _run(connection, f"INSERT OR REPLACE INTO main._hipflask_text VALUES ({_name(shape)}, ?, ?, ?)", states)
    _run(
        connection,
        f'DELETE FROM main._hipflask_text WHERE "table" = {_name(shape)} AND key = ? AND "column" = ?',
        stateless,
    )


def keep_deletes(connection: sqlite3.Connection, pendings: Pendings) -> None:
    """A row that came and went here counts as deleted, if one of its key had come from the hub meanwhile: whoever deleted it meant both."""
    met = {*connection.execute('SELECT "table", key FROM main._hipflask_met')}
    for (table, key), pending in pendings.items() if met else ():
        if pending.kind == "nothing" and (table, logged(key)) in met:
            pending.kind = "delete"


def forget_all(connection: sqlite3.Connection) -> None:
    """Nothing is pending any more."""
    for name in _NOTED:
        connection.execute(f"DELETE FROM main.{name}")


def forget_others(connection: sqlite3.Connection, pendings: Pendings) -> None:
    """Forget what is known of the hub's side of rows in which nothing is pending any more."""
    places: set[tuple[str, Any]] | None = None
    for name in _NOTED:
        noted = connection.execute(f'SELECT DISTINCT "table", key FROM main.{name}').fetchall()
        if noted and places is None:
            places = {(table, logged(key)) for table, key in pendings}
        connection.executemany(
            f'DELETE FROM main.{name} WHERE "table" = ? AND key = ?',
            [place for place in noted if place not in (places or ())],
        )


def _note_met(connection: sqlite3.Connection, shape: Shape, outcomes: Mapping[Key, Outcome]) -> None:
    met = [(logged(key),) for key, outcome in outcomes.items() if outcome.is_met]
    gone = [(logged(key),) for key, outcome in outcomes.items() if outcome.is_met is False]
    _run(connection, f"INSERT OR IGNORE INTO main._hipflask_met VALUES ({_name(shape)}, ?)", met)
    _run(connection, f'DELETE FROM main._hipflask_met WHERE "table" = {_name(shape)} AND key = ?', gone)


def _of_table(
    connection: sqlite3.Connection, table: str, columns: str, shape: Shape, keys: Collection[Key]
) -> Iterable[tuple[Any, ...]]:
    query = f'SELECT key, {columns} FROM main._hipflask_{table} WHERE "table" = ?'
    if len(keys) > _ALL_AT_ONCE:
        return connection.execute(query, (shape.name,)).fetchall()
    marks = ", ".join("?" * len(keys))
    return connection.execute(f"{query} AND key IN ({marks})", (shape.name, *map(logged, keys))).fetchall()


def _run(connection: sqlite3.Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    if rows := [*rows]:
        connection.executemany(statement, rows)


def _name(shape: Shape) -> str:
    return "'" + shape.name.replace("'", "''") + "'"
