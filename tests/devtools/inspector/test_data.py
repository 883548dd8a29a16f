"""The store and its exchange, as they are told to the inspector."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hipflask import Hipflask, Mapped, Store
from hipflask.core import tracing
from hipflask.devtools.inspector import records
from hipflask.devtools.inspector.agent import reading
from hipflask.devtools.inspector.agent.data import Data
from hipflask.devtools.inspector.agent.recorder import Recorder
from hipflask.devtools.inspector.records import Unanswered


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """What happens meanwhile."""
    recorder = Recorder()
    tracing.add(recorder)
    yield recorder
    tracing.remove(recorder)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Any]:
    """A store whose hub cannot be reached."""
    app = Hipflask("hipflask_under_test", instance_path=str(tmp_path))
    app.config["HUB_URL"] = "http://127.0.0.1:9"
    app.secret_key = "for tests"
    db = Store(app)

    class Player(db.Model):
        name: Mapped[str]
        pin: Mapped[str]

    db.player = Player  # type: ignore[attr-defined]
    db.app = app  # type: ignore[attr-defined]
    yield db
    db.close()


def test_what_waits_for_the_hub_is_told(store: Any, recorder: Recorder) -> None:
    """By table, key and kind; no value is in it."""
    data = Data(store.app, recorder.running)
    with pytest.raises(Unanswered, match="not opened"):
        data.store()
    who = store.player.create(name="Who", pin="1234")
    assert data.has_store
    assert data.has_sync
    sync = data.sync()
    assert sync.sentence
    assert [(each.table, each.kind, each.code) for each in sync.queue] == [("player", "insert", "")]
    assert str(who.id) in sync.queue[0].key
    assert "1234" not in repr(sync)


def test_who_holds_the_lock_is_told(store: Any, recorder: Recorder) -> None:
    """With the line, for how long, and how many wait."""
    data = Data(store.app, recorder.running)
    store.player.create(name="Who", pin="1")
    assert data.store().holder == ""
    with store.transaction() as session:
        session.add(store.player(name="What", pin="2"))
        session.flush()
        waiting = threading.Thread(target=store.player.create, kwargs={"name": "I don't know", "pin": "3"})
        waiting.start()
        end = time.monotonic() + 5
        while (seen := data.store()).waiting == 0:
            assert time.monotonic() < end
        assert "test_data.py:" in seen.holder
        assert seen.held_seconds > 0
    waiting.join()
    assert data.store().holder == ""


def test_a_plan_is_asked_for_whatever_the_parameters_were(store: Any, recorder: Recorder) -> None:
    """Those that were too big to be kept are left out; what is no statement of SQLite's is said."""
    data = Data(store.app, recorder.running)
    store.player.create(name="x" * 100_000, pin="1")
    list(store.all(store.player, name="y" * 100_000))
    (insert,) = [told for told in recorder.since(0, 1000) if told.name == "INSERT player"]
    (select,) = [told for told in recorder.since(0, 1000) if told.name == "SELECT player"]
    assert data.explain(insert).steps == []
    assert data.explain(select).steps[0].is_scan
    with pytest.raises(Unanswered, match="not kept"):
        data.explain(None)
    file = store.file
    for sql in ("DROP TABLE player; SELECT 1", "nonsense", "", "SELECT * FROM nowhere"):
        with pytest.raises(Unanswered, match="does not explain"):
            reading.plan(file, None, sql, ())
    assert "player" in {table.name for table in data.store().tables}


def test_what_sqlite_says_of_a_statement_is_short_and_no_secret(store: Any) -> None:
    """It repeats what it does not understand."""
    store.player.create(name="Who", pin="1")
    with pytest.raises(Unanswered) as raised:
        reading.plan(store.file, None, "SELECT * FROM player WHERE pin = 'hunter2", ())
    assert "hunter2" not in str(raised.value)
    with pytest.raises(Unanswered) as raised:
        reading.plan(store.file, None, f"SELECT '{'x' * 20_000}", ())
    assert len(str(raised.value)) < 600


def test_the_file_cannot_be_written_from_there(store: Any) -> None:
    """Whatever is asked."""
    store.player.create(name="Who", pin="1")
    with (
        reading._looking(store.file, None) as connection,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        connection.execute("DELETE FROM player")


def test_a_table_that_takes_long_to_count_is_not_counted(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its number is not known, and the answer comes."""
    store.write(store.player, ({"name": str(number), "pin": "1"} for number in range(20_000)))
    monkeypatch.setattr(reading, "COUNT_SECONDS", -1.0)
    monkeypatch.setattr(reading, "_STEPS", 10)
    told = reading.sizes(store.file, holder="", since=0, waiting=0)
    assert next(table for table in told.tables if table.name == "player") == records.Table(
        "player", -1, -1, []
    )
