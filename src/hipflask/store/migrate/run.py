"""Migrating a file: the files of the project first, then what the models still want, all of it in one transaction.

    with the lock of the keeper, and that of the writer
        run the migration files that this file has not seen
        rename what a person said is renamed
        compare, and do what loses nothing; ask, or refuse, where that is not all
        look whether everything is sound
        back the file up as it was, write down what was done
    commit

The backup is made last, and yet it holds what was there before: other connections see nothing of a transaction that has not ended.
So a migration that fails has cost nothing but time, and none that was committed is without its backup.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from ...core.errors import MigrationFailed, MigrationNeeded, StoreTooNew
from ..backup.backup import make_backup
from ..engine import connect
from . import history, words
from .compare import plan
from .history import Ran
from .operations import Steps, alembics, run, steps_on
from .plan import Decisions, Plan, Question, Step, after_renames, rename_steps
from .scripts import Script, scripts_in
from .shape import Shape, Table, read
from .start import is_as_wanted
from .table import quoted
from .task import LONGEST_SECONDS, Task, told

Tell = Callable[[str], None]
NOTHING_SAID = Decisions()


@dataclass
class Report:
    """What a migration has done: in words, and where the file as it was before is kept."""

    what: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    backup: Path | None = None
    seconds: float = 0.0


def migrate(
    task: Task,
    decisions: Decisions = NOTHING_SAID,
    tell: Tell = lambda _: None,
    is_meant: bool = False,
    backs_up: bool = True,
) -> Report | None:
    """Bring the file up to date, whole or not at all; None if it was. `is_meant`: somebody asked for it, even if it looks newer."""
    since = time.monotonic()
    with (
        told(task.file),
        closing(connect(task.file, wait=LONGEST_SECONDS)) as driver,
        alembics(driver) as connection,
    ):
        driver.execute(
            "PRAGMA foreign_keys = OFF"
        )  # or a table could not be written anew; all are looked at in the end
        driver.execute("BEGIN IMMEDIATE")
        if is_as_wanted(driver, task.want):
            return None
        report = _Migration(task, driver, connection, decisions, tell).run(is_meant, backs_up)
    report.seconds = time.monotonic() - since
    return report


class _Migration:
    def __init__(
        self,
        task: Task,
        driver: sqlite3.Connection,
        connection: sa.Connection,
        decisions: Decisions,
        tell: Tell,
    ) -> None:
        self.task, self.driver, self.connection = task, driver, connection
        self.decisions, self.tell = decisions, tell
        self.entries = history.entries(driver)
        self.report = Report()
        self.ran: list[Ran] = []

    def run(self, is_meant: bool, backs_up: bool) -> Report:
        kinds = self.entries[-1].wanted.kinds if self.entries else self.task.want.kinds
        before = read(self.driver, kinds)
        want = self.task.want.shape
        scripts = scripts_in(self.task.folder)
        self._refuse_newer(is_meant, scripts)
        broken = foreign_faults(self.driver)
        ours = {*want.tables, *(self.entries[-1].wanted.tables if self.entries else ())}
        with steps_on(self.driver, self.connection, ours, kinds) as steps:
            self._run_scripts(steps, scripts)
            self.report.kept = self._run_rest(steps)
            look_it_over(self.driver, steps.touched, broken)
            self._finish(before, steps, scripts, backs_up)
        return self.report

    def _refuse_newer(self, is_meant: bool, scripts: list[Script]) -> None:
        if not self.entries:
            return
        newest = self.entries[-1]
        unknown = [name for name in newest.migrations if name not in {script.name for script in scripts}]
        if unknown:
            raise StoreTooNew(words.newer_by_migrations(self.task.file, newest, unknown, self.task.folder))
        was_here = any(entry.models == self.task.want.fingerprint for entry in self.entries[:-1])
        if was_here and newest.models != self.task.want.fingerprint and not is_meant:
            raise StoreTooNew(words.newer_by_models(self.task.file, newest))

    def _run_scripts(self, steps: Steps, scripts: list[Script]) -> None:
        seen = self.entries[-1].migrations if self.entries else ()
        for script in scripts:
            if script.name not in seen:
                self._say(f"{script.name}: {script.what}")
                script.upgrade(steps)
                self.ran.append(Ran(script.name, *steps.counted()))

    def _run_rest(self, steps: Steps) -> list[str]:
        renames = self.decisions.renames
        for step in rename_steps(renames):
            self._do(steps, step)
        last = self.entries[-1].wanted if self.entries else Shape({}, {})
        planned = plan(
            steps.shape,
            self.task.want.shape,
            after_renames(last, steps.renames),
            self.decisions,
            lambda sql: int(self.driver.execute(sql).fetchone()[0]),
        )
        refuse(self.task.file, planned)
        for step in planned.steps:
            self._do(steps, step)
        return planned.kept

    def _do(self, steps: Steps, step: Step) -> None:
        self._say(step.what)
        run(steps, step.lines)

    def _say(self, what: str) -> None:
        self.report.what.append(what)
        self.tell(what)

    def _finish(self, before: Shape, steps: Steps, scripts: list[Script], backs_up: bool) -> None:
        self.task.log.install(self.driver)
        if self.report.what:
            self.task.log.skip(self.driver)  # whoever has the file open reads everything anew
            if backs_up:
                self.report.backup = make_backup(self.task.file, "migration")
        done = history.Done(
            [script.name for script in scripts],
            before,
            steps.renames,
            self.ran,
            self.report.what,
            None if self.report.backup is None else self.report.backup.name,
        )
        history.write(self.driver, self.task.want, done)
        self.driver.execute("COMMIT")


class Undecided(MigrationNeeded):
    """Questions that a person has to answer first."""

    def __init__(self, sentence: str, questions: Sequence[Question]) -> None:
        super().__init__(sentence)
        self.questions = questions


def refuse(file: Path, planned: Plan) -> None:
    """Raise MigrationNeeded if something is in the way."""
    if planned.questions:
        raise Undecided(words.needed(file, planned), planned.questions)
    if planned.refusals:
        raise MigrationNeeded(words.needed(file, planned))


def foreign_faults(driver: sqlite3.Connection) -> set[tuple[object, ...]]:
    """Rows that refer to what is not there."""
    return set(driver.execute("PRAGMA foreign_key_check").fetchall())


def look_it_over(driver: sqlite3.Connection, touched: set[str], broken: set[tuple[object, ...]]) -> None:
    """Raise MigrationFailed if something is not sound that was before."""
    new = foreign_faults(driver) - broken if touched else set()
    if new:
        table, _, parent, _ = next(iter(new))
        raise MigrationFailed(
            f"After the migration {len(new):,} rows, as in {table}, would refer to rows of {parent} that are not there. Nothing has "
            "been changed. Delete or correct them in the migration: `hipflask db make` writes one to begin with."
        )
    there = read(driver).tables
    for table in sorted(touched & set(there)):
        _look_at_triggers(driver, there[table])
        found = driver.execute(f'PRAGMA quick_check("{table}")').fetchone()[0]
        if found != "ok":
            raise MigrationFailed(
                f"After the migration {table} would not be sound ({found}). Nothing has been changed."
            )


def _look_at_triggers(driver: sqlite3.Connection, table: Table) -> None:
    """SQLite looks into a trigger only when it is to be run: then nobody could write to the table any more."""
    columns = [quoted(name) for name, column in table.columns.items() if column.computed is None]
    name = quoted(table.name)
    writes = (
        f"DELETE FROM {name}",
        f"INSERT INTO {name} DEFAULT VALUES",
        f"UPDATE {name} SET {', '.join(f'{each} = {each}' for each in columns)}",
    )
    for write in writes:
        try:
            driver.execute(f"EXPLAIN {write}")
        except sqlite3.OperationalError as error:
            raise MigrationFailed(
                f"After the migration nobody could write to {table.name}: one of its triggers speaks of what is not there any more "
                f"({error}). Nothing has been changed. Drop the trigger, or correct it, in a migration: `hipflask db make`."
            ) from error
