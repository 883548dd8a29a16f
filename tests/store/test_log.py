"""The change log as its readers have it: set up, read, pruned, and carried through migrations."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
import sqlalchemy as sa
from histories import OWN_TRIGGERS, SEED, TABLES, connect, create

from hipflask.store.changes.log import BATCH, ROWS_KEPT_AHEAD, Batch, Log

HOUR = 3_600_000


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """A store's connection to a new file in memory."""
    with contextlib.closing(connect(":memory:")) as connection:
        yield connection


def note(*columns: str) -> Log:
    """The log of a table `note` with these columns."""
    others = [sa.Column(name, sa.Text) for name in columns]
    return Log([sa.Table("note", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), *others)])


@pytest.fixture
def notes(connection: sqlite3.Connection) -> Log:
    """A table `note` (id, title, body), and its log."""
    connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, title TEXT, body TEXT) STRICT")
    log = note("title", "body")
    log.install(connection)
    return log


def write(connection: sqlite3.Connection, count: int) -> None:
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO note (title) VALUES (?)", [("a",)] * count)
    connection.execute("COMMIT")


def schema_version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA schema_version").fetchone()[0])


def columns(batch: Batch) -> list[set[str]]:
    return [set(change.columns) for change in batch.changes]


def test_a_second_installation_writes_nothing(tmp_path: Path) -> None:
    with contextlib.closing(connect(tmp_path / "store.db")) as connection:
        log = create(connection)
        version = schema_version(connection)
        with contextlib.closing(connect(tmp_path / "store.db")) as other:
            other.execute("BEGIN IMMEDIATE")  # whoever wanted to write now would fail
            log.install(connection)
            Log(TABLES).install(connection)
            other.execute("ROLLBACK")
        assert schema_version(connection) == version


def test_two_may_install_at_once(tmp_path: Path) -> None:
    """Both have seen that there is no log, and wait for the write lock that a third one holds."""
    path = tmp_path / "store.db"
    with contextlib.closing(connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, title TEXT)")
        connection.execute("BEGIN IMMEDIATE")
        waiting, failed = [Event(), Event()], []

        def install(place: int) -> None:
            with contextlib.closing(connect(path)) as own:
                own.execute("PRAGMA busy_timeout = 60000")
                own.set_trace_callback(
                    lambda text: waiting[place].set() if text == "BEGIN IMMEDIATE" else None
                )
                try:
                    note("title").install(own)
                except sqlite3.Error as error:
                    failed.append(error)

        threads = [Thread(target=install, args=(place,)) for place in range(2)]
        for thread, event in zip(threads, waiting, strict=True):
            thread.start()
            assert event.wait(60)
        connection.execute("ROLLBACK")
        for thread in threads:
            thread.join()
        assert not failed
        assert note("title").is_installed(connection)


def test_an_installation_is_part_of_the_callers_transaction(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")
    create(connection)
    connection.execute("ROLLBACK")
    assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)
    create(connection)


def test_an_installation_that_fails_leaves_nothing(connection: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="note"):
        note("title").install(connection)
    assert not connection.in_transaction
    assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)


def test_a_table_that_is_no_model_any_more_is_not_logged(connection: sqlite3.Connection) -> None:
    create(connection)
    log = Log([table for table in TABLES if table.name != "pair"])
    log.install(connection)
    connection.execute(SEED[2])
    assert log.newest(connection) == 0
    connection.execute("DROP TABLE pair")
    for statement in (*SEED[:2], SEED[3]):
        connection.execute(statement)
    assert {change.table for change in log.read(connection, 0).changes} == {"person", "item", "tag"}


def test_changes_of_a_table_that_is_gone_are_passed_over(connection: sqlite3.Connection) -> None:
    create(connection)
    for statement in SEED:
        connection.execute(statement)
    batch = Log([TABLES[0]]).read(connection, 0)
    assert [change.key for change in batch.changes] == ["k1", "k2", "k3"]
    assert not batch.has_gap


def test_a_mask_survives_adding_dropping_and_renaming_columns(
    connection: sqlite3.Connection, notes: Log
) -> None:
    connection.execute("INSERT INTO note VALUES (1, 'a', 'b')")
    connection.execute("UPDATE note SET title = 'A'")
    connection.execute("UPDATE note SET body = 'B'")

    connection.execute("BEGIN")
    notes.uninstall(connection)
    connection.execute("ALTER TABLE note DROP COLUMN body")
    connection.execute("ALTER TABLE note RENAME COLUMN title TO body")
    notes.rename_column(connection, "note", "title", "body")
    connection.execute("ALTER TABLE note ADD COLUMN title TEXT")
    connection.execute("ALTER TABLE note ADD COLUMN tag TEXT")
    log = note("body", "title", "tag")
    log.install(connection)
    connection.execute("COMMIT")

    connection.execute("UPDATE note SET title = 'new'")
    connection.execute("UPDATE note SET tag = 'new', body = 'newer'")
    everything = {"id", "body", "title", "tag"}
    # The second update was of a column that is gone.
    assert columns(log.read(connection, 0)) == [everything, {"body"}, {"title"}, {"tag", "body"}]


def test_a_reader_hears_of_a_migration_by_somebody_else(connection: sqlite3.Connection, notes: Log) -> None:
    reader = note("title", "heading")
    connection.execute("INSERT INTO note VALUES (1, 'a', 'b')")
    connection.execute("UPDATE note SET title = 'A'")
    assert columns(reader.read(connection, 1)) == [{"title"}]
    connection.execute("ALTER TABLE note RENAME COLUMN title TO heading")
    notes.rename_column(connection, "note", "title", "heading")
    note("heading", "body").install(connection)
    assert columns(reader.read(connection, 1)) == [{"heading"}]


def test_a_column_that_comes_back_has_its_number_back(connection: sqlite3.Connection, notes: Log) -> None:
    connection.execute("INSERT INTO note VALUES (1, 'a', 'b')")
    notes.uninstall(connection)
    connection.execute("ALTER TABLE note DROP COLUMN title")
    note("body").install(connection)
    note("body").uninstall(connection)
    connection.execute("ALTER TABLE note ADD COLUMN tag TEXT")
    connection.execute("ALTER TABLE note ADD COLUMN title TEXT")
    log = note("body", "tag", "title")
    log.install(connection)
    connection.execute("UPDATE note SET tag = 'new'")
    connection.execute("UPDATE note SET title = 'new'")
    assert columns(log.read(connection, 1)) == [{"tag"}, {"title"}]
    numbers = connection.execute("SELECT name FROM _hipflask_column ORDER BY id").fetchall()
    assert [name for (name,) in numbers] == ["id", "title", "body", "tag"]


def test_a_renamed_table_keeps_its_changes(connection: sqlite3.Connection, notes: Log) -> None:
    write(connection, 1)
    connection.execute("ALTER TABLE note RENAME TO memo")
    notes.rename_table(connection, "note", "memo")
    table = sa.Table(
        "memo", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("title", sa.Text)
    )
    log = Log([table])
    log.install(connection)
    connection.execute("INSERT INTO memo VALUES (5, 'b', 'c')")
    assert [(change.table, change.key) for change in log.read(connection, 0).changes] == [
        ("memo", 1),
        ("memo", 5),
    ]


def test_rebuilding_a_table_is_no_change(connection: sqlite3.Connection, notes: Log) -> None:
    connection.execute("PRAGMA foreign_keys = OFF")
    write(connection, 3)
    connection.execute("BEGIN")
    notes.uninstall(connection)
    connection.execute("CREATE TABLE rebuilt (id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT) STRICT")
    connection.execute("INSERT INTO rebuilt SELECT * FROM note")
    connection.execute("DROP TABLE note")
    connection.execute("ALTER TABLE rebuilt RENAME TO note")
    notes.install(connection)
    connection.execute("COMMIT")
    connection.execute("UPDATE note SET title = 'b' WHERE id = 2")
    batch = notes.read(connection, 3)
    assert [(change.key, change.columns) for change in batch.changes] == [(2, {"title"})]
    assert not batch.has_gap


def test_changes_that_were_not_logged_can_be_announced_as_a_gap(
    connection: sqlite3.Connection, notes: Log
) -> None:
    write(connection, 3)
    notes.skip(connection)
    batch = notes.read(connection, 3)
    assert batch.has_gap and not batch.changes
    assert notes.read(connection, batch.newest) == Batch([], batch.newest, False)
    notes.skip(connection, beyond=1000)
    assert notes.read(connection, 999).has_gap and notes.newest(connection) > 1000


def test_a_reader_sees_each_change_once(connection: sqlite3.Connection, notes: Log) -> None:
    assert notes.read(connection, 0) == Batch([], 0, False)
    write(connection, 2)
    first = notes.read(connection, 0)
    write(connection, 1)
    second = notes.read(connection, first.newest)
    assert [change.key for change in first.changes] == [1, 2]
    assert [change.key for change in second.changes] == [3]
    assert notes.read(connection, second.newest) == Batch([], second.newest, False)


def test_more_than_a_reader_wants_is_a_gap(connection: sqlite3.Connection, notes: Log) -> None:
    write(connection, 5)
    assert notes.read(connection, 0, most=4) == Batch([], 5, True)
    assert len(notes.read(connection, 0, most=5).changes) == 5
    assert notes.read(connection, 5, most=0) == Batch([], 5, False)


def test_a_log_that_went_back_has_a_gap(connection: sqlite3.Connection, notes: Log) -> None:
    write(connection, 2)
    assert notes.read(connection, 3).has_gap
    connection.execute("DELETE FROM _hipflask_log")
    assert notes.read(connection, 2) == Batch([], 0, True)


def test_a_reader_sees_whole_transactions(tmp_path: Path) -> None:
    """A writer in a process of its own changes seven rows at a time."""
    path, size, count = tmp_path / "store.db", 7, 300
    program = (
        "import sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)\n"
        f"for _ in range({count}):\n"
        "    connection.execute('BEGIN IMMEDIATE')\n"
        f"    for _ in range({size}): connection.execute('INSERT INTO note (title) VALUES (1)')\n"
        "    connection.execute('COMMIT')\n"
    )
    with contextlib.closing(connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, title TEXT)")
        log, seen, batches = note("title"), 0, 0
        log.install(connection)
        with subprocess.Popen([sys.executable, "-c", program, str(path)]) as writer:
            while seen < size * count and (writer.poll() is None or log.newest(connection) > seen):
                batch = log.read(connection, seen)
                assert not batch.has_gap and len(batch.changes) % size == 0
                seen, batches = batch.newest, batches + bool(batch.changes)
        assert seen == size * count and batches > 1


def age(connection: sqlite3.Connection, up_to: int, by_ms: int) -> None:
    """Let the first changes have happened long ago."""
    connection.execute("UPDATE _hipflask_log SET clock = clock - ? WHERE sequence <= ?", (by_ms, up_to))


def test_old_changes_are_pruned_and_readers_of_them_told(connection: sqlite3.Connection, notes: Log) -> None:
    write(connection, 10)
    age(connection, up_to=6, by_ms=61_000)
    assert notes.prune(connection) == 6
    assert [notes.read(connection, after).has_gap for after in (0, 5, 6, 9, 10)] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert notes.prune(connection) == 0


def test_the_newest_change_stays_and_sequences_go_on(connection: sqlite3.Connection, notes: Log) -> None:
    write(connection, 5)
    age(connection, up_to=5, by_ms=HOUR)
    assert notes.prune(connection) == 4
    write(connection, 1)
    assert [change.sequence for change in notes.read(connection, 5).changes] == [6]


def test_what_is_not_pushed_yet_is_not_pruned(connection: sqlite3.Connection, notes: Log) -> None:
    write(connection, 9)
    age(connection, up_to=9, by_ms=HOUR)
    assert notes.prune(connection, pinned=0) == 0
    assert notes.prune(connection, pinned=4) == 4
    assert not notes.read(connection, 4).has_gap


def test_pruning_takes_short_transactions(tmp_path: Path) -> None:
    """Between two batches another process gets its turn."""
    with contextlib.closing(connect(tmp_path / "store.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, title TEXT)")
        log = note("title")
        log.install(connection)
        write(connection, 4 * BATCH + 1)
        age(connection, up_to=4 * BATCH, by_ms=HOUR)
        statements: list[str] = []
        connection.set_trace_callback(statements.append)
        assert log.prune(connection) == 4 * BATCH
        assert statements.count("COMMIT") == 5
        connection.execute("BEGIN")
        with pytest.raises(ValueError, match="Commit it first"):
            log.prune(connection)


def test_the_clock_is_the_walls(connection: sqlite3.Connection, notes: Log) -> None:
    before = int(time.time() * 1000)
    write(connection, 3)
    after = time.time() * 1000 + 1
    clocks = [change.clock for change in notes.read(connection, 0).changes]
    assert before <= clocks[0] <= clocks[-1] <= after


def test_a_clock_that_is_set_back_stands_still(tmp_path: Path) -> None:
    """The last change was made while the clock was an hour ahead; then the program was restarted."""
    ahead = int(time.time() * 1000) + HOUR
    with contextlib.closing(connect(tmp_path / "store.db")) as connection:
        connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, title TEXT)")
        note("title").install(connection)
        write(connection, 1)
        connection.execute("UPDATE _hipflask_log SET clock = ?", (ahead,))
        connection.execute("UPDATE _hipflask_state SET floor = ?", (ahead,))
    with contextlib.closing(connect(tmp_path / "store.db")) as connection:
        log = note("title")
        log.install(connection)
        write(connection, 1)
        connection.execute("UPDATE note SET title = 'b' WHERE id = 1")
        assert [change.clock for change in log.read(connection, 0).changes] == [ahead] * 3


def test_what_was_logged_raises_the_floor(connection: sqlite3.Connection, notes: Log) -> None:
    for _ in range(3):
        write(connection, 1)
        (floor,) = connection.execute("SELECT floor FROM _hipflask_state").fetchone()
        assert floor == notes.read(connection, 0).changes[-1].clock
        time.sleep(0.002)


def test_a_clock_that_was_far_ahead_does_not_fill_the_disk(
    connection: sqlite3.Connection, notes: Log
) -> None:
    connection.execute("UPDATE _hipflask_state SET floor = floor + ?", (100 * 365 * 24 * HOUR,))
    write(connection, ROWS_KEPT_AHEAD + 500)
    assert notes.prune(connection) == 500
    assert not notes.read(connection, 500).has_gap


def test_changes_carry_the_origin_of_their_transaction(connection: sqlite3.Connection, notes: Log) -> None:
    write(connection, 1)
    connection.execute("BEGIN")
    connection.execute("UPDATE _hipflask_state SET origin = 7")
    connection.execute("INSERT INTO note (title) VALUES ('from elsewhere')")
    connection.execute("UPDATE _hipflask_state SET origin = 0")
    connection.execute("COMMIT")
    write(connection, 1)
    assert [change.origin for change in notes.read(connection, 0).changes] == [0, 7, 0]


def test_an_attached_file_has_a_log_of_its_own(tmp_path: Path) -> None:
    with contextlib.closing(connect(tmp_path / "store.db")) as connection:
        connection.execute("ATTACH ? AS volatile", (str(tmp_path / "volatile.db"),))
        here, there = create(connection), create(connection, "volatile")
        connection.execute("INSERT INTO volatile.pair VALUES (x'01', 1, 'a')")
        assert (here.newest(connection), there.newest(connection)) == (0, 1)
        connection.execute("INSERT INTO main.pair VALUES (x'02', 2, 'a')")
        here.install(connection)
        there.install(connection)
        assert [change.key for change in here.read(connection, 0).changes] == [(b"\2", 2)]
        assert [change.key for change in there.read(connection, 0).changes] == [(b"\1", 1)]
        assert there.prune(connection) == 0


def test_only_our_own_triggers_are_touched(connection: sqlite3.Connection) -> None:
    log = create(connection)
    log.uninstall(connection)
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    assert len(names) == len(OWN_TRIGGERS)


def test_several_threads_may_read_at_once(tmp_path: Path) -> None:
    with contextlib.closing(connect(tmp_path / "store.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, title TEXT)")
        log, over, read = note("title"), Event(), [0, 0]
        log.install(connection)

        def follow(place: int) -> None:
            with contextlib.closing(connect(tmp_path / "store.db")) as own:
                seen = 0
                while not (over.is_set() and log.newest(own) == seen):
                    batch = log.read(own, seen)
                    seen, read[place] = batch.newest, read[place] + len(batch.changes)

        threads = [Thread(target=follow, args=(place,)) for place in range(2)]
        for thread in threads:
            thread.start()
        for _ in itertools.repeat(None, 100):
            write(connection, 3)
        over.set()
        for thread in threads:
            thread.join()
        assert read == [300, 300]
