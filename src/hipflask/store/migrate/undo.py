"""Undoing the last migration of a file.

Two ways lead back. Step by step, the file keeps all rows that were written since, and loses only what the migration brought: by comparing
the file with what it was before and, if migration files have written to rows, by their `downgrade()`. That is taken
where it brings everything back. Where the migration itself dropped or converted something, the backup that it made is
put in the file's place, and what was written since is not in there. Either way the present file is kept as a backup first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ...core.errors import MigrationFailed, StoreLocked
from ..backup import restore as restoring
from ..backup.backup import folder_of, make_backup
from ..engine import WAIT_SECONDS, connect
from ..keeper import Keeper
from . import history, words
from .compare import plan
from .history import Entry, Ran
from .make import all_may_go, backwards
from .operations import alembics, run, steps_on
from .plan import Decisions, after_renames, rename_steps
from .run import foreign_faults, look_it_over
from .scripts import Script, scripts_in
from .shape import Shape, read
from .table import quoted
from .task import Task, told


@dataclass(frozen=True)
class Way:
    """How the last migration can be undone: by these scripts' downgrades and a comparison, or from the backup."""

    entry: Entry
    scripts: tuple[Script, ...]
    backup: Path | None
    why_backup: str | None
    loses: tuple[str, ...]  # what is in the file only since then, and holds something


def way_back(task: Task) -> Way:
    """How the last migration of the file would be undone; raises MigrationFailed if there is none."""
    with told(task.file), closing(connect(task.file)) as driver:
        entries = [entry for entry in history.entries(driver) if entry.what]
        if not entries or entries[-1].before is None:
            raise MigrationFailed(f"{task.file} was not migrated yet, so there is nothing to undo.")
        entry = entries[-1]
        scripts = {script.name: script for script in scripts_in(task.folder)}
        why = _why_backup(driver, entry, scripts)
        loses = () if why else tuple(_lost(driver, entry))
    backup = folder_of(task.file) / entry.backup if entry.backup else None
    has_written = [
        scripts[ran.name]
        for ran in reversed(entry.ran)
        if ran.name in scripts and _has_to_go_back(entry, ran)
    ]
    return Way(
        entry, tuple(has_written), backup if backup is not None and backup.exists() else None, why, loses
    )


def undo(task: Task, way: Way, from_backup: bool) -> tuple[list[str], Path]:
    """Undo the last migration; returns what was done, and the backup of the file as it was before that."""
    if from_backup:
        return _bring_back(task, way)
    keeper = Keeper(task.file)
    if not keeper.wait(WAIT_SECONDS):
        raise StoreLocked(words.still_open(task.file))
    try:
        return _step_back(task, way)
    finally:
        keeper.release()


def _bring_back(task: Task, way: Way) -> tuple[list[str], Path]:
    if way.backup is None:
        raise MigrationFailed(
            f"The backup of {way.entry.at[:10]} is not there any more, so the migration cannot be undone. `hipflask db backups` lists others."
        )
    aside = restoring.restore(task.file, way.backup)
    assert aside is not None
    return [f"{way.backup.name} brought back"], aside


def _step_back(task: Task, way: Way) -> tuple[list[str], Path]:
    done = []
    before = way.entry.before
    assert before is not None
    backup = make_backup(task.file, "undo")
    with told(task.file), closing(connect(task.file)) as driver, alembics(driver) as connection:
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("BEGIN IMMEDIATE")
        broken = foreign_faults(driver)
        ours = {*before.tables, *way.entry.wanted.tables}
        with steps_on(driver, connection, ours, way.entry.wanted.kinds) as steps:
            for script in way.scripts:
                done.append(f"{script.name}: undone")
                script.downgrade(steps)
            renames = [] if way.scripts else rename_steps(backwards(way.entry.renames))
            for step in renames:
                run(steps, step.lines)
            have = steps.shape
            known = after_renames(way.entry.wanted, backwards(way.entry.renames))
            drops = Decisions(drops=_brought(have, way.entry))
            planned = plan(have, before, known, drops, lambda sql: int(driver.execute(sql).fetchone()[0]))
            if planned.refusals:
                raise MigrationFailed(
                    f"{' '.join(planned.refusals)} Bring back the backup: `hipflask db undo --backup`."
                )
            for step in planned.steps:
                run(steps, step.lines)
            done += [step.what for step in (*renames, *planned.steps)]
            look_it_over(driver, steps.touched, broken)
            history.take_back(driver, way.entry)
            task.log.skip(driver)
            driver.execute("COMMIT")
    return done, backup


def _why_backup(driver: sqlite3.Connection, entry: Entry, scripts: Mapping[str, Script]) -> str | None:
    """Why steps would not bring everything back; None if they would."""
    for ran in entry.ran:
        if not _has_to_go_back(entry, ran):
            continue
        if ran.name not in scripts:
            return f"{ran.name} is not among this program's migrations"
        if not scripts[ran.name].can_go_back():
            return f"{ran.name} has no downgrade()"
        if ran.passed_over:
            return f"{ran.name} had been done in part before"
    assert entry.before is not None
    now = after_renames(read(driver), backwards(entry.renames))
    dropped = all_may_go(entry.before, now).drops
    return f"the migration dropped {', '.join(sorted(dropped))}" if dropped else None


def _has_to_go_back(entry: Entry, ran: Ran) -> bool:
    """Whether its downgrade() is needed: changes of shape alone are undone by comparing, in all files at once."""
    return any(each.wrote for each in entry.ran) and (ran.wrote or bool(ran.changes))


def _lost(driver: sqlite3.Connection, entry: Entry) -> list[str]:
    """What is in the file only since the migration, with how many rows hold something."""
    assert entry.before is not None
    there = after_renames(read(driver), backwards(entry.renames))
    found = []
    for place in sorted(_brought(there, entry)):
        table, _, column = place.partition(".")
        holds = (
            f"{quoted(column)} IS NOT {there.tables[table].columns[column].default or 'NULL'}"
            if column
            else "TRUE"
        )
        now = quoted(entry.renames.get(table, table))
        (rows,) = driver.execute(f"SELECT count(*) FROM {now} WHERE {holds}").fetchone()
        if rows:
            found.append(f"{place} ({rows:,} row{'s' if rows != 1 else ''})")
    return found


def _brought(there: Shape, entry: Entry) -> frozenset[str]:
    """What the migration has brought; what others have put into the file meanwhile is theirs."""
    assert entry.before is not None
    wanted = after_renames(entry.wanted, backwards(entry.renames))
    known = {
        *wanted.tables,
        *(f"{name}.{column}" for name, table in wanted.tables.items() for column in table.columns),
    }
    return all_may_go(there, entry.before).drops & known
