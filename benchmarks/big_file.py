"""Large files: migrating a table of 1,000,000 rows, and starting with a file of 1 GB.

Beside us is Alembic by hand, once bare and once with the care that our start takes: a backup before, a look at references and the
table's soundness after.
"""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.orm import Mapped

from hipflask import Hipflask
from hipflask.store.changes.log import Log
from hipflask.store.store import Store

from ._measure import Figures, Result, machine, main, note, ratio, rounded

ROWS, QUICK_ROWS = 1_000_000, 100_000
STARTS, QUICK_STARTS = 9, 5
UUID = "lower(printf('%08x-%04x-7%03x-8%03x-%012x', n, n % 65536, n % 4096, n % 4096, n))"

START = """
import sys, time
from hipflask import Hipflask
from hipflask.store.store import Store
from sqlalchemy.orm import Mapped

app = Hipflask("benchmark")
app.config["STORE"] = sys.argv[1]
db = Store(app)

class Item(db.Model):
    name: Mapped[str]
    data: Mapped[bytes | None]

import hipflask.store.backup.backup, hipflask.store.migrate.turn  # what the first use of a file imports besides
import sqlalchemy.dialects.sqlite
begin = time.perf_counter()
db.engine
middle = time.perf_counter()
if len(sys.argv) > 2:
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory
    with db.engine.connect() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    assert set(ScriptDirectory(sys.argv[2], version_locations=[sys.argv[2]]).get_heads()) == set(heads)
print(1000 * (middle - begin), 1000 * (time.perf_counter() - middle))
"""


def store(file: Path, version: int) -> tuple[Store, Any]:
    """The program in one of its versions: 2 has a column more, 3 a choice more."""
    app = Hipflask("benchmark")
    app.config["STORE"] = file
    db = Store(app)
    if version == 1:

        class Item(db.Model):
            name: Mapped[str]
            state: Mapped[Literal["new", "used"]] = "new"
            price: Mapped[int] = 0

    elif version == 2:

        class Item(db.Model):  # type: ignore[no-redef]
            name: Mapped[str]
            state: Mapped[Literal["new", "used"]] = "new"
            price: Mapped[int] = 0
            note: Mapped[str | None]

    else:

        class Item(db.Model):  # type: ignore[no-redef]
            name: Mapped[str]
            state: Mapped[Literal["new", "used", "broken"]] = "new"
            price: Mapped[int] = 0

    return db, Item


def fill(file: Path, rows: int, names: str, values: str) -> None:
    """Many rows, without a log of them."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        Log([]).uninstall(connection)
        connection.execute(
            f"WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {rows}) "
            f"INSERT INTO item (id, {names}) SELECT {UUID}, {values} FROM counted"
        )
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def migrated_by_us(file: Path, version: int) -> float:
    """Seconds that the start of a new version takes, backup and all."""
    db, item = store(file, version)
    begin = time.perf_counter()
    assert db.engine is not None
    seconds = time.perf_counter() - begin
    assert db.count(item) > 0
    db.close()
    return seconds


def add_column(op: Operations) -> None:
    """As Alembic's autogenerate writes it."""
    op.add_column("item", sa.Column("note", sa.Text(), nullable=True))


def add_choice(op: Operations) -> None:
    """As its documentation of batch mode has it; STRICT and WITHOUT ROWID have to be said again."""
    form = {"sqlite_strict": True, "sqlite_with_rowid": False}
    with op.batch_alter_table("item", table_kwargs=form) as batch:
        batch.drop_constraint("ck_item_state", type_="check")
        batch.create_check_constraint("ck_item_state", "state IN ('new', 'used', 'broken')")


def migrated_by_hand(file: Path, change: Callable[[Operations], None], is_careful: bool) -> float:
    """Seconds that Alembic takes; carefully, with what else our start does."""
    begin = time.perf_counter()
    if is_careful:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(f"{file}.backup")) as target:
            source.backup(target)
            assert target.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.execute("PRAGMA journal_mode = WAL")
        driver.execute("PRAGMA synchronous = FULL")
        change(Operations(MigrationContext.configure(connection)))
        if is_careful:
            assert driver.execute("PRAGMA foreign_key_check").fetchone() is None
            assert driver.execute("PRAGMA quick_check(item)").fetchone() == ("ok",)
        connection.commit()
    engine.dispose()
    return time.perf_counter() - begin


def migrations(folder: Path, rows: int) -> tuple[Figures, Figures, Figures]:
    """Both changes, by us, by Alembic, and by Alembic with care."""
    base = folder / "base.sqlite"
    db, _ = store(base, 1)
    assert db.engine is not None
    db.close()
    fill(base, rows, "name, state, price", "'Item ' || n, 'used', n")
    db, _ = store(base, 1)
    assert db.engine is not None
    db.close()
    ours: Figures = {"size_mb": rounded(base.stat().st_size / 1e6)}
    bare: Figures = {}
    careful: Figures = {}
    for name, version, change in (("add_column_s", 2, add_column), ("rebuild_s", 3, add_choice)):
        note(f"{name[:-2]} on {rows:,} rows…")
        runs = (
            (ours, lambda file, version=version: migrated_by_us(file, version)),
            (bare, lambda file, change=change: migrated_by_hand(file, change, False)),
            (careful, lambda file, change=change: migrated_by_hand(file, change, True)),
        )
        for figures, run in runs:
            copied = folder / "copied" / "copied.sqlite"
            copied.parent.mkdir()
            shutil.copyfile(base, copied)
            figures[name] = rounded(run(copied))
            shutil.rmtree(copied.parent)
    return ours, bare, careful


def starts(folder: Path, rows: int, times: int) -> tuple[Figures, Figures]:
    """Opening an empty file and a full one, in turn; and what asking Alembic at each start would add."""
    script = folder / "start.py"
    script.write_text(START)
    (folder / "none").mkdir()
    empty, full = folder / "empty.sqlite", folder / "full.sqlite"
    for file in (empty, full):
        subprocess.run([sys.executable, str(script), str(file)], check=True, capture_output=True)
    note(f"a file of {rows / 1000:,.0f} MB…")
    fill(full, rows, "name, data", "'Item ' || n, randomblob(900)")
    found: dict[Path, list[float]] = {empty: [], full: []}
    asked = []
    for file in [empty, full] * (times + 1):
        words = [sys.executable, str(script), str(file), str(folder / "none")]
        said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
        opening, asking = map(float, said.split())
        found[file].append(opening)
        asked.append(asking)
    ours = {
        "start_empty_ms": rounded(statistics.median(found[empty][1:])),  # the first makes triggers anew
        "start_full_ms": rounded(statistics.median(found[full][1:])),
        "full_mb": rounded(full.stat().st_size / 1e6),
    }
    return ours, {"start_full_ms": rounded(ours["start_full_ms"] + statistics.median(asked))}


def measure(quick: bool) -> Result:
    """All of it."""
    rows = QUICK_ROWS if quick else ROWS
    with tempfile.TemporaryDirectory() as folder:
        ours, bare, careful = migrations(Path(folder), rows)
        began, asking = starts(Path(folder), rows, QUICK_STARTS if quick else STARTS)
    ours |= began
    ratios = {
        "alembic_add_column": ratio(bare, ours, "add_column_s"),
        "alembic_rebuild": ratio(bare, ours, "rebuild_s"),
        "careful_alembic_add_column": ratio(careful, ours, "add_column_s"),
        "careful_alembic_rebuild": ratio(careful, ours, "rebuild_s"),
        "empty_file": rounded(ours["start_empty_ms"] / ours["start_full_ms"]),
        "asking_alembic": ratio(asking, ours, "start_full_ms"),
    }
    peers = {"alembic": bare, "careful": careful, "asking": asking}
    return Result("big_file", ours, peers, ratios, machine(sqlite=sqlite3.sqlite_version))


if __name__ == "__main__":
    main("Large files: migrations and starts.", measure)
