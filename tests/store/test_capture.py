"""The audit of the change log: whatever SQL does, the log says what is different now, no more and no less."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from histories import SEED, TABLES, connect, create, disagreement, picture, scripts
from hypothesis import given, settings
from hypothesis import strategies as st

from hipflask.store.changes import capture
from hipflask.store.changes.log import Change, Log
from lacking import lacking


@given(scripts, st.booleans(), st.booleans(), st.booleans())
@settings(max_examples=settings().max_examples * 5)
def test_the_log_is_the_difference(
    script: list[str], is_ours: bool, has_foreign_keys: bool, has_own_triggers: bool
) -> None:
    with contextlib.closing(
        connect(":memory:", recursive=is_ours, foreign_keys=has_foreign_keys)
    ) as connection:
        log = create(connection, own_triggers=has_own_triggers)
        beginning = picture(connection)
        for statement in [*SEED, *script]:
            before, newest = picture(connection), log.newest(connection)
            was_in_transaction = connection.in_transaction
            with contextlib.suppress(sqlite3.IntegrityError, sqlite3.OperationalError):
                connection.execute(statement)
            if "ROLLBACK" in statement and was_in_transaction:
                before, newest = beginning, 0
            batch = log.read(connection, newest)
            assert not batch.has_gap
            assert disagreement(before, picture(connection), batch.changes) is None, statement
        sequences = [change.sequence for change in log.read(connection, 0).changes]
        assert sequences == sorted(set(sequences))
        assert disagreement(beginning, picture(connection), log.read(connection, 0).changes) is None


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """A store's connection to a new file in memory."""
    with contextlib.closing(connect(":memory:")) as connection:
        yield connection


@pytest.fixture(params=[True, False], ids=["ours", "another_program"])
def seeded(request: pytest.FixtureRequest) -> Iterator[sqlite3.Connection]:
    """The same with rows in it; also as another program connects, which has recursive triggers off."""
    with contextlib.closing(connect(":memory:", recursive=request.param)) as connection:
        create(connection)
        for statement in SEED:
            connection.execute(statement)
        yield connection


def told(connection: sqlite3.Connection, *statements: str) -> list[tuple[object, ...]]:
    """What the log says of these statements, in short."""
    log = Log(TABLES)
    newest = log.newest(connection)
    for statement in statements:
        connection.execute(statement)
    return [short(change) for change in log.read(connection, newest).changes]


def short(change: Change) -> tuple[object, ...]:
    return (
        change.kind,
        change.table,
        change.key,
        *(sorted(change.columns) if change.kind == "update" else ()),
    )


@pytest.mark.parametrize(
    ("statement", "changes"),
    [
        ("INSERT INTO pair VALUES (x'01', 9007199254740993, NULL)", [("insert", "pair", (b"\1", 9007199254740993))]),
        ("UPDATE person SET age = age", []),
        ("UPDATE person SET age = 7", [("update", "person", key, "age") for key in ("k1", "k2", "k3")]),
        ("UPDATE person SET email = 'A' WHERE id = 'k1'", [("update", "person", "k1", "email")]),
        ("UPDATE person SET email = 'c', age = 4 WHERE email IS NULL", [("update", "person", "k3", "age", "email")]),
        ("UPDATE person SET age = NULL WHERE id = 'k2'", [("update", "person", "k2", "age")]),
        ("UPDATE person SET age = 3", []),  # refused by the app's own trigger
        ("UPDATE pair SET y = 5, v = 'z' WHERE y = 1", [("delete", "pair", (b"", 1)), ("insert", "pair", (b"", 5))]),
        ("UPDATE item SET rowid = 9 WHERE id = 3", [("delete", "item", 3), ("insert", "item", 9)]),
        ("INSERT OR IGNORE INTO person VALUES ('k9', 'B', 9)", []),
        ("INSERT INTO person VALUES ('k9', 'B', 9) ON CONFLICT DO NOTHING", []),
        ("UPDATE OR IGNORE person SET email = 'a' WHERE id = 'k2'", []),
        (
            "INSERT INTO person VALUES ('k9', 'B', 9) ON CONFLICT (email) DO UPDATE SET age = excluded.age",
            [("update", "person", "k2", "age")],
        ),
        ("DELETE FROM tag WHERE slot = 1", [("delete", "tag", b"\0"), ("delete", "tag", b"\0\xff")]),
        # The app's own triggers take it back, or bring it back.
        ("INSERT INTO tag VALUES (x'02', 3, 3, 3)", [("insert", "tag", b"\2"), ("delete", "tag", b"\2")]),
        ("DELETE FROM pair WHERE v = 'b'", [("delete", "pair", (b"\0\xff", 2)), ("insert", "pair", (b"\0\xff", 2))]),
        (
            "INSERT INTO item VALUES (4, NULL, 1, 0, 0)",
            [("insert", "item", 4), ("update", "item", 1, "touched")],
        ),
        # Foreign keys: item 2 belongs to k2 and is item 3's parent.
        (
            "DELETE FROM person WHERE id = 'k2'",
            [("update", "item", 3, "parent"), ("delete", "item", 2), ("delete", "person", "k2")],
        ),
    ],
)  # fmt: skip
def test_what_a_statement_leaves_in_the_log(
    seeded: sqlite3.Connection, statement: str, changes: list[tuple[object, ...]]
) -> None:
    assert told(seeded, statement) == changes


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT OR REPLACE INTO person VALUES ('k9', 'B', 9)",
        "REPLACE INTO person VALUES ('k3', 'b', 9)",
        "UPDATE OR REPLACE person SET email = 'B' WHERE id = 'k3'",
        "REPLACE INTO person VALUES ('K2', NULL, 9)",
        "UPDATE OR REPLACE person SET id = 'K2' WHERE id = 'k3'",
    ],
)
def test_whoever_loses_its_place_to_a_replace_is_gone_in_the_log_too(
    seeded: sqlite3.Connection, statement: str
) -> None:
    assert ("delete", "person", "k2") in told(seeded, statement)


def test_what_is_rolled_back_was_never_there(seeded: sqlite3.Connection) -> None:
    script = [
        "BEGIN",
        "DELETE FROM item",
        "ROLLBACK",
        "BEGIN",
        "UPDATE item SET n = 5 WHERE id = 1",
        "SAVEPOINT s",
        "DELETE FROM item",
        "ROLLBACK TO s",
        "COMMIT",
    ]
    assert told(seeded, *script) == [("update", "item", 1, "n")]


def test_a_trigger_of_the_app_that_comes_later_has_to_wait_its_turn(connection: sqlite3.Connection) -> None:
    log = create(connection, own_triggers=False)
    connection.execute("CREATE TRIGGER late AFTER INSERT ON tag BEGIN DELETE FROM tag WHERE id = NEW.id; END")
    log.install(connection)
    assert told(connection, "INSERT INTO tag VALUES (x'', 1, 1, 1)") == [
        ("insert", "tag", b""),
        ("delete", "tag", b""),
    ]


def shell(path: Path, script: Sequence[str]) -> None:
    """Run a script in SQLite's own command line, which goes on after an error."""
    program = shutil.which("sqlite3") or lacking("The sqlite3 command line")
    subprocess.run(
        [str(program), "-batch", str(path)], input=";\n".join([*script, ""]), text=True, capture_output=True
    )


@given(scripts)
@settings(max_examples=settings().max_examples // 2)
def test_the_log_sees_what_the_sqlite3_shell_does(
    tmp_path_factory: pytest.TempPathFactory, script: list[str]
) -> None:
    path = tmp_path_factory.mktemp("shell") / "store.db"
    with contextlib.closing(connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        log = create(connection)
        for statement in SEED:
            connection.execute(statement)
        before, newest = picture(connection), log.newest(connection)
        shell(path, script)
        after, batch = picture(connection), log.read(connection, newest)
        assert not batch.has_gap
        assert disagreement(before, after, batch.changes) is None


def test_what_another_process_writes_is_logged_alike(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with contextlib.closing(connect(path)) as connection:
        log = create(connection)
        writer = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])"
        subprocess.run([sys.executable, "-c", writer, str(path), SEED[0]], check=True)
        assert [change.key for change in log.read(connection, 0).changes] == ["k1", "k2", "k3"]
        assert {change.origin for change in log.read(connection, 0).changes} == {0}


def test_more_columns_than_bits_share_the_last_one(connection: sqlite3.Connection) -> None:
    names = [f"c{place}" for place in range(70)]
    table = sa.Table(
        "wide",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Integer) for name in names),
    )
    connection.execute(
        f"CREATE TABLE wide (id INTEGER PRIMARY KEY, {', '.join(f'{name} INTEGER' for name in names)})"
    )
    log = Log([table])
    log.install(connection)
    connection.execute("INSERT INTO wide (id) VALUES (1)")
    for name in ("c0", "c59", "c60", "c69"):
        connection.execute(f"UPDATE wide SET {name} = 1")
    own, last, *shared = (change.columns for change in log.read(connection, 1).changes)
    assert own == {"c0"} and last == {"c59"}
    assert shared == [set(names[60:])] * 2  # the key has number 0, so c60 is the first beyond


def test_names_may_be_anything(connection: sqlite3.Connection) -> None:
    table = sa.Table(
        'my "table"',
        sa.MetaData(),
        sa.Column("select", sa.Text, primary_key=True),
        sa.Column('a "b" c', sa.Text, unique=True),
    )
    connection.execute('CREATE TABLE "my ""table""" ("select" TEXT PRIMARY KEY, "a ""b"" c" TEXT UNIQUE)')
    log = Log([table])
    log.install(connection)
    log.install(connection)
    connection.execute('INSERT INTO "my ""table""" VALUES (\'k\', 1)')
    connection.execute('UPDATE "my ""table""" SET "a ""b"" c" = 2')
    assert [change.columns for change in log.read(connection, 1).changes] == [{'a "b" c'}]


def test_a_table_of_nothing_but_a_key_has_no_updates(connection: sqlite3.Connection) -> None:
    table = sa.Table("seen", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))
    connection.execute("CREATE TABLE seen (id INTEGER PRIMARY KEY)")
    Log([table]).install(connection)
    connection.execute("INSERT INTO seen VALUES (1)")
    connection.execute("UPDATE seen SET id = 1")
    assert [change.key for change in Log([table]).read(connection, 0).changes] == [1]


def test_a_table_without_a_key_is_refused(connection: sqlite3.Connection) -> None:
    with pytest.raises(ValueError, match=r"'loose' has no primary key.*primary_key=True"):
        Log([sa.Table("loose", sa.MetaData(), sa.Column("n", sa.Integer))]).install(connection)
    assert not connection.in_transaction


@pytest.mark.parametrize("where", [None, sa.text("n > 0")], ids=["whole", "partial"])
def test_a_unique_index_may_push_rows_out_too(
    connection: sqlite3.Connection, where: sa.TextClause | None
) -> None:
    """A partial one is not foreseen: looking for rows in its way would mean reading the whole table."""
    table = sa.Table(
        "slot", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer)
    )
    sa.Index("one", table.c.n, unique=True, sqlite_where=where)
    connection.execute("CREATE TABLE slot (id INTEGER PRIMARY KEY, n INTEGER)")
    connection.execute(f"CREATE UNIQUE INDEX one ON slot (n) {'' if where is None else f'WHERE {where}'}")
    connection.execute("PRAGMA recursive_triggers = OFF")
    log = Log([table])
    log.install(connection)
    connection.execute("INSERT INTO slot VALUES (1, 5)")
    connection.execute("REPLACE INTO slot VALUES (2, 5)")
    kinds = [change.kind for change in log.read(connection, 1).changes]
    assert kinds == (["delete", "insert"] if where is None else ["insert"])


def test_composite_keys_come_back_as_they_are(connection: sqlite3.Connection) -> None:
    columns = [
        sa.Column(name, kind, primary_key=True)
        for name, kind in (("a", sa.Text), ("b", sa.LargeBinary), ("c", sa.Integer))
    ]
    connection.execute("CREATE TABLE three (a TEXT, b BLOB, c INTEGER, PRIMARY KEY (a, b, c)) STRICT")
    log = Log([sa.Table("three", sa.MetaData(), *columns)])
    log.install(connection)
    keys = [
        ("", b"", 0),
        ("it's, 'X''27'\n", b"'\0\xff", -(2**63)),
        ("X'00'", b"12", 2**63 - 1),
        ("ü12", b"\n", -1),
    ]
    connection.executemany("INSERT INTO three VALUES (?, ?, ?)", keys)
    assert [change.key for change in log.read(connection, 0).changes] == keys


def test_another_layout_is_not_touched(connection: sqlite3.Connection) -> None:
    log = create(connection)
    connection.execute(f"UPDATE _hipflask_state SET layout = {capture.LAYOUT + 1}")
    with pytest.raises(ValueError, match=f"layout {capture.LAYOUT + 1}, and this version"):
        log.install(connection)
