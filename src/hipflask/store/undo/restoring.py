"""What a transaction has made of the rows, and how rows are put back: undo, on the side of the file.

Nothing is written down while the action goes on. When it commits, the change log says which rows it has touched, whoever wrote
them: the ORM, plain SQL, a cascade, a trigger. Another connection still sees them as they were, because there is one
writer at a time and that is us. So a transaction that nobody will undo costs nothing, and one that somebody might costs two looks
at each row that it changed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from ...core.errors import UndoRefused
from ..changes.log import Change, Log
from ..changes.names import Key
from ..live.feed import rows_now
from ..sql import quoted
from .deltas import Delta, Deltas, Image, Place, altered, by_table, is_same, of_images, target

# More than that in one transaction is not written down: it would hold the write lock for longer than the transaction did.
MOST_ROWS = 100_000
_PASSES = 3  # triggers of the app's own may move a row that was put back; once more puts that right

Span = tuple[int, int]  # changes after the first sequence, up to the second
Statements = dict[str, list[list[Any]]]
Images = Mapping[Place, Image]
Targets = Mapping[Place, Image | None]


class Restoring:
    """Reads and writes rows as they are in the file, for undo."""

    def __init__(self, tables: Sequence[sa.Table], log: Log) -> None:
        self._log = log
        self._tables = {table.name: _Table(table) for table in tables}
        self._order = {table.name: place for place, table in enumerate(tables)}

    def newest(self, connection: sqlite3.Connection) -> int:
        """The sequence of the newest change that this connection sees."""
        return self._log.newest(connection)

    def written(
        self, writer: sqlite3.Connection, reader: sqlite3.Connection, left_out: Collection[Span] = ()
    ) -> Deltas | None:
        """What the writer's open transaction has made of which rows, but for those changes; None if they are too many."""
        seen = self.newest(reader)
        if self.newest(writer) - seen > MOST_ROWS:
            return None
        first: dict[Place, str] = {}
        last: dict[Place, str] = {}
        for change in self._log.read(writer, seen).changes:
            if not any(low < change.sequence <= high for low, high in left_out):
                first.setdefault(place := _place(change), change.kind)
                last[place] = change.kind
        before = self._images(reader, [place for place, kind in first.items() if kind != "insert"])
        after = self._images(writer, [place for place, kind in last.items() if kind != "delete"])
        return of_images(before, after, first)

    def put(self, writer: sqlite3.Connection, wanted: Deltas) -> None:
        """Make of each row what its delta wants; raises UndoRefused, with a reason, if that would undo what others did."""
        now = self._images(writer, wanted)
        for place, each in wanted.items():
            columns = altered(each.before, now.get(place))
            if columns is not None:
                raise UndoRefused(self._has_been_altered(place, each, columns, now.get(place)))
        targets = {place: target(each.after, now.get(place)) for place, each in wanted.items()}
        writer.execute("PRAGMA defer_foreign_keys = ON")  # until this transaction ends
        self._try_ways(writer, now, targets)

    def _try_ways(self, writer: sqlite3.Connection, now: Images, targets: Targets) -> None:
        """Unique values may have to be free before they are taken, and rows there, or left, before others go."""
        failures: list[UndoRefused] = []
        for way in (self._gone_first, self._gone_last, self._all_anew):
            try:
                with _savepoint(writer):
                    seen = self.newest(writer)
                    _run(writer, way(now, targets))
                    self._set_right(writer, targets)
                    self._refuse_harm(self._log.read(writer, seen).changes, targets)
                return
            except UndoRefused as refused:
                failures.append(refused)
            except sqlite3.IntegrityError as error:
                failures.append(UndoRefused(in_the_way(str(error))))
        raise failures[0]

    def _gone_first(self, now: Images, targets: Targets) -> Iterator[Statements]:
        gone, changed, new = self._sorted_out(now, targets)
        yield from (self._deletes(gone), self._updates(changed, now, targets), self._inserts(new, targets))

    def _gone_last(self, now: Images, targets: Targets) -> Iterator[Statements]:
        gone, changed, new = self._sorted_out(now, targets)
        yield from (self._inserts(new, targets), self._updates(changed, now, targets), self._deletes(gone))

    def _all_anew(self, now: Images, targets: Targets) -> Iterator[Statements]:
        gone, changed, new = self._sorted_out(now, targets)
        yield from (self._deletes(gone + changed), self._inserts(changed + new, targets))

    def _sorted_out(self, now: Images, targets: Targets) -> tuple[list[Place], list[Place], list[Place]]:
        """The rows that are to go, to change and to come; those that others refer to come first."""
        there = [place for place, image in targets.items() if image is not None]
        gone = [place for place, image in targets.items() if image is None and place in now]
        there.sort(key=lambda place: self._order[place[0]])
        gone.sort(key=lambda place: -self._order[place[0]])
        return (
            gone,
            [place for place in there if place in now],
            [place for place in there if place not in now],
        )

    def _set_right(self, writer: sqlite3.Connection, targets: Targets) -> None:
        """Look whether all rows are as they are to be: cascades and triggers of the app's own have had their say, too."""
        for _ in range(_PASSES):
            now = self._images(writer, targets)
            wrong = {
                place: image for place, image in targets.items() if altered(image, now.get(place)) is not None
            }
            if not wrong:
                return
            _run(writer, self._gone_first(now, wrong))
        raise UndoRefused("a trigger of the program's own stands against it")

    def _refuse_harm(self, changes: Iterable[Change], ours: Collection[Place]) -> None:
        """Raise UndoRefused if a cascade has reached a row that was none of the action's."""
        for change in changes:
            is_harm = change.kind != "insert" and self._tables[change.table].relies_on_others
            if is_harm and _place(change) not in ours:
                raise UndoRefused(f"a {_words(change.table)} refers to it now")

    def _images(self, connection: sqlite3.Connection, places: Iterable[Place]) -> dict[Place, Image]:
        return {
            (name, key): row
            for name, keys in by_table(places).items()
            for key, row in self._tables[name].images(connection, keys).items()
        }

    def _deletes(self, places: Iterable[Place]) -> Statements:
        found: Statements = {}
        for name, key in places:
            found.setdefault(self._tables[name].delete, []).append(_parts(key))
        return found

    def _updates(
        self,
        places: Iterable[Place],
        now: Images,
        targets: Targets,
    ) -> Statements:
        found: Statements = {}
        for place in places:
            image = targets[place] or {}
            changed = {
                name: value for name, value in image.items() if not is_same(now[place].get(name), value)
            }
            if changed:
                update = self._tables[place[0]].update(changed)
                found.setdefault(update, []).append([*changed.values(), *_parts(place[1])])
        return found

    def _inserts(self, places: Iterable[Place], targets: Targets) -> Statements:
        found: Statements = {}
        for place in places:
            image = targets[place] or {}
            found.setdefault(self._tables[place[0]].insert(image), []).append(list(image.values()))
        return found

    def _has_been_altered(self, place: Place, each: Delta, columns: list[str], now: Image | None) -> str:
        called = self._tables[place[0]].called(now or each.before or each.after or {})
        if now is None:
            return f"{called} has been deleted since"
        if each.before is None:
            return f"{called} is there again"
        return f"{' and '.join(map(_words, columns))} of {called} has been changed since"


class _Table:
    """One table, with the statements that read and write its rows."""

    def __init__(self, table: sa.Table) -> None:
        self.name = str(table.name)
        self._columns = [str(column.name) for column in table.columns if column.computed is None]
        self._keys = [str(column.name) for column in table.primary_key]
        self._is_it = " AND ".join(f"{quoted(name)} = ?" for name in self._keys)
        self.delete = f"DELETE FROM main.{quoted(table.name)} WHERE {self._is_it}"
        # A cascade may take its rows along, or change them.
        self.relies_on_others = any(key.ondelete or key.onupdate for key in table.foreign_key_constraints)

    def images(self, connection: sqlite3.Connection, keys: Collection[Key]) -> dict[Key, Image]:
        found = rows_now(connection, self._keys, f"main.{self.name}", keys, self._columns)
        return {key: dict(row) for key, row in found.items()}

    def update(self, changed: Iterable[str]) -> str:
        sets = ", ".join(f"{quoted(name)} = ?" for name in changed)
        return f"UPDATE main.{quoted(self.name)} SET {sets} WHERE {self._is_it}"

    def insert(self, columns: Collection[str]) -> str:
        names = ", ".join(map(quoted, columns))
        return f"INSERT INTO main.{quoted(self.name)} ({names}) VALUES ({', '.join('?' * len(columns))})"

    def called(self, image: Image) -> str:
        """A row as people may know it: by the first short text that is in it."""
        texts = (image.get(name) for name in self._columns if name not in self._keys)
        text = next((value for value in texts if isinstance(value, str) and 0 < len(value) <= 40), None)
        return f"a {_words(self.name)}" if text is None else f"{_words(self.name)} “{text}”"


def in_the_way(error: str) -> str:
    """What SQLite's refusal means to a person."""
    if error.startswith("FOREIGN KEY"):
        return "something else refers to it now, or what it refers to is gone"
    if error.startswith("UNIQUE"):
        return f"something else has its {_words(error.rpartition('.')[2])} now"
    return error


def _run(writer: sqlite3.Connection, groups: Iterable[Statements]) -> None:
    for group in groups:
        for statement, rows in group.items():
            writer.executemany(statement, rows)


@contextmanager
def _savepoint(writer: sqlite3.Connection) -> Iterator[None]:
    writer.execute("SAVEPOINT hipflask_undo")
    try:
        yield
    except BaseException:
        writer.execute("ROLLBACK TO hipflask_undo")
        raise
    finally:
        writer.execute("RELEASE hipflask_undo")


def _place(change: Change) -> Place:
    return str(change.table), change.key  # SQLAlchemy's names are a kind of text of their own


def _parts(key: Key) -> list[Any]:
    return list(key) if isinstance(key, tuple) else [key]


def _words(name: str) -> str:
    return name.replace("_", " ")
