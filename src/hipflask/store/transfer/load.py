"""A file of CSV or JSON lines into a table.

    db.load(Player, "players.csv")               → Loaded(rows=9, bad=[]), or LinesRefused, and nothing was written
    db.load(Player, "players.csv", skip=True)    → Loaded(rows=7, bad=[line 3, base: expected …, …])

The whole file is read and checked first, into a database that SQLite keeps for this alone. Then what was read is written in one
transaction that has nothing to do but write: it is all or nothing, and others wait for moments only. With `skip` it is
written in batches between which others write, and lines that do not fit come back.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ...core.errors import MISSING, LinesRefused
from ..backup.backup import Progress, saying
from ..bulk import BITE, Plan
from ..models.rows import Row, defaults_of
from ..told import statement
from ..types.exact import ValueRefused
from .lines import Csv, Lines, open_lines
from .texts import BadLine, Misfit, Read, json_reader, misfit, text_reader

MOST_BAD = 1000  # so many lines are told of one by one before a file is given up
_SHOWN = 10
# Between two batches, so that another process finds the lock free now and then: it sleeps between its tries.
_PAUSE_SECONDS = 0.005

Transaction = Callable[[], AbstractContextManager[sqlite3.Connection]]
StagedRow = tuple[Any, ...]  # the number of the line, then what SQLite is to keep


@dataclass(frozen=True)
class Loaded:
    """What became of a file: how many rows were written, and the lines that were skipped."""

    rows: int
    bad: list[BadLine]


def load(
    transaction: Transaction,
    model: type[Row],
    file: Path,
    progress: Progress | None = None,
    skip: bool = False,
    encoding: str | None = None,
) -> Loaded:
    """Write the rows of a file; raises LinesRefused, and has written nothing, if one does not fit and `skip` is not asked for.

    `progress(done, total)` is told of the file's bytes twice, read and written, and may raise to have it stopped.
    """
    with closing(sqlite3.connect("")) as connection:
        with saying(file), closing(open_lines(file, encoding)) as lines:
            staged = _Staged(connection, model, lines, progress)
            staged.fill(None if skip else MOST_BAD)
            staged.take_out_repeated()
        if staged.bad and not skip:
            raise _refused(file, staged.bad)
        if skip:
            count = sum(_write_bite(transaction, staged, start) for start in staged.starts())
        else:
            with transaction() as writer:
                count = staged.write(writer, -1, None)
                if staged.bad:
                    raise _refused(file, staged.bad)
        return Loaded(count, sorted(staged.bad, key=lambda bad: bad.line))


def _write_bite(transaction: Transaction, staged: _Staged, start: int) -> int:
    time.sleep(_PAUSE_SECONDS)
    with transaction() as writer:
        return staged.write(writer, start, BITE)


class _Staged:
    """The rows of a file as SQLite is to keep them, each with the number of its line, and the lines that do not fit."""

    def __init__(
        self, connection: sqlite3.Connection, model: type[Row], lines: Lines, progress: Progress | None
    ) -> None:
        self.bad: list[BadLine] = []
        self._connection = connection
        self._lines = lines
        self._progress = progress
        self._columns = _columns_of(model)
        self._names = _named(model, self._columns, lines)
        self._plan = Plan(model, dict.fromkeys(self._names))
        self._steps = [
            (name, _step(model, self._columns[name], name, lines), write)
            for name, write in zip(self._names, self._plan.writers, strict=True)
        ]
        self._count = 0
        width = len(self._names) + len(self._plan.begun)
        connection.execute(f"CREATE TABLE staged (line INTEGER, {', '.join(f'c{i}' for i in range(width))})")
        self._insert = f"INSERT INTO staged VALUES ({', '.join('?' * (width + 1))})"

    def fill(self, limit: int | None) -> None:
        """Read the whole file; give it up after so many lines that do not fit."""
        bite: list[StagedRow] = []
        for number, fields in self._lines:
            row = self._kept(number, fields)
            if row is not None:
                bite.append((number, *row, *self._plan.fresh()))
            if len(bite) >= BITE:
                self._keep(bite)
            if limit is not None and len(self.bad) >= limit:
                return
        self._keep(bite)

    def take_out_repeated(self) -> None:
        """Of lines with the same key the first stays: each of the others would quietly write over it."""
        keys = [name for name, column in self._columns.items() if column.primary_key]
        if not set(keys) <= set(self._names):
            return
        places = ", ".join(f"c{self._names.index(name)}" for name in keys)
        repeated = self._connection.execute(
            f"SELECT line, first, {places} FROM (SELECT *, min(line) OVER (PARTITION BY {places}) AS first FROM staged) "
            "WHERE line > first"
        ).fetchall()
        for line, first, *key in repeated:
            seen = ", ".join(map(str, key))
            self.bad.append(BadLine(line, ", ".join(keys), seen, f"a key that line {first} does not have"))
        self._connection.executemany("DELETE FROM staged WHERE line = ?", ((line,) for line, *_ in repeated))

    def starts(self) -> Iterator[int]:
        """The lines after which the batches begin."""
        lines = [line for (line,) in self._connection.execute("SELECT line FROM staged ORDER BY line")]
        return iter([-1, *lines[BITE - 1 : -1 : BITE]] if lines else [])

    def write(self, writer: sqlite3.Connection, after: int, most: int | None) -> int:
        """Write so many rows; those that a constraint refuses are noted. Returns how many were written."""
        with statement(self._plan.statement, (), self._plan.names, many=True) as told:
            writer.execute("SAVEPOINT hipflask_load")
            try:
                rows = self._told(self._rows(after, most))
                written = writer.executemany(self._plan.statement, (row[1:] for row in rows)).rowcount
            except sqlite3.IntegrityError:
                writer.execute("ROLLBACK TO hipflask_load")
                written = sum(self._write_one(writer, row) for row in [*self._rows(after, most)])
            writer.execute("RELEASE hipflask_load")
            if told is not None:
                told.facts["rows"] = written
        return written

    def _write_one(self, writer: sqlite3.Connection, row: StagedRow) -> bool:
        try:
            writer.execute(self._plan.statement, row[1:])
        except sqlite3.IntegrityError as error:
            self.bad.append(self._broken(row, str(error)))
            return False
        return True

    def _rows(self, after: int, most: int | None) -> Iterable[StagedRow]:
        return self._connection.execute(
            "SELECT * FROM staged WHERE line > ? ORDER BY line LIMIT ?", (after, -1 if most is None else most)
        )

    def _told(self, rows: Iterable[StagedRow]) -> Iterator[StagedRow]:
        for place, row in enumerate(rows):
            yield row
            if place % BITE == 0:
                self._tell(self._lines.size * (1 + min(row[0] / max(self._lines.number, 1), 1)))
        self._tell(self._lines.size * 2)

    def _keep(self, bite: list[StagedRow]) -> None:
        self._connection.executemany(self._insert, bite)
        bite.clear()
        self._tell(self._lines.read_bytes)

    def _tell(self, done: float) -> None:
        if self._progress is not None:
            self._progress(int(done), self._lines.size * 2)

    def _kept(self, number: int, fields: list[Any] | Misfit) -> list[Any] | None:
        if isinstance(fields, Misfit):
            self.bad.append(BadLine(number, "", fields.value or "", fields.expected, fields.reason))
            return None
        try:
            return [write(read(field)) for (_, read, write), field in zip(self._steps, fields, strict=True)]
        except (Misfit, ValueRefused):
            self.bad += self._misfits(number, fields)
            return None

    def _misfits(self, number: int, fields: list[Any]) -> Iterator[BadLine]:
        for (name, read, write), field in zip(self._steps, fields, strict=True):
            seen = field if isinstance(field, str) else bytes(field).decode(errors="replace")
            try:
                value = read(field)
                write(value)
            except Misfit as error:
                yield BadLine(number, name, seen, error.expected, error.reason)
            except ValueRefused as error:
                told = misfit(self._columns[name].type, value, error)  # type: ignore[arg-type]
                yield BadLine(number, name, seen, told.expected, told.reason)

    def _broken(self, row: StagedRow, said: str) -> BadLine:
        """The line whose row SQLite has refused with these words."""
        kind, _, rest = said.partition(" constraint failed: ")
        table_names = {part.rpartition(".")[2] for part in rest.split(", ")}
        names = [name for name in self._names if self._columns[name].name in table_names]
        if said.startswith("FOREIGN KEY"):
            names = [name for name in self._names if self._columns[name].foreign_keys]
        expected = {
            "UNIQUE": "what no other row has",
            "FOREIGN KEY constraint failed": "the key of a row that is there",
            "CHECK": f"what {rest} allows",
        }
        seen = ", ".join(str(row[1 + self._names.index(name)]) for name in names)
        return BadLine(row[0], ", ".join(names), seen, expected.get(kind, f"what SQLite takes ({said})"))


def _columns_of(model: type[Row]) -> dict[str, sa.Column[Any]]:
    mapper: Any = sa.inspect(model)
    return {name: column for name, column in mapper.columns.items() if isinstance(column, sa.Column)}


def _named(model: type[Row], columns: dict[str, sa.Column[Any]], lines: Lines) -> list[str]:
    """The names of the file's columns, if rows can be made of them."""
    known = f"the columns of {model.__name__}: {', '.join(columns)}"
    for name in lines.names:
        if name not in columns:
            raise _refused_head(f"{name!r} is none of {known}")
        if lines.names.count(name) > 1:
            raise _refused_head(f"{name!r} is there twice")
    needed = [
        name for name, value in defaults_of(model).items() if value is MISSING and name not in lines.names
    ]
    if needed or not lines.names:
        raise _refused_head(f"it lacks {', '.join(needed) or 'names'}; {known}")
    return lines.names


def _refused_head(what: str) -> LinesRefused:
    bad = BadLine(1, "", "", "the names of columns", what)
    return LinesRefused(f"The first line has to name columns, and {what}. Nothing was written.", [bad])


def _step(model: type[Row], column: sa.Column[Any], name: str, lines: Lines) -> Read:
    """What reads a field; an empty one of CSV stands for what the column begins with, where it has to have a value."""
    read = _reader(column, lines)
    default = defaults_of(model).get(name, MISSING)
    if column.nullable or default is MISSING or not isinstance(lines, Csv):
        return read

    def read_some(field: Any) -> Any:
        value = read(field)
        if value is None:
            return default() if callable(default) else default
        return value

    return read_some


def _reader(column: sa.Column[Any], lines: Lines) -> Read:
    if isinstance(lines, Csv):
        # Whoever separates by semicolons does so because their decimals have commas.
        return text_reader(column, has_decimal_commas=lines.delimiter != ",")
    return json_reader(column)


def _refused(file: Path, bad: list[BadLine]) -> LinesRefused:
    bad = sorted(bad, key=lambda each: each.line)
    count = f"{len(bad):,}" if len(bad) < MOST_BAD else f"At least {len(bad):,}"
    shown = "\n".join(f"  {each}" for each in bad[:_SHOWN])
    more = f"\n  … and {len(bad) - _SHOWN:,} more" if len(bad) > _SHOWN else ""
    return LinesRefused(
        f"{count} {'value does' if len(bad) == 1 else 'values do'} not fit in {file}, so nothing of it was written:\n{shown}{more}\n"
        "Put them right, or have those lines left out: db.load(…, skip=True), `hipflask db import … --skip`.",
        bad,
    )
