"""What the store tells to who looks inside: statements, commits, changes, and why somebody reads again."""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from subprocess import run
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store
from hipflask.core import context, tracing
from hipflask.core.ports import Source
from hipflask.core.rows import Question
from hipflask.core.tracing import Cause
from hipflask.store import commits
from hipflask.store.told import Cursor
from looking import looking


class Reader:
    """A part that reads, and asks why whenever it is told of a change."""

    def __init__(self) -> None:
        self.causes: list[Cause | None] = []
        self._sources: list[Source] = []

    def record(self, source: Source) -> None:
        self._sources.append(source)
        source.watch(self)

    def changed(self) -> None:
        self.causes.append(tracing.reason())


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Any]:
    app = Hipflask("told", root_path=str(tmp_path))
    app.config["STORE"] = str(tmp_path / "told.sqlite")
    db = Store(app)

    class Player(db.Model):  # type: ignore[name-defined]
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        points: Mapped[int] = 0

    db.Player = Player  # type: ignore[attr-defined]
    db.opened()
    yield db
    db.close()


def read(db: Any, *query: Any, **equal: Any) -> Reader:
    """Somebody who has read this while drawing."""
    reader = Reader()
    token = context.recorder.set(reader)
    try:
        db.all(*query, **equal)
    finally:
        context.recorder.reset(token)
    db.catch_up()
    return reader


# ── statements ────────────────────────────────────────────────────────────────────────────────────


def test_a_statement_is_told_with_its_place_and_rows_and_without_values(db: Any) -> None:
    db.write(db.Player, [{"id": n, "name": f"canary {n}"} for n in range(10)])
    with looking() as seen:
        db.all(db.select(db.Player).where(sa.text("name > 'canary 5'"), db.Player.points == 0))
    (span,) = seen.of("statement")
    assert span.name == "SELECT player"
    assert span.facts["rows"] == 4
    assert span.facts["place"].startswith("test_told.py:") or "/test_told.py:" in span.facts["place"]
    assert "canary" not in repr(span.facts)
    assert span.values["sql"].endswith("name > 'canary 5' AND player.points = ?")
    assert span.values["parameters"] == (0,)


def test_a_statement_lasts_until_its_last_row(db: Any) -> None:
    """SQLite has done next to nothing when `execute` returns."""
    slow = sa.text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT i FROM n"
    )
    with looking() as seen, db.begin() as work:
        result = work.session.execute(slow)
        (span,) = seen.begun
        assert span.seconds < 0
        result.fetchone()
        assert span.seconds < 0
        assert len(result.fetchall()) == 299_999
    assert span.seconds > 0.01
    assert span.facts["rows"] == 300_000


def test_a_result_that_is_dropped_is_over(db: Any) -> None:
    db.write(db.Player, [{"id": n, "name": "Who"} for n in range(10)])
    with looking() as seen:
        with db.engine.connect() as connection:
            connection.execution_options(stream_results=True).exec_driver_sql(
                "SELECT * FROM player"
            ).fetchone()
        assert [span.facts["rows"] for span in seen.of("statement")] == [1]


def test_a_statement_that_fails_says_so(db: Any) -> None:
    with looking() as seen, db.begin() as work, pytest.raises(sa.exc.OperationalError):
        work.session.execute(sa.text("SELECT canary FROM nowhere"))
    (span,) = seen.of("statement")
    assert isinstance(span.error, sqlite3.OperationalError)


def test_many_rows_are_one_statement(db: Any, tmp_path: Path) -> None:
    """Written by the thousand, or read from a file."""
    with looking() as seen:
        db.write(db.Player, ({"id": n, "name": "canary"} for n in range(2500)))
        (tmp_path / "players.csv").write_text("id,name\n5000,canary\n5001,canary\n")
        db.load(db.Player, tmp_path / "players.csv")
    written, loaded = seen.of("statement")
    assert written.name == loaded.name == "INSERT player"
    assert (written.facts["rows"], loaded.facts["rows"]) == (2500, 2)
    assert written.facts["many"] and "canary" not in repr(seen.spans)


def test_each_of_several_statements_with_one_cursor_is_told(db: Any) -> None:
    """Rows that come back are inserted some hundreds at a time."""
    rows = [{"id": number, "name": "Who", "points": 0} for number in range(2000)]
    with looking() as seen, db.transaction() as session:
        inserted = session.scalars(sa.insert(db.Player).returning(db.Player.id), rows).all()
    assert len(inserted) == 2000
    spans = [span for span in seen.begun if span.kind == "statement"]
    assert len(spans) == len(seen.of("statement")) > 1
    assert sum(span.facts["rows"] for span in spans) == 2000


def test_a_window_of_a_table_is_one_statement(db: Any) -> None:
    db.write(db.Player, [{"id": n, "name": "Who"} for n in range(50)])
    source = db.find_rows(db.Player)
    with closing(source.open(lambda: None)) as reader, looking() as seen:
        reader.read(Question(("name",), 0, 20))
    (span,) = seen.of("statement")
    assert (span.name, span.facts["rows"]) == ("SELECT player", 20)


def test_nothing_is_kept_where_nobody_looks(db: Any) -> None:
    db.Player.create(id=1, name="Who")
    with db.engine.connect() as connection, closing(connection.connection.cursor()) as cursor:
        assert not isinstance(cursor, Cursor)
    assert db.opened().commits.of("main", 1) is None


# ── commits ───────────────────────────────────────────────────────────────────────────────────────


def test_a_commit_belongs_to_the_handler_that_wrote(db: Any) -> None:
    with looking() as seen, tracing.span("handler", "add") as handler, db.transaction():
        db.Player.create(id=1, name="canary")
        db.Player.create(id=2, name="canary")
    (commit,) = seen.of("commit")
    assert handler is not None and commit.parent == handler.origin
    assert commit.facts["committed"] and commit.facts["tables"] == {"player": 2}
    assert commit.facts["waited"] >= 0 and 0 < commit.facts["held"] <= commit.seconds
    assert "canary" not in repr((commit.facts, commit.values))
    assert db.opened().commits.of("main", 1) is db.opened().commits.of("main", 2) is commit
    assert db.opened().commits.of("main", 3) is None


def test_what_is_rolled_back_has_no_commit(db: Any) -> None:
    """Its numbers are those of another one's changes later."""
    with looking() as seen:
        with suppress(ZeroDivisionError), db.transaction():
            db.Player.create(id=1, name="Who")
            _ = 1 / 0
        assert [commit.facts["committed"] for commit in seen.of("commit")] == [False]
        assert db.opened().commits.of("main", 1) is None
        db.Player.create(id=2, name="What")
    assert db.opened().commits.of("main", 1) is seen.of("commit")[1]


def test_numbers_that_were_taken_back_are_another_ones(db: Any) -> None:
    """A commit that failed had them first, and then another process."""
    with looking() as seen:
        known = db.opened().commits
        with suppress(ZeroDivisionError), db.transaction() as session:
            db.write(db.Player, [(1, "Who", 0), (2, "What", 0)])
            failing = tracing.begin("commit", "commit")
            known.keep(failing, {"main": 0}, session.connection().connection.driver_connection)
            assert known.of("main", 2) is failing
            _ = 1 / 0
        db.Player.create(id=3, name="I Don't Know")
        assert known.of("main", 1) is seen.of("commit")[1]
        assert known.of("main", 2) is None


def test_who_waits_for_the_lock_says_how_long(db: Any) -> None:
    has_lock, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with db.transaction():
            has_lock.set()
            may_go.wait(10)

    with looking() as seen:
        holder = threading.Thread(target=hold)
        holder.start()
        has_lock.wait(10)
        threading.Timer(0.2, may_go.set).start()
        db.Player.create(id=1, name="Who")
        holder.join()
    held, waited = seen.of("commit")
    assert held.facts["held"] > 0.1 and waited.facts["waited"] > 0.1


def test_a_commit_of_the_exchange_is_known_too(db: Any) -> None:
    """A page of the hub's, on a connection that takes its turn."""
    with looking() as seen, closing(db.opened().connect_in_turn()) as connection:
        with tracing.span("checkpoint", "checkpoint") as checkpoint:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO player VALUES (1, 'Who', 0)")
            connection.execute("COMMIT")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    committed, rolled_back = seen.of("commit")
    assert checkpoint is not None and committed.parent == checkpoint.origin
    assert db.opened().commits.of("main", 1) is committed
    assert (committed.facts["committed"], rolled_back.facts["committed"]) == (True, False)


def test_only_the_newest_commits_are_kept(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commits, "KEPT", 5)
    with looking():
        for number in range(8):
            db.Player.create(id=number, name="Who")
    assert [number for number in range(1, 9) if db.opened().commits.of("main", number)] == [4, 5, 6, 7, 8]


# ── changes and causes ────────────────────────────────────────────────────────────────────────────


def test_who_reads_again_knows_which_commit_and_which_row_it_was(db: Any) -> None:
    db.Player.create(id=7, name="Who")
    reader = read(db, db.Player)
    with looking() as seen:
        db.get(db.Player, 7).update(name="canary")
        db.catch_up()
    cause = next(cause for cause in reader.causes if cause)
    assert cause[:2] == ("change", "player.name")
    assert cause.origin == seen.of("commit")[0].origin
    assert cause.values == {"key": 7, "whose": "this process"}
    (note,) = [note for note in seen.notes if note.kind == "changes"]
    assert note.origin == cause.origin
    assert note.facts["tables"] == {"player": {"rows": 1, "columns": ["name"]}}
    assert (note.facts["whose"], note.values["keys"]) == ("this process", {"player": [7]})
    assert "canary" not in repr(note)


def test_each_reader_knows_its_own_row(db: Any) -> None:
    db.write(db.Player, [(1, "Who", 0), (2, "What", 0)])
    readers = [read(db, db.Player, id=number) for number in (1, 2)]
    with looking():
        with db.transaction():
            db.get(db.Player, 1).update(name="X")
            db.get(db.Player, 2).update(points=3)
        db.catch_up()
    found = [[(cause.what, cause.values["key"]) for cause in reader.causes if cause] for reader in readers]
    assert [set(each) for each in found] == [{("player.name", 1)}, {("player.points", 2)}]


def test_another_process_is_named_as_such(db: Any) -> None:
    reader = read(db, db.Player)
    write = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(\"INSERT INTO player VALUES (1, 'x', 0)\"); c.commit()"
    with looking() as seen:
        run([sys.executable, "-c", write, str(db.file)], check=True)
        db.catch_up()
    cause = next(cause for cause in reader.causes if cause)
    assert cause[:3] == ("change", "player (insert)", None)
    assert cause.values["whose"] == "another process"
    assert {note.facts["whose"] for note in seen.notes} == {"another process"}


def test_the_hub_is_named_as_such(db: Any) -> None:
    reader = read(db, db.Player)
    with looking(), closing(db.opened().connect_in_turn()) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE main._hipflask_state SET origin = 1")
        connection.execute("INSERT INTO player VALUES (1, 'x', 0)")
        connection.execute("UPDATE main._hipflask_state SET origin = 0")
        connection.execute("COMMIT")
        db.catch_up()
    cause = next(cause for cause in reader.causes if cause)
    assert cause.values["whose"] == "the hub" and cause.origin is not None


def test_what_is_told_of_many_commits_is_bounded(db: Any) -> None:
    """A note for each of the first ones, and one for all others."""
    db.listen(lambda schema, batch: None)
    with looking() as seen:
        with db.opened().feed._reading:  # so that all are one batch
            for number in range(100):
                db.Player.create(id=number, name="Who")
        db.catch_up()
    assert len(notes := [note for note in seen.notes if note.kind == "changes"]) <= 21
    assert sum(note.facts["tables"]["player"]["rows"] for note in notes) == 100


def test_a_listener_may_ask_why_as_well(db: Any) -> None:
    """The rows of a table are such."""
    asked: list[Cause | None] = []
    db.listen(lambda schema, batch: asked.append(tracing.reason()))
    with looking():
        db.Player.create(id=1, name="Who")
        db.catch_up()
    assert asked and asked[0] is not None and asked[0].what == "player (insert)"


def test_undo_and_the_log_are_not_told_of_as_statements(db: Any) -> None:
    """What the store does for itself would hide what the app does."""
    deed = db.history().deed("add")
    with looking() as seen, deed.under_way(), db.transaction():
        db.Player.create(id=1, name="Who")
    assert [f"{span.kind} {span.name}" for span in seen.spans] == ["statement INSERT player", "commit commit"]


# ── gauges ────────────────────────────────────────────────────────────────────────────────────────


def test_sizes_and_live_queries_can_be_asked_for(db: Any) -> None:
    """Of stores that are open, and without saying where they are."""
    db.Player.create(id=1, name="Who")
    reader = read(db, db.Player)
    told = {name: list(gauge()) for name, gauge in tracing.gauges.items()}
    sizes = {
        labels["part"]: size for labels, size in told["hipflask_store_bytes"] if labels["store"] == "told"
    }
    assert sizes["file"] > 0 and sizes["wal"] > 0
    assert ({"store": "told"}, 1.0) in told["hipflask_live_queries"]
    assert ({"store": "told"}, 0.0) in told["hipflask_write_lock_held"]
    assert str(db.file.parent) not in repr(told)
    del reader
    db.close()
    assert not [labels for labels, _ in tracing.gauges["hipflask_store_bytes"]() if labels["store"] == "told"]
