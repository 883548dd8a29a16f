"""Trying a migration on a copy of the file, and looking at what would be done, without touching anything."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from ...core.errors import StoreDamaged
from ..backup.backup import copy, flaw
from ..engine import connect
from . import history
from .compare import plan
from .history import Entry
from .plan import Decisions, Plan
from .run import Report, Tell, migrate
from .scripts import Script, scripts_in
from .shape import Shape, read
from .table import quoted
from .task import Task, told


@dataclass(frozen=True)
class Trial:
    """What a migration of a copy has shown; no report if there was nothing to do."""

    report: Report | None
    rows_before: Mapping[str, int]
    rows_after: Mapping[str, int]
    size_before: int
    size_after: int


@dataclass(frozen=True)
class State:
    """What a file has, and what it lacks."""

    size: int
    rows: Mapping[str, int]
    entries: list[Entry]
    scripts: list[tuple[Script, bool]]  # and whether it has been run
    planned: Plan | None  # what is to be done besides; not known while migration files are to be run first


def attempt(task: Task, decisions: Decisions, tell: Tell) -> Trial:
    """Migrate a copy of the file, beside it, where there is most likely room for it; the copy goes again."""
    with tempfile.TemporaryDirectory(
        dir=task.file.parent, prefix=f"{task.file.stem}.try-", ignore_cleanup_errors=True
    ) as folder:
        copied = Path(folder) / task.file.name
        copy(task.file, copied)
        rows, size = _rows(copied), copied.stat().st_size
        report = migrate(replace(task, file=copied), decisions, tell, is_meant=True, backs_up=False)
        found = flaw(copied)
        if found is not None:
            raise StoreDamaged(f"After the migration the copy was not sound: {found}.")
        return Trial(report, rows, _rows(copied), size, copied.stat().st_size)


def state(task: Task) -> State:
    """What the file has, what the models want, and what lies between."""
    with told(task.file), closing(connect(task.file)) as driver:
        driver.execute("BEGIN")
        entries = history.entries(driver)
        seen = entries[-1].migrations if entries else ()
        scripts = [(script, script.name in seen) for script in scripts_in(task.folder)]
        planned = None
        if all(was_run for _, was_run in scripts):
            last = entries[-1].wanted if entries else Shape({}, {})
            kinds = last.kinds if entries else task.want.kinds
            planned = plan(
                read(driver, kinds),
                task.want.shape,
                last,
                Decisions(),
                lambda sql: int(driver.execute(sql).fetchone()[0]),
            )
        return State(task.file.stat().st_size, _counts(driver), entries, scripts, planned)


def last_wanted(task: Task) -> Shape | None:
    """What the models wanted when the file was last brought up to date; None if there is no file yet."""
    if not task.file.exists():
        return None
    with told(task.file), closing(connect(task.file)) as driver:
        entries = history.entries(driver)
        return entries[-1].wanted if entries else None


def _rows(file: Path) -> dict[str, int]:
    with closing(connect(file)) as driver:
        return _counts(driver)


def _counts(driver: sqlite3.Connection) -> dict[str, int]:
    return {
        name: driver.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()[0]
        for name in sorted(read(driver).tables)
    }
