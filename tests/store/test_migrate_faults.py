"""What happens to a migration whose process is killed, whose disk is full, or that meets another one: whole, or not at all."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from versions import Program

from hipflask.core.errors import StoreLocked
from hipflask.store.keeper import Keeper
from hipflask.store.migrate import turn
from hipflask.store.store import Store

KILLS = 60 if os.environ.get("HIPFLASK_LONG") == "1" else 4

PROGRAM = """
import resource, sys, time
from typing import Literal
from hipflask import Hipflask
from hipflask.core.errors import StoreError
from hipflask.store.store import Store
from sqlalchemy.orm import Mapped

file, version, what = sys.argv[1:4]
app = Hipflask("program", root_path=file)
app.config["STORE"] = file
db = Store(app)

if version == "1":
    class Player(db.Model):
        name: Mapped[str]
        base: Mapped[Literal["first", "second"]] = "first"
else:
    class Player(db.Model):
        name: Mapped[str]
        base: Mapped[Literal["first", "second", "third"]] = "first"
        age: Mapped[int] = 40

if what == "fill":
    db.write(Player, [{"name": f"Player {number}"} for number in range(3000)])
elif what == "start":
    import hipflask.store.migrate.run
    print("now", flush=True)
    db.engine
    print("done", db.count(Player, age=40), flush=True)
elif what == "narrow":
    for limit in map(int, sys.argv[4:]):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        try:
            db.engine
            print("done", db.count(Player, age=40))
            break
        except StoreError as error:
            print(type(error).__name__, "was not" in str(error) or "Nothing" in str(error))
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of the first version, with 3,000 rows."""
    (tmp_path / "program.py").write_text(PROGRAM)
    with run(tmp_path / "data.sqlite", "1", "fill") as filling:
        assert filling.communicate(timeout=60)[1] == ""
    return tmp_path / "data.sqlite"


def run(file: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(file.with_name("program.py")), str(file), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def shape(file: Path) -> str:
    """The one or the other, or something between that must not be; and that the file is sound."""
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*), count(DISTINCT name) FROM player").fetchone() == (
            3000,
            3000,
        )
        (sql,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'player'").fetchone()
        noted = connection.execute("SELECT count(*) FROM _hipflask_schema").fetchone()[0]
        others = connection.execute(
            "SELECT count(*) FROM sqlite_schema WHERE name LIKE '%alembic%'"
        ).fetchone()[0]
        triggers = connection.execute("SELECT sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    assert triggers and others == 0
    marks = {
        "'third'" in sql,
        "age INTEGER" in sql,
        noted == 2,
        any('OLD."age"' in text for (text,) in triggers),
    }
    assert len(marks) == 1
    return "new" if marks == {True} else "old"


def test_a_migration_that_is_killed_has_not_happened_or_has(file: Path) -> None:
    """Killed at any moment, the file is the old one or the new one, and the next start goes on."""
    old = file.read_bytes()
    with run(file, "2", "start") as whole:
        assert whole.stdout is not None
        assert whole.stdout.readline() == "now\n"
        since = time.monotonic()
        assert whole.stdout.readline() == "done 3000\n"
        seconds = time.monotonic() - since
    seen = set()
    chance = random.Random(7)
    for place in range(KILLS):
        for each in file.parent.glob("data.sqlite*"):
            each.unlink()
        file.write_bytes(old)
        with run(file, "2", "start") as killed:
            assert killed.stdout is not None
            assert killed.stdout.readline() == "now\n"
            time.sleep(seconds * (place + chance.random()) / KILLS)
            killed.send_signal(signal.SIGKILL)
            killed.stdout.read()
        seen.add(shape(file))
        with run(file, "2", "start") as again:
            assert "done 3000" in again.communicate(timeout=60)[0]
        assert shape(file) == "new"
    assert "old" in seen


def test_two_processes_migrate_once(file: Path) -> None:
    """One does, the other waits, and both go on with the new file."""
    both = [run(file, "2", "start") for _ in range(2)]
    said = [each.communicate(timeout=60)[0] for each in both]  # which closes their pipes
    assert said == ["now\ndone 3000\n"] * 2
    assert shape(file) == "new"
    assert len([*file.with_name("data.backups").glob("*_migration.sqlite")]) == 1


def test_a_disk_that_is_full_leaves_the_old_file(file: Path) -> None:
    """Wherever room runs out, nothing has happened, the sentence says so, and with room the next start goes on."""
    size = file.stat().st_size
    limits = [*range(4096, size * 2, size // 9), sys.maxsize]
    with run(file, "2", "narrow", *map(str, limits[:-1])) as narrow:
        said, fault = narrow.communicate(timeout=60)
    assert "Traceback" not in fault
    refused = said.splitlines()
    assert len(refused) > 5 and all(line.endswith("True") for line in refused if "done" not in line)
    if "done 3000" not in refused:
        assert shape(file) == "old"
    with run(file, "2", "start") as again:
        assert "done 3000" in again.communicate(timeout=60)[0]
    assert shape(file) == "new"
    assert [*file.with_name("data.backups").glob("*.partial")] == []


def test_an_older_program_that_is_running_is_not_overtaken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would find other tables than it knows under its hands."""
    program = Program(tmp_path)

    def first(db: Store) -> None:
        type("Player", (db.Model,), {"__annotations__": {}})

    def second(db: Store) -> None:
        type("Player", (db.Model,), {"__annotations__": {}})
        type("Team", (db.Model,), {"__annotations__": {}})

    program.start(first)
    program.stop()
    older = Keeper(program.file)
    assert older.acquire()
    monkeypatch.setattr(turn, "WAIT_SECONDS", 0.2)
    with pytest.raises(StoreLocked, match=r"another program has it open.*End it, and start again"):
        program.start(second)
    older.release()
    program.start(second)
    program.stop()
