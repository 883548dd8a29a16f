"""Random SQL on tables of several shapes, and what a change log must say about it: for tests of the log.

`disagreement(before, after, changes)` is the oracle. It knows nothing of triggers: it compares two pictures of the tables with what
the log says happened in between.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from hipflask.store.changes.capture import quoted
from hipflask.store.changes.log import Change, Key, Log

metadata = sa.MetaData()
STRICT = {"sqlite_strict": True}
BARE = {"sqlite_strict": True, "sqlite_with_rowid": False}

sa.Table(
    "person",
    metadata,
    sa.Column("id", sa.Text(collation="NOCASE"), primary_key=True),
    sa.Column("email", sa.Text(collation="NOCASE"), unique=True),
    sa.Column("age", sa.Integer),
    **BARE,
)
sa.Table(
    "item",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("owner", sa.ForeignKey("person.id", ondelete="CASCADE", onupdate="CASCADE")),
    sa.Column("parent", sa.ForeignKey("item.id", ondelete="SET NULL", onupdate="CASCADE")),
    sa.Column("n", sa.Integer),
    sa.Column("touched", sa.Integer, server_default="0"),
    **STRICT,
)
sa.Table(
    "pair",
    metadata,
    sa.Column("x", sa.LargeBinary, primary_key=True),
    sa.Column("y", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("v", sa.Text),
    **BARE,
)
sa.Table(
    "tag",
    metadata,
    sa.Column("id", sa.LargeBinary, primary_key=True),
    sa.Column("slot", sa.Integer),
    sa.Column("side", sa.Integer),
    sa.Column("select", sa.REAL),
    sa.UniqueConstraint("slot", "side"),
    **STRICT,
)
TABLES = list(metadata.tables.values())

# An app's own triggers: one writes to another row, one to another table, one takes back what caused it, one brings it back.
OWN_TRIGGERS = (
    "CREATE TRIGGER touch AFTER INSERT ON item BEGIN UPDATE item SET touched = touched + 1 WHERE id = NEW.parent; END",
    "CREATE TRIGGER bury AFTER DELETE ON person WHEN OLD.age = 1 BEGIN INSERT OR IGNORE INTO pair VALUES (x'dead', 1, OLD.email); END",
    "CREATE TRIGGER bounce AFTER INSERT ON tag WHEN NEW.slot = 3 BEGIN DELETE FROM tag WHERE id = NEW.id; END",
    "CREATE TRIGGER phoenix AFTER DELETE ON pair WHEN OLD.v = 'b' BEGIN INSERT INTO pair VALUES (OLD.x, OLD.y, 'c'); END",
    "CREATE TRIGGER refuse BEFORE UPDATE ON person WHEN NEW.age = 3 BEGIN SELECT RAISE(IGNORE); END",
)

SEED = (
    "INSERT INTO person VALUES ('k1', 'a', 1), ('k2', 'b', 2), ('k3', NULL, NULL)",
    "INSERT INTO item VALUES (1, 'k1', NULL, 1, 0), (2, 'k2', 1, 2, 0), (3, 'k1', 2, NULL, 0)",
    "INSERT INTO pair VALUES (x'', 1, 'a'), (x'00ff', 2, 'b')",
    "INSERT INTO tag VALUES (x'', 0, 1, 0.5), (x'00', 1, 1, NULL), (x'00ff', 1, 2, 1)",
)

Picture = dict[str, dict[Key, dict[str, object]]]


def create(connection: sqlite3.Connection, schema: str = "main", *, own_triggers: bool = True) -> Log:
    """The tables in a file, watched by its log."""
    log = Log(TABLES, schema)
    for table in TABLES:
        text = str(sa.schema.CreateTable(table).compile(dialect=sqlite.dialect()))
        connection.execute(text.replace("CREATE TABLE ", f"CREATE TABLE {schema}.", 1))
    log.install(connection)
    if own_triggers:
        for text in OWN_TRIGGERS:
            connection.execute(text.replace("CREATE TRIGGER ", f"CREATE TRIGGER {schema}.", 1))
        log.install(connection)
    return log


def connect(path: Path | str, *, recursive: bool = True, foreign_keys: bool = True) -> sqlite3.Connection:
    """A connection as the store has it, or another program: without recursive triggers."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA trusted_schema = {recursive:d}")
    connection.execute(f"PRAGMA recursive_triggers = {recursive:d}")
    connection.execute(f"PRAGMA foreign_keys = {foreign_keys:d}")
    return connection


def picture(connection: sqlite3.Connection, schema: str = "main") -> Picture:
    """All that stands in the tables."""
    return {table.name: _rows(connection, schema, table) for table in TABLES}


def _rows(connection: sqlite3.Connection, schema: str, table: sa.Table) -> dict[Key, dict[str, object]]:
    names = [column.name for column in table.columns]
    found = connection.execute(f"SELECT {', '.join(map(quoted, names))} FROM {schema}.{quoted(table.name)}")
    rows = (dict(zip(names, row, strict=True)) for row in found)
    return {_key(table, row): row for row in rows}


def _key(table: sa.Table, row: dict[str, object]) -> Key:
    parts = tuple(row[column.name] for column in table.primary_key)
    return parts if len(parts) > 1 else parts[0]  # type: ignore[return-value]


def disagreement(before: Picture, after: Picture, changes: Sequence[Change]) -> str | None:
    """What the log gets wrong about the difference between two pictures."""
    told: dict[tuple[str, Key], list[Change]] = defaultdict(list)
    for change in changes:
        told[change.table, change.key].append(change)
    for table in TABLES:
        rows = before[table.name], after[table.name]
        for key in {*rows[0], *rows[1], *(key for name, key in told if name == table.name)}:
            changed = told.get((table.name, key), [])
            wrong = _wrong(rows[0].get(key), rows[1].get(key), changed)
            if wrong:
                return f"{table.name} {key!r}: {wrong}. {rows[0].get(key)} → {rows[1].get(key)}: {changed}"
    return None


def _wrong(
    old: dict[str, object] | None, new: dict[str, object] | None, told: Sequence[Change]
) -> str | None:
    kinds = [change.kind for change in told]
    comings = [kind for kind in kinds if kind != "update"]
    if new is None:
        if old is None and kinds and (kinds[0] != "insert" or kinds[-1] != "delete"):
            return "it came and went, and the log does not say so in order"
        return None if old is None or kinds[-1:] == ["delete"] else "it is gone, and the log does not end so"
    if old is None or comings:
        return None if comings[-1:] == ["insert"] else "it is there, and the log does not say that it came"
    columns = frozenset().union(*(change.columns for change in told))
    differs = {name for name in new if new[name] != old[name]}
    if not differs <= columns:
        return f"{differs - columns} changed, and the log does not say so"
    if len(told) == 1 and columns != differs:
        return f"{columns - differs} did not change, and the log says so"
    return None


_text = st.sampled_from(["'a'", "'b'", "'A'", "'it''s'", "NULL"])
_id = st.sampled_from(["'k1'", "'k2'", "'K3'", "''"])
_small = st.sampled_from(["0", "1", "2", "3", "NULL", "9007199254740993"])
_number = st.integers(1, 4).map(str)
_blob = st.sampled_from(["x''", "x'00'", "x'00ff'"])
_real = st.sampled_from(["0.5", "1", "-0.0", "NULL"])
_COLUMNS = {
    "person": {"id": _id, "email": _text, "age": _small},
    "item": {
        "id": _number,
        "owner": st.one_of(_id, st.just("NULL")),
        "parent": st.one_of(_number, st.just("NULL")),
        "n": _small,
    },
    "pair": {"x": _blob, "y": _number, "v": _text},
    "tag": {"id": _blob, "slot": _small, "side": _number, '"select"': _real},
}
_KEYS = {"person": "id", "item": "id", "pair": "x, y", "tag": "id"}
_or = st.sampled_from(["", "", "OR REPLACE ", "OR IGNORE ", "OR FAIL ", "OR ROLLBACK "])


@st.composite
def statements(draw: st.DrawFn) -> str:
    """One statement that writes; it may fail on a constraint."""
    table = draw(st.sampled_from(list(_COLUMNS)))
    columns = _COLUMNS[table]

    def assignment() -> str:
        name = draw(st.sampled_from(list(columns)))
        value = draw(st.one_of(columns[name], st.just(name)))
        return f"{name} = {value}"

    def assignments() -> str:
        return ", ".join({text.split(" = ")[0]: text for text in (assignment(), assignment())}.values())

    def where() -> str:
        name = draw(st.sampled_from(list(columns)))
        return draw(
            st.sampled_from(
                ["", f" WHERE {name} IS {draw(columns[name])}", f" WHERE {name} > {draw(columns[name])}"]
            )
        )

    def row() -> str:
        return "(" + ", ".join(draw(value) for value in columns.values()) + ")"

    rows = ", ".join(row() for _ in range(draw(st.integers(1, 3))))
    into = f"INTO {table} ({', '.join(columns)}) VALUES "
    match draw(st.sampled_from(["insert", "insert", "upsert", "update", "update", "delete", "rowid"])):
        case "insert":
            return f"INSERT {draw(_or)}{into}{rows}"
        case "upsert":
            target = draw(st.sampled_from(["", f" ({_KEYS[table]})"]))
            action = draw(st.sampled_from(["NOTHING", f"UPDATE SET {assignments()}"]))
            return f"INSERT {into}{rows} ON CONFLICT{target} DO {action}"
        case "update":
            return f"UPDATE {draw(_or)}{table} SET {assignments()}{where()}"
        case "delete":
            return f"DELETE FROM {table}{where()}"
        case _:
            return f"UPDATE {draw(_or)}item SET {draw(st.sampled_from(['rowid', 'oid', '_rowid_']))} = {draw(_number)}{'' if table != 'item' else where()}"


controls = st.sampled_from(
    ["BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK", "SAVEPOINT s", "ROLLBACK TO s", "RELEASE s"]
)
scripts = st.lists(st.one_of(statements(), statements(), statements(), controls), min_size=1, max_size=14)
