"""Full-text search: `class Item(db.Model, search=("name", "notes"))`, `Item.search("bolt nut")`.

    _hipflask_search_item_words     FTS5's index, with the text of those columns      number → words
    _hipflask_search_item_keys      number ↔ key, for tables whose key is not a whole number

Triggers in plain SQL keep it up to date, so that the writes of any program are found. They index what stands in the table rather
than what was written: an app's own trigger may have changed it since. They do without ON CONFLICT, because that of the
statement which fires a trigger takes its place. REPLACE on a connection without `recursive_triggers` leaves words behind of the rows
that it has pushed out; they lead to no row, and are gone after `rebuild`.

FTS5's own copy of the text costs room. It cannot be pointed at the table instead: then taking a row out needs to know exactly
what was indexed, and one REPLACE from elsewhere damages the index for good.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ...core.errors import UsageError
from ..sql import quoted
from ..types.scalars import Str
from .words import wanted

PREFIX = "_hipflask_search_"
COLUMNS, INDEX = "hipflask.search", "hipflask.index"  # in a table's info: which columns are searched, and how

_TOKENS = "unicode61 remove_diacritics 2"


def declare(model: Any, columns: Sequence[str]) -> None:
    """Have these attributes of a model searched; raises UsageError where that cannot be."""
    names = [columns] if isinstance(columns, str) else list(columns)
    known = {
        attribute.key: column
        for attribute in model.__mapper__.column_attrs
        for column in attribute.columns
        if isinstance(column, sa.Column) and isinstance(column.type, Str)
    }
    strange = [name for name in names if name not in known]
    if strange:
        raise UsageError(
            f"class {model.__name__}(…, search={columns!r}): {', '.join(strange)} is no column with text. "
            f"It has: {', '.join(known) or 'none'}."
        )
    model.__table__.info[COLUMNS] = [known[name].name for name in names]


def search(model: Any, text: str) -> sa.Select[Any]:
    """The rows of a model in which the words of a text are found, the best first."""
    if COLUMNS not in model.__table__.info:
        raise UsageError(
            f"{model.__name__}.search was used, and none of its columns are searched. Write "
            f'`class {model.__name__}(db.Model, search=("name",)):`.'
        )
    index = index_of(model.__table__)
    present, absent = wanted(text)
    query = sa.select(model)
    if present:
        text = f"({present}) NOT ({absent})" if absent else present
        # No JOIN in words: filter_by() would then be about the table that was joined last.
        return query.where(index.joined(), index.matches(text)).order_by(index.words.c.rank)
    if absent:
        found = sa.select(*index.keys).where(index.matches(absent))
        found = found if index.numbers is None else found.where(index.by_number)
        return query.where(sa.tuple_(*model.__table__.primary_key).not_in(found))
    return query


class Index:
    """The index of one table."""

    def __init__(self, table: sa.Table) -> None:
        self.table = table
        self.columns: list[str] = table.info[COLUMNS]
        self.name = f"{PREFIX}{table.name}_words"
        self.schema = table.schema
        key = list(table.primary_key)
        self._is_number = len(key) == 1 and bool(table.dialect_options["sqlite"]["with_rowid"])
        ours = sa.MetaData(schema=table.schema)
        # FTS5 calls the column in which one looks as the table.
        self.words = sa.Table(
            self.name,
            ours,
            *(sa.Column(name, kind) for name, kind in (("rowid", sa.Integer), ("rank", sa.Float))),
            sa.Column(self.name, sa.Text),
        )
        self.numbers = None if self._is_number else _numbers(ours, table)
        self.keys: list[Any] = [self.words.c.rowid] if self.numbers is None else [*self.numbers.c][1:]

    @property
    def by_number(self) -> Any:
        """The words belong to the keys."""
        assert self.numbers is not None
        return self.words.c.rowid == self.numbers.c.number

    def joined(self) -> Any:
        """The words belong to the rows of the table."""
        pairs = [
            mine == sa.type_coerce(its, mine.type)
            for mine, its in zip(self.table.primary_key, self.keys, strict=True)
        ]
        return sa.and_(*pairs) if self.numbers is None else sa.and_(self.by_number, *pairs)

    def matches(self, text: str) -> Any:
        """The words are what FTS5 looks for."""
        return self.words.c[self.name].op("MATCH", is_comparison=True)(text)

    # ── what is in the file ───────────────────────────────────────────────────────────────────────

    def tables(self) -> dict[str, str]:
        """The text of its own tables, by name, as SQLite keeps it (without a schema)."""
        names = ", ".join(map(quoted, self.columns))
        made = {
            self.name: f'CREATE VIRTUAL TABLE {quoted(self.name)} USING fts5({names}, tokenize="{_TOKENS}")'
        }
        if self.numbers is not None:
            keys = ", ".join(f"{quoted(column.name)} NOT NULL" for column in [*self.numbers.c][1:])
            unique = ", ".join(quoted(column.name) for column in [*self.numbers.c][1:])
            made[self.numbers.name] = (
                f"CREATE TABLE {quoted(self.numbers.name)} (number INTEGER PRIMARY KEY, {keys}, UNIQUE ({unique}))"
            )
        return made

    def triggers(self) -> dict[str, str]:
        """The text of its triggers, by name, as SQLite keeps it (without a schema)."""
        watched = [*self.columns, *(column.name for column in self.table.primary_key)]
        is_other = " OR ".join(
            f"OLD.{quoted(name)} IS NOT NEW.{quoted(name)} COLLATE BINARY" for name in watched
        )
        events = {
            "insert": ("AFTER INSERT", "", self._index("NEW")),
            "delete": ("AFTER DELETE", "", self._forget("OLD")),
            "update": (
                f"AFTER UPDATE OF {', '.join(map(quoted, watched))}",
                f"WHEN {is_other} ",
                self._forget("OLD") + self._index("NEW"),
            ),
        }
        return {
            (name := f"{PREFIX}{word}_{self.table.name}"): (
                f"CREATE TRIGGER {quoted(name)} {event} ON {quoted(self.table.name)} {when}BEGIN {body}END"
            )
            for word, (event, when, body) in events.items()
        }

    def fill(self) -> list[str]:
        """The statements that index all rows."""
        into = _within(self.schema)
        table, columns = into + quoted(self.table.name), ", ".join(map(quoted, self.columns))
        if self.numbers is None:
            (key,) = self.table.primary_key
            return [
                f"INSERT INTO {into}{quoted(self.name)} (rowid, {columns}) SELECT {quoted(key.name)}, {columns} FROM {table}"
            ]
        keys = ", ".join(quoted(column.name) for column in self.table.primary_key)
        numbers, its = into + quoted(self.numbers.name), [quoted(column.name) for column in self.keys]
        return [
            f"INSERT INTO {numbers} ({', '.join(its)}) SELECT {keys} FROM {table}",
            f"INSERT INTO {into}{quoted(self.name)} (rowid, {columns}) SELECT number, {columns} FROM {table}, {numbers} "
            f"WHERE ({keys}) = ({', '.join(its)})",
        ]

    def _index(self, row: str) -> str:
        """Put a row's words in, in place of any that are there."""
        columns = ", ".join(map(quoted, self.columns))
        words, table = quoted(self.name), quoted(self.table.name)
        take_out = f"DELETE FROM {words} WHERE rowid = {self._number(row)}; "
        if self.numbers is None:
            put_in = f"INSERT INTO {words} (rowid, {columns}) SELECT {self._number(row)}, {columns} FROM {table} WHERE {self._is(row)}; "
            return take_out + put_in
        numbers, its = quoted(self.numbers.name), [quoted(column.name) for column in self.keys]
        values = ", ".join(f"{row}.{quoted(column.name)}" for column in self.table.primary_key)
        return (
            take_out
            + f"INSERT INTO {numbers} ({', '.join(its)}) SELECT {values} FROM {table} WHERE {self._is(row)} "
            f"AND {self._number(row)} IS NULL; "
            f"INSERT INTO {words} (rowid, {columns}) SELECT {self._number(row)}, {columns} FROM {table} WHERE {self._is(row)}; "
        )

    def _forget(self, row: str) -> str:
        """Take a row's words out, unless it is there (again)."""
        is_gone = f"NOT EXISTS (SELECT 1 FROM {quoted(self.table.name)} WHERE {self._is(row)})"
        text = f"DELETE FROM {quoted(self.name)} WHERE rowid = {self._number(row)} AND {is_gone}; "
        if self.numbers is not None:
            text += f"DELETE FROM {quoted(self.numbers.name)} WHERE {self._has_key(row)} AND {is_gone}; "
        return text

    def _number(self, row: str) -> str:
        if self.numbers is None:
            (key,) = self.table.primary_key
            return f"{row}.{quoted(key.name)}"
        return f"(SELECT number FROM {quoted(self.numbers.name)} WHERE {self._has_key(row)})"

    def _has_key(self, row: str) -> str:
        pairs = zip(self.keys, self.table.primary_key, strict=True)
        return " AND ".join(f"{quoted(its.name)} = {row}.{quoted(column.name)}" for its, column in pairs)

    def _is(self, row: str) -> str:
        names = [quoted(column.name) for column in self.table.primary_key]
        return " AND ".join(f"{quoted(self.table.name)}.{name} = {row}.{name}" for name in names)


def index_of(table: sa.Table) -> Index:
    """The index of a table whose model is searched."""
    if INDEX not in table.info:
        table.info[INDEX] = Index(table)
    index: Index = table.info[INDEX]
    return index


def install(connection: sqlite3.Connection, tables: Sequence[sa.Table], schema: str = "main") -> None:
    """Have all declared columns of those of the tables that are in this file indexed from now on, and no others.

    The connection is in a transaction. Whatever is not as it should be is made anew, from the rows.
    """
    there = dict(
        connection.execute(
            f"SELECT name, sql FROM {quoted(schema)}.sqlite_schema WHERE name GLOB '{PREFIX}*' AND sql IS NOT NULL "
            "AND (type = 'trigger' OR name GLOB '*_words' OR name GLOB '*_keys')"
        ).fetchall()
    )
    indexes = [
        index_of(table) for table in tables if COLUMNS in table.info and (table.schema or "main") == schema
    ]
    good: set[str] = set()
    for index in indexes:
        texts = index.tables() | index.triggers()
        if all(there.get(name) == text for name, text in texts.items()):
            good |= texts.keys()
    for name in there.keys() - good:
        _drop(connection, schema, name, there[name])
    for index in indexes:
        if index.name not in good:
            _make(connection, schema, index.tables() | index.triggers(), index.fill())


def rebuild(connection: sqlite3.Connection, table: sa.Table) -> None:
    """Index all rows of a table anew, also where the index is damaged."""
    index = index_of(table)
    for name, text in index.tables().items():
        _drop(connection, table.schema or "main", name, text)
    _make(connection, table.schema or "main", index.tables(), index.fill())


def flaws(connection: sqlite3.Connection, table: sa.Table) -> list[str]:
    """What is wrong with the index of a table, in sentences; none if every row can be found. Takes a while."""
    if COLUMNS not in table.info:
        return []
    index = index_of(table)
    into, words = _within(index.schema), quoted(index.name)
    try:
        connection.execute(f"INSERT INTO {into}{words} ({words}) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        return [
            f"The search index of {table.name} is damaged ({error}). Call `db.reindex(…)` with its model."
        ]
    columns = ", ".join(map(quoted, index.columns))
    keys = ", ".join(quoted(column.name) for column in table.primary_key)
    its = ", ".join(quoted(column.name) for column in index.keys)
    joined = f"{into}{words}" + (
        f" JOIN {into}{quoted(index.numbers.name)} ON number = {words}.rowid"
        if index.numbers is not None
        else ""
    )
    (missing,) = connection.execute(
        f"SELECT count(*) FROM (SELECT {keys}, {columns} FROM {into}{quoted(table.name)} EXCEPT SELECT {its}, {columns} FROM {joined})"
    ).fetchone()
    if not missing:
        return []
    return [
        f"The search index of {table.name} lacks {missing:,} of its rows. Call `db.reindex(…)` with its model."
    ]


def _make(connection: sqlite3.Connection, schema: str, texts: Mapping[str, str], fill: Sequence[str]) -> None:
    for name, text in texts.items():
        connection.execute(text.replace(quoted(name), f"{quoted(schema)}.{quoted(name)}", 1))
    for statement in fill:
        connection.execute(statement)


def _drop(connection: sqlite3.Connection, schema: str, name: str, text: str) -> None:
    kind = "TRIGGER" if text.startswith("CREATE TRIGGER") else "TABLE"
    connection.execute(f"DROP {kind} IF EXISTS {quoted(schema)}.{quoted(name)}")


def _numbers(ours: sa.MetaData, table: sa.Table) -> sa.Table:
    keys = [sa.Column(f"key_{column.name}", column.type) for column in table.primary_key]
    return sa.Table(f"{PREFIX}{table.name}_keys", ours, sa.Column("number", sa.Integer), *keys)


def _within(schema: str | None) -> str:
    return "" if schema is None else f"{quoted(schema)}."
